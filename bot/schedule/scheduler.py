"""Running the slots of a source as they come, on one replica of several."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from footnote.bot.errors import FootnoteError
from footnote.bot.schedule.health import Healths
from footnote.bot.schedule.runs import Runs
from footnote.bot.schedule.slots import Held, Slots
from footnote.bot.schedule.timetable import Timetable, begins
from footnote.retrieval.errors import SyncBusyError, SyncLockLostError

LOOK_S = 60.0
"""At least so often it is looked what is due: the machine may have slept, its clock may have been
put right, and whoever began a slot may have died."""

GIVE_BACK_S = 5.0

_log = logging.getLogger(__name__)


class Scheduler:
    """Runs slots.

    A slot that comes while an earlier one is run is run with it, and all that came while nobody
    was there are run as one.

    Args:
        slots: Who runs which.
        healths: How the runs before went.
        runs: Runs a sync.
        synced_at: When a source was last synced completely by whomever, in seconds since the epoch.
        jitter_s: So many seconds after its moment, at most, a slot begins.
        stopping: Set when no more slots are to be begun.
        now: What time it is, in seconds since the epoch.
    """

    def __init__(  # noqa: PLR0913  what it needs of the rest
        self,
        slots: Slots,
        healths: Healths,
        runs: Runs,
        *,
        synced_at: Callable[[str], Awaitable[float]],
        jitter_s: float,
        stopping: asyncio.Event,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._slots = slots
        self._healths = healths
        self._runs = runs
        self._synced_at = synced_at
        self._jitter_s = jitter_s
        self._stopping = stopping
        self._now = now

    async def keep(self, source: str, table: Timetable) -> None:
        """Run a source's slots until it is to stop; what is run then may end.

        Args:
            source: The source.
            table: Its slots.
        """
        while not self._stopping.is_set():
            try:
                await self._look(source, table)
            except SyncBusyError:
                pass  # another replica is at it
            except (FootnoteError, SyncLockLostError) as error:
                _log.warning("The schedule of %s waits: %s", source, error)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s(source, table)):
                    await self._stopping.wait()

    async def _look(self, source: str, table: Timetable) -> None:
        """Run the latest slot, if it has begun and nobody has run it."""
        now = self._now()
        slot = table.latest(now)
        if now < begins(table, source, slot, self._jitter_s):
            return
        if not await self._slots.is_due(source, slot, now) or await self._rests(source, now):
            return
        async with self._slots.claimed(source, slot, now) as held:
            if held:
                await self._run(held, table)

    def _pause_s(self, source: str, table: Timetable) -> float:
        """Seconds until the next slot begins, or until it is time to look anyway."""
        now = self._now()
        slots = (table.latest(now), table.following(now))
        next_s = (begins(table, source, slot, self._jitter_s) - now for slot in slots)
        return min(LOOK_S, *(seconds for seconds in next_s if seconds > 0))

    async def _rests(self, source: str, now: float) -> bool:
        """Whether it failed too recently, and nobody has synced it by hand since."""
        health = await self._healths.get(source)
        return now < health.retry_at and await self._synced_at(source) <= health.tried_at

    async def _run(self, held: Held, table: Timetable) -> None:
        source, slot = held.source, held.claim.slot
        try:
            await self._runs.run(source, distance_s=table.following(slot) - slot)
        except asyncio.CancelledError:
            # Whoever stops this takes no slot away from the others.
            with suppress(FootnoteError, TimeoutError):
                async with asyncio.timeout(GIVE_BACK_S):
                    await self._slots.give_back(held)
            raise
        await self._slots.finish(held, max(slot, table.latest(self._now())))
