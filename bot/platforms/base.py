"""The Platform seam: what people do comes in, an answer's blocks go out as a message.

A platform only translates. It decides neither who may see what nor what an answer says, and it
knows nothing of retrieval or models.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from footnote.bot.questions import Answer, Event, Question


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a person asked the bot to do, such as /sources.

    Attributes:
        name: Which command, without the sign in front of it.
        argument: What stood behind it, or "".
        asker: Who gave it, as the platform names them.
        place: Where.
    """

    name: str
    argument: str = ""
    asker: str = ""
    place: str = ""


Incoming = Question | Command


class Platform(Protocol):
    """A place where people ask."""

    @property
    def name(self) -> str:
        """What records call it: "terminal"."""
        ...

    def incoming(self) -> AsyncIterator[Incoming]:
        """What people do, as it comes, until the platform ends.

        A question comes as it was asked: what its place may see and the turns before it are for
        the receiver to fill in.
        """
        ...

    async def show(self, question: Question, events: AsyncIterator[Event]) -> Answer | None:
        """Show an answer while it is made.

        Returns:
            The answer, or None where its asker cancelled it.
        """
        ...

    async def reply(self, command: Command, text: str) -> None:
        """Show what a command has to say, as Markdown."""
        ...
