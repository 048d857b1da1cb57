"""The Platform seam: what people do comes in, an answer's blocks go out as messages.

A platform only translates. It decides neither who may see what nor what an answer says, and it
knows nothing of retrieval or models. That each question gets exactly one final message is not its
care either: it says what became of a send, and the inbox does the rest.

    PlatformError            base; its text is for the log
    ├── RateLimitedError     nothing was sent; it can be after a while
    ├── LostError            nobody knows whether it was sent
    ├── GoneError            this message can no longer be changed; another can be posted
    └── RefusedError         it will never be possible there
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError
from footnote.bot.questions import Answer, Excerpt, Question, View
from footnote.bot.state.base import Budgets, Records
from footnote.bot.state.entries import LAST_REVISION

LANDING_S = 10.0
"""A send lands within so many seconds or never: what every platform has to see to by its own
time-outs, and what the inbox counts on."""


class PlatformError(Exception):
    """A platform did not do what it was asked for."""


class RateLimitedError(PlatformError):
    """The platform wants fewer sends; nothing was sent.

    Attributes:
        after_s: Seconds after which it may be tried again.
    """

    def __init__(self, after_s: float) -> None:
        super().__init__(f"too many sends: again in {after_s:g} s")
        self.after_s = after_s


class LostError(PlatformError):
    """The connection broke, or the platform failed, before it said whether it was sent."""


class GoneError(PlatformError):
    """The message was removed, or what allowed to change it has expired."""


class RefusedError(PlatformError):
    """The platform refuses for good, such as in a channel that was archived."""


class UnheardError(FootnoteError):
    """Feedback was not kept, nor would it be another time: there is no such answer."""


class NotTheirsError(FootnoteError):
    """Somebody wants to cancel the answer to another person's question."""


class ChosenBeforeError(FootnoteError):
    """An admin decides what was decided before.

    Attributes:
        promoted: What was decided: whether the adapter was promoted.
        by: Who did, as their platform names them, or the user of the command line.
    """

    def __init__(self, text: str, *, promoted: bool, by: str) -> None:
        super().__init__(text)
        self.promoted = promoted
        self.by = by


@dataclass(frozen=True, slots=True)
class Edited:
    """A person changed what they had written; `question` is what it says now, and its revision."""

    question: Question


@dataclass(frozen=True, slots=True)
class Deleted:
    """A person removed what they had written, or what made a question of it.

    Attributes:
        question_id: The question.
        revision: The edit after which it asks nothing any more; a later one can ask anew.
    """

    question_id: str
    revision: int = LAST_REVISION


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A person does not want to wait for the answer any longer.

    Attributes:
        question_id: The question's id.
        by: Who it is, as `Question.asker` has people; "" for one who may cancel anybody's.
    """

    question_id: str
    by: str = ""


class Verdict(StrEnum):
    """What a person thinks of an answer."""

    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person says of an answer.

    Attributes:
        question_id: The question.
        asker: Who says so, as the platform names them.
        verdict: What they think of it, or None where they only correct it.
        correction: The answer that they would have wanted, or "".
        approved_by: The admin who keeps the correction as the answer, or "".
    """

    question_id: str
    asker: str
    verdict: Verdict | None = None
    correction: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """An admin keeps a correction as the answer.

    Attributes:
        question_id: The question.
        author: Whose correction it is, as the platform names them.
        digest: What `digest_of` gave for the correction that the admin has read.
        admin: The admin, as the platform names them; it has made sure that they are one.
    """

    question_id: str
    author: str
    digest: str
    admin: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """An admin decides whether further answers are written with an adapter.

    Attributes:
        adapter: Its id.
        promoted: Whether they are; else the current one is kept.
        admin: The admin, as the platform names them; it has made sure that they are one.
    """

    adapter: str
    promoted: bool
    admin: str


@dataclass(frozen=True, slots=True)
class Replied:
    """A person who was asked has answered, or says something else than before.

    Attributes:
        id: Unique: the same for every event about this reply, and `Deleted` with it withdraws it.
        question_id: The question that they were asked.
        person: Who, as the platform names them.
        name: What people call them.
        text: What they say.
        revision: 0 as it was first said; each edit has a higher one.
    """

    id: str
    question_id: str
    person: str
    name: str
    text: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a person asked the bot to do, such as /sources.

    Attributes:
        name: Which command, without the sign in front of it.
        argument: What stood behind it, or "".
        asker: Who gave it, as the platform names them.
        place: Where.
        platform: The name of the platform that it comes from.
        audience: Who will see the reply.
    """

    name: str
    argument: str = ""
    asker: str = ""
    place: str = ""
    platform: str = ""
    audience: Audience = field(default_factory=Audience)


Happening = (
    Question | Edited | Deleted | Cancelled | Feedback | Approved | Chosen | Replied | Command
)


class Intake(Protocol):
    """Takes what people do."""

    async def take(self, happening: Happening) -> None:
        """Take it, for good: when this returns, the platform acknowledges.

        Raises:
            UnavailableError: It was not taken. The platform must not acknowledge it, so that it
                comes again; where it would not come again, the person is told to repeat it.
            UnheardError: It was feedback on an answer that is no longer kept, or that its author
                cannot have seen; they are told so.
            NotTheirsError: It was cancelled by somebody who did not ask it; they are told so.
            ChosenBeforeError: It was decided before; whoever decides now is told so.
        """
        ...


class Lookups(Protocol):
    """Looks up again what was shown, for those who would see it now."""

    async def answer(self, question_id: str, viewer: Audience) -> Answer:
        """The answer to a question.

        Raises:
            FootnoteError: It is no longer kept, or this audience may not see it.
        """
        ...

    async def passages(self, question_id: str, number: int, viewer: Audience) -> Sequence[Excerpt]:
        """What one citation number of an answer stands for, each with its surroundings.

        Raises:
            FootnoteError: It is no longer there, or this audience may not see it.
        """
        ...

    async def suggestions(self, viewer: Audience, limit: int) -> Sequence[str]:
        """Questions that were answered well, for somebody who wonders what one can ask.

        Raises:
            FootnoteError: They cannot be looked up now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What a platform may use of the rest.

    Attributes:
        lookups: Looks up again what was shown.
        budgets: Rates that all replicas keep together.
        records: Small values that all replicas share.
    """

    lookups: Lookups
    budgets: Budgets
    records: Records


class Platform(Protocol):
    """A chat platform, where people ask and are answered by messages."""

    @property
    def name(self) -> str:
        """What records call it: "slack"."""
        ...

    @property
    def pace_s(self) -> float:
        """Seconds from one change of a message to the next, at least."""
        ...

    @property
    def lead_s(self) -> float:
        """Seconds for which the first of an answer is held back, unless it is whole before.

        An answer that is there at once is then sent as one message that never changes.
        """
        ...

    async def receive(self, intake: Intake) -> None:
        """Hand in what people do, until cancelled.

        Raises:
            FootnoteError: It cannot go on, such as with a token that was revoked.
        """
        ...

    async def audience(self, question: Question) -> Audience:
        """Who will see the answer to a question, looked up as late as possible.

        What is known when a question comes in is in the question already; who reads along in a
        channel may take too long to find out before it has to be acknowledged, and may change.

        Raises:
            PlatformError: It cannot be said now.
        """
        ...

    def render(self, view: View) -> Sequence[Hashable]:
        """The messages that show this, in order; none where there is nothing to show yet.

        A pure function. A later view of the same question begins with the same messages as far as
        it shows the same blocks.
        """
        ...

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """Send a new message that carries `key`, and give back the platform's id of it.

        Raises:
            PlatformError: It was not sent, or nobody knows.
        """
        ...

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Make a message that was sent say this instead.

        Raises:
            PlatformError: It was not changed, or nobody knows.
        """
        ...

    async def find(self, question: Question, key: str) -> str | None:
        """The id of the message that carries `key`, if there is one.

        Raises:
            PlatformError: Nobody knows.
        """
        ...

    async def remove(self, question: Question, sent: str) -> None:
        """Remove a message; nothing if it is gone already.

        Raises:
            PlatformError: It was not removed, or nobody knows.
        """
        ...

    async def tell(self, question: Question, status: str) -> None:
        """Say what is happening while there is no message yet, as well as the platform can.

        Raises:
            PlatformError: It could not be said, which does no harm.
        """
        ...

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """Show what a command has to say, as Markdown.

        Args:
            command: The command.
            text: What it has to say.
            shown: What an earlier reply gave back, to put this in its place; "" for the first.

        Returns:
            What names this reply; "" where it cannot be replaced, and only the last is shown.

        Raises:
            PlatformError: It was not shown.
        """
        ...
