"""What the state keeps of an accepted question, and what those who work on it are given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from footnote.bot.questions import Outcome

LAST_REVISION = 2**53 - 1
"""Behind every revision that there is, and as far as Redis' scripts count exactly."""


class Acceptance(StrEnum):
    """What became of an event that a platform handed in."""

    NEW = "new"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"


class Wish(StrEnum):
    """What its asker wants of a question beyond an answer."""

    NONE = "none"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Filing:
    """A question to accept.

    Attributes:
        id: Unique; a second filing with the same id is a duplicate.
        thread: Names the conversation; questions of one thread are answered in order.
        body: The question as JSON; the state does not look inside.
        revision: 0 for a question as it was first asked; an edit has a higher one.
        mentioned: False where it is a question only if the bot is engaged in its thread.
    """

    id: str
    thread: str
    body: str
    revision: int = 0
    mentioned: bool = True


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to a filing.

    Attributes:
        acceptance: Whether it is new.
        ahead: How many questions wait before it.
        busy: True where the queue was full: it is accepted, to be told so.
    """

    acceptance: Acceptance
    ahead: int = 0
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of an answer.

    Attributes:
        key: What the message carries so that its sender can find it again.
        message: The platform's id of it, or "" as long as nobody knows whether it was sent.
    """

    key: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """How a question ends, fixed before its last message is sent.

    Attributes:
        outcome: The outcome.
        body: The answer as JSON.
        revision: The revision of the question that it answers.
    """

    outcome: Outcome
    body: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Owner:
    """One run of one replica.

    Attributes:
        replica: Stays the same when the replica starts anew; never shared by two that run.
        boot: Differs from run to run.
    """

    replica: str
    boot: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a question, for a while, and what is known of it.

    Attributes:
        id: The question's id.
        thread: Its conversation.
        body: The question as JSON, as it was last edited.
        revision: Which revision that is.
        fence: Grows with each lease of this question; writes of an older one are refused.
        sent: Its messages so far.
        decision: How it ends, if that is decided and still holds for this revision.
        wish: What its asker wants.
        busy: True where it came while the queue was full.
        attempts: How many times it was taken since it was last edited, this one included unless it
            was edited meanwhile.
        quiet: True where nothing that an earlier holder sent can still be under way.
        accepted_at: When it was accepted, in seconds since the epoch.
    """

    id: str
    thread: str
    body: str
    revision: int
    fence: int
    sent: tuple[Sent, ...] = ()
    decision: Decision | None = None
    wish: Wish = Wish.NONE
    busy: bool = False
    attempts: int = 1
    quiet: bool = True
    accepted_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Remains:
    """What is kept of a question when it is finished.

    Attributes:
        turn: What the conversation remembers of it as JSON; with None it forgets what it knows of
            this question.
        turns: How many turns the thread keeps.
        turns_s: How long it keeps them from now on.
        kept_s: How long the id is known as a duplicate and the answer can be looked up.
    """

    turn: str | None = None
    turns: int = 6
    turns_s: float = 7 * 86400.0
    kept_s: float = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What remains of a finished question.

    Attributes:
        id: The question's id.
        thread: Its conversation.
        outcome: How it ended.
        body: The answer as JSON, the question in it; "" where it was withdrawn.
        sent: Its messages.
        finished_at: When, in seconds since the epoch.
    """

    id: str
    thread: str
    outcome: Outcome
    body: str
    sent: tuple[Sent, ...]
    finished_at: float
