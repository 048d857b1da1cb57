"""Who runs which slot: a claim in the state's records, so that each is run once over all replicas.

A record a source names the last slot that was claimed, so that a slot that nobody was there for is
seen afterwards, as one, however many they were. A lock, held and renewed meanwhile, says whether
whoever claimed it is still at it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from uuid import uuid4

from footnote.bot.state.base import Record, State
from footnote.bot.state.errors import ConflictError
from footnote.bot.syncing.locks import StateLeases
from footnote.retrieval.locks import LeasedLocks, Locks

SLOTS = "schedule:slots"
ATTEMPTS = 2
"""So often a slot is begun where those who began it died: a source may be what kills them."""
AHEAD_S = 7200.0
"""A slot that lies further ahead was claimed by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The last slot of a source that somebody began.

    Attributes:
        slot: The slot, in seconds since the epoch.
        attempt: How often it was begun.
        by: Who began it last: one string a claim.
        done: Whether that came to an end.
    """

    slot: float
    attempt: int
    by: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A claim with the version of its record."""

    source: str
    claim: Claim
    version: int


class Slots:
    """The slots of all sources.

    Args:
        state: What replicas share.
        locks: Say who is at it; without them, locks in the state.
    """

    def __init__(self, state: State, locks: Locks | None = None) -> None:
        self._records = state.records
        self._locks = locks or LeasedLocks(StateLeases(state.locks))

    async def is_due(self, source: str, slot: float, now: float) -> bool:
        """Whether a slot has come that nobody has run, as far as the record tells."""
        record = await self._records.get(SLOTS, source)
        return _next(_claim(record), slot, now) is not None

    @asynccontextmanager
    async def claimed(self, source: str, slot: float, now: float) -> AsyncIterator[Held | None]:
        """Claim a slot, and be known as the one who is at it meanwhile; None where it was run.

        Args:
            source: The source.
            slot: The slot.
            now: Seconds since the epoch.

        Raises:
            SyncBusyError: Somebody is at it.
            SyncLockLostError: It could not be made sure that nobody else is.
            StateUnavailableError: Nobody knows.
        """
        async with self._locks.hold(f"slot:{source}"):
            record = await self._records.get(SLOTS, source)
            wanted = _next(_claim(record), slot, now)
            version = record.version if record else 0
            yield await self._write(source, wanted, version) if wanted else None

    async def finish(self, held: Held, slot: float) -> None:
        """It has ended, and with it all slots up to `slot`, which came meanwhile."""
        await self._write(held.source, Claim(slot, 1, held.claim.by, done=True), held.version)

    async def give_back(self, held: Held) -> None:
        """It was broken off on purpose: somebody else may begin it as if nobody had."""
        claim = held.claim
        await self._write(held.source, Claim(claim.slot, claim.attempt - 1, claim.by), held.version)

    async def _write(self, source: str, claim: Claim, version: int) -> Held | None:
        """The claim as it is held from now on; None where somebody else was faster."""
        value = json.dumps(asdict(claim))
        try:
            written = await self._records.put(SLOTS, source, value, version=version)
        except ConflictError:
            # A write whose answer was lost is repeated below this seam, and finds itself.
            record = await self._records.get(SLOTS, source)
            if record is None or record.value != value:
                return None
            written = record.version
        return Held(source, claim, written)


def _next(last: Claim | None, slot: float, now: float) -> Claim | None:
    """The claim on a slot that follows upon the last one, or None where the slot is not free."""
    by = uuid4().hex
    if last is None or last.slot < slot or last.slot > now + AHEAD_S:
        return Claim(slot, 1, by)
    if last.slot == slot and not last.done and last.attempt < ATTEMPTS:
        return Claim(slot, last.attempt + 1, by)
    return None


def _claim(record: Record | None) -> Claim | None:
    return Claim(**json.loads(record.value)) if record else None
