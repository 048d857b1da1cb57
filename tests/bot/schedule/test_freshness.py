"""What is said of the next sync comes true, and what runs at a shutdown has one grace time."""

from __future__ import annotations

import asyncio

import pytest

from footnote.bot.schedule.freshness import Freshness
from footnote.bot.schedule.outlook import next_at
from tests.bot.schedule.town import DOCS, HOUR_S, MINUTE_S, START, TIMETABLE, Town
from tests.simulator.clock import run


@pytest.mark.parametrize("jitter_s", [0.0, 120.0])
@pytest.mark.parametrize("fails", [False, True])
def test_the_next_sync_begins_when_it_was_said(jitter_s: float, fails: bool) -> None:  # noqa: FBT001  a case
    """To a minute, also where slots are left out since the source fails."""

    async def work() -> None:
        town = Town()
        if fails:
            town.source.fail()
        town.replica(jitter_s=jitter_s)
        for _ in range(4):
            await asyncio.sleep(17 * MINUTE_S)
            if town.source.now:
                continue
            health = await town.health()
            said = next_at(TIMETABLE, DOCS, health, town.now(), jitter_s) - START
            before = len(town.source.runs)
            while len(town.source.runs) == before:  # noqa: ASYNC110  on a virtual clock
                await asyncio.sleep(5.0)
            assert said - 1 <= town.source.runs[-1].at <= said + MINUTE_S

    run(work())


def test_what_is_synced_at_a_shutdown_has_until_the_grace_time_ends() -> None:
    """That runs from when the end was asked for, and not from when all else has ended."""

    async def work() -> tuple[float, list[bool]]:
        fresh = Freshness(asyncio.Event(), 20.0)
        tasks = [asyncio.create_task(asyncio.sleep(seconds)) for seconds in (18.0, HOUR_S)]
        fresh.begin(*tasks)
        fresh.stop()
        await asyncio.sleep(15.0)
        await fresh.close()
        return asyncio.get_running_loop().time(), [task.cancelled() for task in tasks]

    ended, cancelled = run(work())
    assert ended == pytest.approx(20.0)
    assert cancelled == [False, True]
