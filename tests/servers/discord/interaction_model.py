"""What an interaction is, and the modal that one may show."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from tests.servers.discord.dispatch import Json
from tests.servers.discord.model import Application, Channel, Message, User


class InteractionKind(IntEnum):
    """The kind of an interaction, as its `type` has it."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """The kind of a first answer, as its `type` has it."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True, eq=False)
class Modal:
    """A modal that somebody has before them.

    Attributes:
        data: The modal as the app sent it.
        source: The message whose button showed it.
    """

    data: Json
    source: Message | None = None

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.data["title"])


@dataclass(slots=True, eq=False)
class Interaction:
    """Something that somebody did, and what became of it.

    Attributes:
        data: What they did, as the API shows it.
        source: The message whose component it was.
        answered: The kind of the first answer; None until there is one.
        acknowledged_at: When that came.
        original: The first answer's message.
        follow_ups: The messages that came after it.
        choices: What an autocompletion offers.
        modal: The modal that it showed.
        came_from: The interaction that showed the modal which this one submits.
    """

    id: str
    token: str
    kind: InteractionKind
    application: Application
    user: User
    channel: Channel
    data: Json
    made_at: float
    source: Message | None = None
    answered: Callback | None = None
    acknowledged_at: float | None = None
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    choices: list[Json] | None = None
    modal: Modal | None = None
    came_from: Interaction | None = None

    @property
    def messages(self) -> list[Message]:
        """The messages that answered it and are still there, in order."""
        first = [self.original] if self.original and self.original is not self.source else []
        return [message for message in (*first, *self.follow_ups) if not message.gone]
