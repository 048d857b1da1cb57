"""Slots as they come: once over all replicas, late rather than never, and none after the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import pytest

from footnote.bot.schedule.scheduler import LOOK_S
from footnote.bot.schedule.slots import ATTEMPTS
from footnote.bot.schedule.timetable import begins
from tests.bot.schedule.town import (
    DOCS,
    HOUR_S,
    MINUTE_S,
    START,
    TIMETABLE,
    Replica,
    Town,
)
from tests.simulator.clock import run

LEASE_S = 60.0
"""So long a dead replica is taken for one that lives (`LeasedLocks`)."""


def test_each_slot_is_run_once_over_all_replicas() -> None:
    """Three replicas see the same slots, and each slot is one sync."""

    async def work() -> Town:
        town = Town()
        for name in ("one", "two", "three"):
            town.replica(name)
        await asyncio.sleep(5 * HOUR_S + 1)
        return town

    town = run(work())
    assert town.source.minutes == list(range(0, 301, 10))


def test_slots_that_come_during_a_run_are_run_with_it() -> None:
    """A sync that takes longer than the distance is not followed by what it was late for."""

    async def work() -> Town:
        town = Town()
        town.source.takes_s = 25 * MINUTE_S
        for name in ("one", "two"):
            town.replica(name)
        await asyncio.sleep(100 * MINUTE_S)
        return town

    assert run(work()).source.minutes == [0, 30, 60, 90]


def test_slots_that_nobody_was_there_for_are_run_as_one() -> None:
    """Once at the start, and then as they come; at a restart in between there is nothing to do."""

    async def work() -> Town:
        town = Town()
        await asyncio.sleep(MINUTE_S)
        first = town.replica()
        await asyncio.sleep(12 * MINUTE_S)
        await first.stop(0.0)
        await asyncio.sleep(5 * MINUTE_S)
        second = town.replica()
        await asyncio.sleep(MINUTE_S)
        await second.stop(0.0)
        await asyncio.sleep(5 * HOUR_S)
        town.replica()
        await asyncio.sleep(2 * MINUTE_S)
        return town

    assert run(work()).source.minutes == [1, 10, 319, 320]


def test_a_slot_begins_a_while_after_its_moment() -> None:
    """All replicas wait for the same moment, within the jitter and half of the distance."""

    async def work() -> Town:
        town = Town()
        for name in ("one", "two", "three"):
            town.replica(name, jitter_s=120.0)
        await asyncio.sleep(10 * HOUR_S)
        return town

    runs = run(work()).source.runs
    late = [each.at % 600 for each in runs]
    assert len(late) == 60
    assert max(late) <= 120.0
    assert max(late) > 60.0 > min(late)
    assert len({round(seconds, 3) for seconds in late}) > 50
    for each in runs:
        at = begins(TIMETABLE, DOCS, START + (each.at + 1) // 600 * 600, 120.0)
        assert START + each.at == pytest.approx(at)
    assert all(begins(TIMETABLE, DOCS, START, 1e6) <= START + 300 for _ in range(3))


def test_a_shutdown_lets_a_sync_end() -> None:
    """Within its grace, and begins no other."""

    async def work() -> Town:
        town = Town()
        town.source.takes_s = 30.0
        replica = town.replica()
        await asyncio.sleep(1.0)
        await replica.stop(60.0)
        assert asyncio.get_running_loop().time() == pytest.approx(30.0)
        await asyncio.sleep(HOUR_S)
        return town

    (only,) = run(work()).source.runs
    assert only.ended == pytest.approx(30.0)


def test_what_a_shutdown_breaks_off_goes_to_another() -> None:
    """As if nobody had begun it, so that no slot is lost to deployments, however many they are."""

    async def work() -> Town:
        town = Town()
        town.source.takes_s = 90.0
        for number in range(ATTEMPTS + 2):
            replica = town.replica(str(number))
            await asyncio.sleep(10.0)
            await replica.stop(5.0)
        town.replica("last")
        await asyncio.sleep(100.0)
        return town

    runs = run(work()).source.runs
    assert [each.by for each in runs] == ["0", "1", "2", "3", "last"]
    assert [each.ended is not None for each in runs] == [False] * 4 + [True]


def test_a_slot_whose_replica_died_is_begun_once_more() -> None:
    """By another, soon after the dead one's lock has run out."""

    async def work() -> Town:
        town = Town()
        town.source.takes_s = 50.0
        first = town.replica("first")
        await asyncio.sleep(1.0)
        town.replica("second")
        await first.kill()
        await asyncio.sleep(9 * MINUTE_S)
        return town

    first, second = run(work()).source.runs
    assert (first.ended, second.by) == (None, "second")
    assert LEASE_S - 10 < second.at < LEASE_S + 2 * LOOK_S
    assert second.ended


def test_a_source_that_kills_whoever_syncs_it_kills_no_third() -> None:
    """Before its next slot."""

    async def work() -> Town:
        town = Town()
        town.source.takes_s = 30.0
        deaths = 0
        for number in range(5):
            replica = town.replica(str(number))
            for _ in range(100):
                await asyncio.sleep(1.0)
                if town.source.now:
                    await replica.kill()
                    deaths += 1
                    break
        assert deaths == ATTEMPTS
        return town

    assert len(run(work()).source.runs) == ATTEMPTS


def test_a_source_that_somebody_else_syncs_is_waited_for() -> None:
    """Such as by hand: the slot is run after it, and is not lost."""

    async def work() -> Town:
        town = Town()
        town.source.held = True
        town.replica("one")
        town.replica("two")
        await asyncio.sleep(200.0)
        town.source.held = False
        await asyncio.sleep(20.0)
        return town

    (only,) = run(work()).source.runs
    assert 200.0 <= only.at <= 211.0


def test_a_state_that_is_away_stops_no_schedule(caplog: pytest.LogCaptureFixture) -> None:
    """It is said, and when the state is back the slot is run."""

    async def work() -> Town:
        town = Town()
        replica = town.replica()
        replica.lane.open = False
        await asyncio.sleep(5 * MINUTE_S)
        assert not town.source.runs
        replica.lane.open = True
        await asyncio.sleep(LOOK_S)
        return town

    assert len(run(work()).source.runs) == 1
    assert "The schedule of docs waits: The state is away." in caplog.text


@pytest.mark.parametrize("jump_s", [-10 * 86400.0, -3 * HOUR_S, 3 * HOUR_S, 10 * 86400.0])
def test_a_clock_that_is_put_right_stops_no_schedule(jump_s: float) -> None:
    """Slots come as the clock on the wall has them; one that ran ahead is not waited for long."""

    async def work() -> Town:
        town = Town()
        town.replica("one")
        town.replica("two")
        await asyncio.sleep(25 * MINUTE_S)
        assert town.source.minutes == [0, 10, 20]
        town.wall_s = jump_s
        await asyncio.sleep(2 * MINUTE_S)
        before = len(town.source.runs)
        await asyncio.sleep(4 * HOUR_S)
        assert len(town.source.runs) > before
        await asyncio.sleep(HOUR_S)
        return town

    moments = Counter(run(work()).source.minutes)
    assert max(moments.values()) == 1


def test_under_random_trouble_no_slot_is_run_twice_and_the_last_one_is_run(seed: int) -> None:
    """Replicas come, are stopped and are killed; a slot comes again only where one died at it."""

    async def work(random: Random) -> None:
        town = Town()
        town.source.takes_s = random.uniform(1.0, 900.0)
        up: list[Replica] = []
        broken = 0
        for number in range(40):
            await asyncio.sleep(random.expovariate(1 / 200.0))
            if len(up) < 3:
                up.append(town.replica(str(number), jitter_s=random.choice((0.0, 60.0))))
            elif random.random() < 0.5:
                broken += town.source.now
                await up.pop(random.randrange(3)).kill()
            else:
                await up.pop(random.randrange(3)).stop(random.uniform(0.0, 300.0))
        await asyncio.sleep(2 * HOUR_S)
        slots = Counter((each.at + 1) // 600 for each in town.source.runs if each.ended)
        assert max(slots.values()) <= 1 + broken
        last = town.source.runs[-1]
        assert asyncio.get_running_loop().time() - last.at < 600 + town.source.takes_s + 60

    random = Random(seed)  # noqa: S311  nobody has to be unable to guess it
    for _ in range(4):
        run(work(random))
