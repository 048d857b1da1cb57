"""The parts of the SQLite state: each operation is one transaction in the lane.

What need not survive a power cut does not wait for the disk. A lease is gone with the machine
that held it, and what is written under one (`record`, `decide`, `finish`) takes the lease itself
to the disk, since the journal is written in order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from footnote.bot.state import (
    sqlite_conversations,
    sqlite_filing,
    sqlite_journal,
    sqlite_keeping,
    sqlite_leases,
    sqlite_order,
)
from footnote.bot.state.base import Noted, Record
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
from footnote.bot.state.sqlite_lane import Lane

T = TypeVar("T")


class _Part:
    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    async def _lasting(self, work: Callable[[sqlite3.Connection, float], T]) -> T:
        return await self._lane.run(work)

    async def _passing(self, work: Callable[[sqlite3.Connection, float], T]) -> T:
        return await self._lane.run(work, durable=False)


class SqliteQueue(_Part):
    """Accepted questions."""

    async def accept(self, filing: Filing, *, limit: int, engaged_s: float) -> Accepted:
        """Claim the question and queue it, in one step."""
        return await self._lasting(
            lambda c, now: sqlite_filing.accept(c, now, filing, limit, engaged_s)
        )

    async def revise(self, filing: Filing, *, limit: int, engaged_s: float) -> Accepted:
        """Put an edited question in the place of what it was."""
        return await self._lasting(
            lambda c, now: sqlite_filing.revise(c, now, filing, limit, engaged_s)
        )

    async def wish(self, question_id: str, wish: Wish, *, revision: int = LAST_REVISION) -> bool:
        """Cancel or withdraw a question."""
        return await self._lasting(
            lambda c, now: sqlite_filing.wish(c, now, question_id, wish, revision)
        )

    async def take(self, owner: Owner, *, lease_s: float, quick: bool = False) -> Lease | None:
        """The oldest question that may be worked on now, held from now on."""
        return await self._passing(
            lambda c, now: sqlite_leases.take(c, now, owner, lease_s, quick=quick)
        )

    async def renew(self, lease: Lease, *, lease_s: float) -> Lease:
        """Hold it for `lease_s` from now on, and look at it anew."""
        return await self._passing(lambda c, now: sqlite_leases.renew(c, now, lease, lease_s))

    async def look(self, lease: Lease) -> Lease:
        """The question as it is now."""
        return await self._passing(lambda c, now: sqlite_leases.look(c, now, lease))

    async def record(self, lease: Lease, sent: Sequence[Sent]) -> None:
        """Remember its messages."""
        await self._lasting(lambda c, now: sqlite_leases.record(c, now, lease, sent))

    async def decide(self, lease: Lease, decision: Decision, sent: Sequence[Sent]) -> None:
        """Fix how it ends, and remember its messages."""
        await self._lasting(lambda c, now: sqlite_leases.decide(c, now, lease, decision, sent))

    async def finish(self, lease: Lease, sent: Sequence[Sent], remains: Remains) -> None:
        """End it as decided."""
        await self._lasting(lambda c, now: sqlite_leases.finish(c, now, lease, sent, remains))

    async def release(self, lease: Lease, *, delay_s: float = 0.0, quiet: bool = True) -> None:
        """Let go of it, to be taken again by anybody after `delay_s`."""
        await self._passing(
            lambda c, now: sqlite_leases.release(c, now, lease, delay_s=delay_s, quiet=quiet)
        )

    async def reclaim(self, owner: Owner) -> int:
        """Make everything that earlier runs of this replica held wait again, and count it."""
        return await self._passing(lambda c, now: sqlite_leases.reclaim(c, now, owner))

    async def positions(self, question_ids: Sequence[str]) -> Mapping[str, int]:
        """How many waiting questions were accepted before each."""
        return await self._passing(lambda c, now: sqlite_order.positions(c, now, question_ids))

    async def waiting(self) -> int:
        """How many accepted questions are waiting."""
        return await self._passing(sqlite_order.waiting)

    async def kept(self, question_id: str) -> Kept | None:
        """What remains of a finished question."""
        return await self._passing(lambda c, now: sqlite_journal.kept(c, now, question_id))

    async def pending(self, question_id: str) -> str | None:
        """The content of a question that was accepted and is not finished, as it is asked now."""
        return await self._passing(lambda c, _now: sqlite_order.pending(c, question_id))

    async def idle(self) -> bool:
        """Whether every accepted question is finished."""
        return await self._passing(sqlite_order.idle)


class SqliteConversations(_Part):
    """The turns of each thread."""

    async def turns(self, thread: str, *, before: str = "") -> Sequence[str]:
        """The turns of a thread, in the order in which its questions were accepted."""
        return await self._passing(
            lambda c, now: sqlite_conversations.turns(c, now, thread, before)
        )

    async def forget(self, thread: str) -> None:
        """Forget all turns of a thread; it stays engaged."""
        await self._lasting(lambda c, now: sqlite_conversations.forget(c, now, thread))

    async def engaged(self, thread: str) -> bool:
        """Whether the bot takes part in a thread."""
        return await self._passing(lambda c, now: sqlite_conversations.engaged(c, now, thread))


class SqliteLocks(_Part):
    """Locks by name."""

    async def acquire(self, name: str, *, ttl_s: float) -> int | None:
        """Hold a lock for a while."""
        return await self._lasting(lambda c, now: sqlite_keeping.acquire(c, now, name, ttl_s))

    async def renew(self, name: str, fence: int, *, ttl_s: float) -> None:
        """Hold it for `ttl_s` from now on."""
        await self._passing(lambda c, now: sqlite_keeping.renew(c, now, name, fence, ttl_s))

    async def release(self, name: str, fence: int) -> None:
        """Let go of it."""
        await self._passing(lambda c, now: sqlite_keeping.release(c, now, name, fence))


class SqliteBudgets(_Part):
    """Shared rates."""

    async def spend(self, name: str, *, amount: float, capacity: float, per_s: float) -> float:
        """Take from a bucket, or say when that will be possible."""
        return await self._passing(
            lambda c, now: sqlite_keeping.spend(c, now, name, amount, capacity, per_s)
        )


class SqliteJournal(_Part):
    """Finished questions and feedback."""

    async def finished(self, *, after: float = 0.0, limit: int = 1000) -> Sequence[Kept]:
        """Finished questions that are still kept, oldest first."""
        return await self._passing(lambda c, now: sqlite_journal.finished(c, now, after, limit))

    async def note(self, noted: Noted) -> None:
        """Keep feedback."""
        await self._lasting(lambda c, now: sqlite_journal.note(c, now, noted))

    async def notes(self, question_id: str = "") -> Sequence[Noted]:
        """Feedback on one question, or all there is, oldest first."""
        return await self._passing(lambda c, now: sqlite_journal.notes(c, now, question_id))

    async def erase(self, question_id: str, *, left: str = "") -> bool:
        """Remove the answer, the turn and the notes of a question."""
        return await self._lasting(lambda c, now: sqlite_journal.erase(c, now, question_id, left))


class SqliteRecords(_Part):
    """Small values by namespace and key."""

    async def get(self, namespace: str, key: str) -> Record | None:
        """The record, if there is one that has not expired."""
        return await self._passing(lambda c, now: sqlite_keeping.get(c, now, namespace, key))

    async def all(self, namespace: str) -> Mapping[str, Record]:
        """Every record of a namespace that has not expired, by key."""
        return await self._passing(lambda c, now: sqlite_keeping.all_of(c, now, namespace))

    async def put(
        self, namespace: str, key: str, value: str, *, version: int = 0, ttl_s: float | None = None
    ) -> int:
        """Write a record, if it is the one that was read."""
        return await self._lasting(
            lambda c, now: sqlite_keeping.put(c, now, namespace, key, value, version, ttl_s)
        )

    async def delete(self, namespace: str, key: str) -> None:
        """Remove a record."""
        await self._lasting(lambda c, now: sqlite_keeping.delete(c, now, namespace, key))


class SqliteBlobs(_Part):
    """Bytes by their hash."""

    async def put(self, content: bytes) -> str:
        """Keep bytes, and give back their SHA-256 in hexadecimal digits."""
        return await self._lasting(lambda c, now: sqlite_keeping.keep(c, now, content))

    async def get(self, digest: str) -> bytes | None:
        """The bytes of this hash."""
        return await self._passing(lambda c, now: sqlite_keeping.fetch(c, now, digest))

    async def delete(self, digest: str) -> None:
        """Remove the bytes of this hash; their room is used again."""
        await self._lasting(lambda c, now: sqlite_keeping.drop(c, now, digest))
