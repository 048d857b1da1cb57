"""A chat's history as every service gives it: channels, messages, threads and lines to be read.

Errors:

    ConnectorError
    ├── SourceError           nothing of the source can be read, such as without a valid token
    └── ChannelError          one channel cannot be read now: the others are, and nothing is deleted
        └── HiddenError       nor can it be seen any more: it may have been closed or deleted
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from footnote.connectors.base import ConnectorError

if TYPE_CHECKING:
    from footnote.connectors.history.memory import Memory

Json = dict[str, Any]


class ChannelError(ConnectorError):
    """One channel cannot be read now; its text is one sentence."""


class HiddenError(ChannelError):
    """One channel is not there, or is not shown to the bot."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One of the chosen channels.

    Attributes:
        id: As the service has it, which is also how labels name it.
        name: Without the "#" before it.
        readers: Labels of those who may read it; None where everybody of the team may, empty
            where no label says who.
        more: What the service needs to know of it besides.
    """

    id: str
    name: str
    readers: frozenset[str] | None
    more: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the service has it.

    Attributes:
        id: Unique in its channel; later messages have larger ones of the same length.
        at: When it was sent, in seconds since the epoch.
        body: What is needed to show it, as JSON.
    """

    id: str
    at: float
    body: Json


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as a listing shows it, without its messages.

    Attributes:
        id: Of its first message, or its own.
        at: When it began, in seconds since the epoch.
        latest: When something was last said in it, as far as is known.
        mark: Another one whenever a message of it has come or gone.
        title: Its name, or "" where threads have none.
    """

    id: str
    at: float
    latest: float
    mark: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a channel's listing, which goes from the newest message to the oldest.

    Attributes:
        loose: Messages that are in no thread.
        threads: Threads.
        reached: The id above which everything was given by now, or "" where that cannot be said.
    """

    loose: Sequence[Said]
    threads: Sequence[Thread]
    reached: str


class Part(StrEnum):
    """What a message is to the bot that reads along."""

    TALK = "talk"
    QUESTION = "question"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Line:
    """A message as people read it.

    Attributes:
        at: When it was sent, in seconds since the epoch.
        author: Who said it: an id.
        name: Who said it: a name.
        text: What, as Markdown.
        link: Where a person can open it.
        part: Whether it is talk between people, a question to the bot, or what the bot said.
        to: Whose message it answers: a name, or "".
    """

    at: float
    author: str
    name: str
    text: str
    link: str
    part: Part = Part.TALK
    to: str = ""


class Service(Protocol):
    """One chat's API, as far as histories need it."""

    def open(self, memory: Memory) -> AbstractAsyncContextManager[None]:
        """Be connected for as long as the block lasts, and find out who the bot is.

        Raises:
            SourceError: The service cannot be reached, or does not accept the token.
        """
        ...

    def recall(self, memory: Memory) -> None:
        """Read what `open` and `settle` remembered, so that lines can be shown; blocks."""
        ...

    async def channel(self, name: str) -> Channel:
        """The channel that the settings name.

        Raises:
            HiddenError: It is not there, or the bot cannot see it.
            ChannelError: It cannot be read.
            SourceError: Nothing can be read.
        """
        ...

    def pages(self, channel: Channel, since: float, below: str) -> AsyncGenerator[Page, None]:
        """The messages and threads of a channel, the newest first.

        Args:
            channel: Which.
            since: Only what was sent after that, in seconds since the epoch; threads also where
                they are older and the service tells of them all the same.
            below: Only messages with smaller ids than this; "": all of them.

        Raises:
            ChannelError: It cannot be read.
            SourceError: Nothing can be read.
        """
        ...

    async def thread(self, channel: Channel, thread: Thread) -> Sequence[Said] | None:
        """All messages of a thread; None where it is gone.

        Raises:
            ChannelError: It cannot be read.
            SourceError: Nothing can be read.
        """
        ...

    async def settle(self) -> None:
        """Find out the names of those who were met, and remember them.

        Raises:
            ChannelError: They cannot be found out now.
            SourceError: Nothing can be read.
        """
        ...

    def line(self, channel: Channel, said: Said) -> Line | None:
        """A message as people read it; None for what is no talk."""
        ...
