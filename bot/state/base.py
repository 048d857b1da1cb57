"""The State seam: what replicas share and what outlives them.

Every operation is atomic, and what it acknowledged survives a crash of the process and of the
machine. Repeating one whose acknowledgement was lost does no harm. All raise
`StateUnavailableError` when the state cannot be reached or written, and then nothing is known of
whether the operation took place. Times are durations in seconds, measured by the state's own clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from footnote.bot.state.entries import (
    LAST_REVISION,
    Accepted,
    Decision,
    Filing,
    Kept,
    Lease,
    Owner,
    Remains,
    Sent,
    Wish,
)


class Queue(Protocol):
    """Accepted questions, from the first delivery to the outcome, each under one lease at a time.

    A question is *waiting*, *held* under a lease, or *finished*. One whose lease ran out waits, and
    is held again where its holder renews the lease before another takes it. One thread's questions
    are given out in the order of their acceptance, and none of them while another of that thread is
    held. Questions that came while the queue was full, or that their asker cancelled or
    withdrew, need no answering: these are *loose*; they wait for no other, and no other waits for
    one of them unless it is held.

    An id is known from its acceptance until `Remains.kept_s` after the end of its question.
    """

    async def accept(self, filing: Filing, *, limit: int, engaged_s: float) -> Accepted:
        """Claim the question and queue it, in one step.

        A duplicate is one whose id is known, whatever became of it; a higher `revision` does not
        make it new (see `revise`). A filing without a mention is ignored unless its thread is
        engaged. One that is new engages its thread for `engaged_s`.

        Args:
            filing: The question.
            limit: With this many waiting already, the question is accepted as busy.
            engaged_s: How long its thread stays engaged from now on.
        """
        ...

    async def revise(self, filing: Filing, *, limit: int, engaged_s: float) -> Accepted:
        """Put an edited question in the place of what it was.

        A known id with a higher revision becomes NEW: its body and revision are replaced, it loses
        its decision, a wish to cancel and `busy`, and a finished one waits again, in its old place
        in the thread; one that is held stays so, with no attempts so far. The thread that it was
        accepted in is engaged anew. A revision that is not higher is a DUPLICATE. An unknown id,
        or one of which nothing is known but that it was withdrawn in an earlier revision, is
        accepted as `accept` would, if it has a mention; else it is ignored.
        """
        ...

    async def wish(self, question_id: str, wish: Wish, *, revision: int = LAST_REVISION) -> bool:
        """Cancel or withdraw a question.

        CANCEL holds as long as the question is neither decided nor finished. WITHDRAW holds unless
        the question has this revision or a higher one: it has this revision from then on and loses
        its decision, and a finished one waits again, to have its messages removed; an unknown one
        is remembered as withdrawn, for as long as `Remains` keeps an id by default and with nothing
        `kept` of it, so that a filing that comes late is a duplicate. WITHDRAW goes before CANCEL.

        Args:
            question_id: The question.
            wish: What its asker wants.
            revision: The edit after which nothing is asked any more, for WITHDRAW; a higher one
                can ask anew. None is higher than the default: the question is gone for good.

        Returns:
            Whether there is something to do now that was not before: never for an unknown id, nor
            for a wish that held already.
        """
        ...

    async def take(self, owner: Owner, *, lease_s: float, quick: bool = False) -> Lease | None:
        """The oldest question that may be worked on now, held from now on; None if there is none.

        Loose ones come first.

        Args:
            owner: Who takes it.
            lease_s: How long it is held unless renewed.
            quick: Take only what needs no answering: what is loose, or decided already.
        """
        ...

    async def renew(self, lease: Lease, *, lease_s: float) -> Lease:
        """Hold it for `lease_s` from now on, even if it had run out, and look at it anew.

        Raises:
            LeaseLostError: Another has taken it, or it is finished.
        """
        ...

    async def look(self, lease: Lease) -> Lease:
        """The question as it is now, without prolonging the lease.

        Raises:
            LeaseLostError: As for `renew`.
        """
        ...

    async def record(self, lease: Lease, sent: Sequence[Sent]) -> None:
        """Remember its messages; to be called before a message is sent for the first time.

        Raises:
            LeaseLostError: As for `renew`.
        """
        ...

    async def decide(self, lease: Lease, decision: Decision, sent: Sequence[Sent]) -> None:
        """Fix how it ends, and remember its messages, before the last of them is sent.

        Raises:
            ChangedError: It has another revision than `decision.revision`, or it shall be
                withdrawn and the outcome is another.
            LeaseLostError: As for `renew`.
        """
        ...

    async def finish(self, lease: Lease, sent: Sequence[Sent], remains: Remains) -> None:
        """End it as decided; finishing twice under the same lease is finishing once.

        With a turn, the thread is trimmed to its latest turns by order of acceptance, and keeps all
        of these for `Remains.turns_s`; without one, no other turn of it is touched. Of a question
        that ends as withdrawn, neither its body nor the decision's is kept.

        Args:
            lease: The lease, which ends.
            sent: Its messages as they are.
            remains: What is kept of it.

        Raises:
            ChangedError: It was edited or withdrawn since it was decided, or never decided.
            LeaseLostError: As for `renew`.
        """
        ...

    async def release(self, lease: Lease, *, delay_s: float = 0.0, quiet: bool = True) -> None:
        """Let go of it, to be taken again by anybody after `delay_s`; nothing if it was lost.

        Args:
            lease: The lease, which ends.
            delay_s: How long nobody may take it; a wish that comes during the delay ends it.
            quiet: False where something that was sent may still be under way.
        """
        ...

    async def reclaim(self, owner: Owner) -> int:
        """Make everything that earlier runs of this replica held wait again, and count it."""
        ...

    async def positions(self, question_ids: Sequence[str]) -> Mapping[str, int]:
        """How many waiting questions were accepted before each; those not waiting are absent."""
        ...

    async def waiting(self) -> int:
        """How many accepted questions are waiting, held ones not among them."""
        ...

    async def kept(self, question_id: str) -> Kept | None:
        """What remains of a finished question."""
        ...

    async def pending(self, question_id: str) -> str | None:
        """The content of a question that was accepted and is not finished, as it is asked now."""
        ...

    async def idle(self) -> bool:
        """Whether every accepted question is finished."""
        ...


class Conversations(Protocol):
    """The turns of each thread, trimmed and expiring."""

    async def turns(self, thread: str, *, before: str = "") -> Sequence[str]:
        """The turns of a thread as JSON, in the order in which its questions were accepted.

        Args:
            thread: The thread.
            before: Only those that were accepted before this question; all, if it is unknown.
        """
        ...

    async def forget(self, thread: str) -> None:
        """Forget all turns of a thread; it stays engaged."""
        ...

    async def engaged(self, thread: str) -> bool:
        """Whether the bot takes part in a thread."""
        ...


class Locks(Protocol):
    """Locks by name over all replicas."""

    async def acquire(self, name: str, *, ttl_s: float) -> int | None:
        """Hold a lock for a while.

        Returns:
            Its fencing number, higher than any that this name had before; None if it is held.
        """
        ...

    async def renew(self, name: str, fence: int, *, ttl_s: float) -> None:
        """Hold it for `ttl_s` from now on, even if it had run out.

        Raises:
            LeaseLostError: Somebody else has held it since, or it was let go of.
        """
        ...

    async def release(self, name: str, fence: int) -> None:
        """Let go of it; nothing if it was lost."""
        ...


class Budgets(Protocol):
    """Rates that all replicas share, such as twenty new streams a minute."""

    async def spend(self, name: str, *, amount: float, capacity: float, per_s: float) -> float:
        """Take from a bucket that holds at most `capacity` and fills up within `per_s`.

        It is full at first. An amount above its capacity empties it, where it is full.

        Returns:
            0 where it was taken; else nothing was, and in so many seconds it can be.
        """
        ...


@dataclass(frozen=True, slots=True)
class Noted:
    """Something about a question that a person said: feedback, or a correction.

    Attributes:
        id: Unique; noting the same id again replaces it.
        question_id: The question.
        body: JSON.
        noted_at: When, in seconds since the epoch; filled by the state.
    """

    id: str
    question_id: str
    body: str
    noted_at: float = 0.0


class Journal(Protocol):
    """Finished questions in order, and what people said of them, which never expires by itself."""

    async def finished(self, *, after: float = 0.0, limit: int = 1000) -> Sequence[Kept]:
        """Finished questions that are still kept, oldest first, from `after` (exclusive) on.

        No two finished at the same time, and none before another that was given out already, even
        where the clock was put back: who goes on from the last `finished_at` misses none.
        """
        ...

    async def note(self, noted: Noted) -> None:
        """Keep feedback."""
        ...

    async def notes(self, question_id: str = "") -> Sequence[Noted]:
        """Feedback on one question, or all there is, in the order in which it was last noted."""
        ...

    async def erase(self, question_id: str, *, left: str = "") -> bool:
        """Remove the answer, the turn and the notes of a question; its id stays a duplicate.

        Of a finished question its outcome and its messages remain, with an empty body.

        Args:
            question_id: The question.
            left: What takes the place of a finished question itself, as JSON, so that its messages
                can still be removed; "" leaves it as it is.

        Returns:
            Whether there was anything to remove.
        """
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """A value under a key, and which version of it that is."""

    value: str
    version: int


class Records(Protocol):
    """Small values by namespace and key, written by compare-and-set."""

    async def get(self, namespace: str, key: str) -> Record | None:
        """The record, if there is one that has not expired."""
        ...

    async def all(self, namespace: str) -> Mapping[str, Record]:
        """Every record of a namespace that has not expired, by key."""
        ...

    async def put(
        self, namespace: str, key: str, value: str, *, version: int = 0, ttl_s: float | None = None
    ) -> int:
        """Write a record.

        Args:
            namespace: The namespace.
            key: The key.
            value: What to write.
            version: The version that was read; 0 where there must be none.
            ttl_s: How long it is kept, or None for ever.

        Returns:
            The new version, higher than any that this key had.

        Raises:
            ConflictError: There is another version by now.
        """
        ...

    async def delete(self, namespace: str, key: str) -> None:
        """Remove a record; nothing if there is none."""
        ...


class Blobs(Protocol):
    """Bytes by their hash."""

    async def put(self, content: bytes) -> str:
        """Keep bytes, and give back their SHA-256 in hexadecimal digits."""
        ...

    async def get(self, digest: str) -> bytes | None:
        """The bytes of this hash."""
        ...

    async def delete(self, digest: str) -> None:
        """Remove the bytes of this hash; nothing if there are none."""
        ...


class State(Protocol):
    """Everything that has to outlive a process."""

    @property
    def queue(self) -> Queue:
        """Accepted questions."""
        ...

    @property
    def conversations(self) -> Conversations:
        """The turns of each thread."""
        ...

    @property
    def locks(self) -> Locks:
        """Locks by name."""
        ...

    @property
    def budgets(self) -> Budgets:
        """Shared rates."""
        ...

    @property
    def journal(self) -> Journal:
        """Finished questions and feedback."""
        ...

    @property
    def records(self) -> Records:
        """Small values."""
        ...

    @property
    def blobs(self) -> Blobs:
        """Bytes by hash."""
        ...

    async def tidy(self) -> None:
        """Remove what has expired, where that does not happen by itself."""
        ...
