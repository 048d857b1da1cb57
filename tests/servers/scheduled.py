"""A replica that does nothing but run a schedule: python -m tests.servers.scheduled URL LOG.

There is a slot a second. What it does stands in the log, a line each: "begins" and "ends", with its
process and the slot.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import Collection
from pathlib import Path

from footnote.bot.schedule.health import Healths
from footnote.bot.schedule.notices import Notices
from footnote.bot.schedule.runs import Runs
from footnote.bot.schedule.scheduler import Scheduler
from footnote.bot.schedule.slots import SLOTS, Slots
from footnote.bot.schedule.timetable import Every
from footnote.bot.state import redis
from footnote.bot.syncing.locks import StateLeases
from footnote.retrieval.locks import LeasedLocks
from footnote.retrieval.sync_report import SyncReport

SOURCE = "docs"
LOCK_S = 2.0
"""How long a lock outlives a replica that was killed."""
TAKES_S = (0.0, 1.5)


async def _main(url: str, log: Path) -> None:
    def note(what: str, claim: dict[str, object]) -> None:
        # One short write at the end of a file is whole, whoever else writes.
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{what} {os.getpid()} {claim['slot']} {claim['by']}\n")

    async with redis.open_state(url) as state:

        async def sync(_source: str, _documents: Collection[str] | None) -> SyncReport:
            record = await state.records.get(SLOTS, SOURCE)
            assert record
            claim = json.loads(record.value)
            note("begins", claim)
            await asyncio.sleep(random.uniform(*TAKES_S))  # noqa: S311  any will do
            note("ends", claim)
            return SyncReport(SOURCE)

        async def synced_at(_source: str) -> float:
            return 0.0

        healths = Healths(state.records)
        locks = LeasedLocks(
            StateLeases(state.locks), ttl_s=LOCK_S, every_s=LOCK_S / 8, spare_s=LOCK_S / 4
        )
        await Scheduler(
            Slots(state, locks),
            healths,
            Runs(sync, healths, Notices({}, healths)),
            synced_at=synced_at,
            jitter_s=0.0,
            stopping=asyncio.Event(),
        ).keep(SOURCE, Every(1))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], Path(sys.argv[2])))
