"""A source that fails: tried less and less often, admins told once, and once more in the end."""

from __future__ import annotations

import asyncio

import pytest

from footnote.bot.platforms.base import LostError, RefusedError
from footnote.bot.schedule.health import LONGEST_S
from footnote.bot.schedule.timetable import Every
from tests.bot.schedule.town import DOCS, GONE, HOUR_S, MINUTE_S, Admins, Source, Town
from tests.simulator.clock import run

FAILS = f"The source docs could not be synced: {GONE}"


async def failing(town: Town, replicas: int = 2) -> Source:
    """A source that fails, and replicas that sync it."""
    town.source.fail()
    for number in range(replicas):
        town.replica(str(number))
    await asyncio.sleep(0)
    return town.source


def test_the_time_to_the_next_try_doubles_up_to_six_hours() -> None:
    """Slots in between are left out; what is due then is run as one."""

    async def work() -> list[float]:
        source = await failing(Town(), 1)
        await asyncio.sleep(24 * HOUR_S)
        return [
            later.at - (earlier.ended or 0.0)
            for earlier, later in zip(source.runs, source.runs[1:], strict=False)
        ]

    pauses = run(work())
    expected = [min(LONGEST_S, 600.0 * 2**tries) for tries in range(len(pauses))]
    for pause, least in zip(pauses, expected, strict=True):
        assert least <= pause <= least + MINUTE_S
    assert expected.count(LONGEST_S) >= 2


def test_a_source_that_is_synced_once_a_day_is_tried_the_next_day() -> None:
    """The pause is never longer than six hours, so that none of its slots is left out."""

    async def work() -> list[int]:
        town = Town()
        town.source.fail()
        town.replica("one", Every(86400))
        await asyncio.sleep(2 * 24 * HOUR_S)
        return [round(each.at / 86400) for each in town.source.runs]

    assert run(work()) == [0, 1, 2]


def test_admins_are_told_once_and_once_more_when_it_recovers() -> None:
    """However often it fails, over however many replicas and reasons."""

    async def work() -> tuple[list[str], list[str]]:
        town = Town()
        source = await failing(town, 2)
        await asyncio.sleep(HOUR_S)
        source.fail("Something else is wrong with it: look again.")
        await asyncio.sleep(2 * HOUR_S)
        during = list(town.admins.heard)
        source.error = None
        await asyncio.sleep(3 * HOUR_S)
        health = await town.health()
        assert (health.failures, health.error, health.told) == (0, "", ())
        assert (health.counts.listed, health.counts.new) == (3, 1)
        source.fail()
        await asyncio.sleep(HOUR_S)
        return during, town.admins.heard

    during, heard = run(work())
    assert during == [FAILS]
    assert heard[0] == FAILS
    assert heard[1].startswith("The source docs is synced again; it had failed for ")
    assert heard[2:] == [FAILS]


def test_what_is_known_of_a_source_that_fails() -> None:
    """Why, since when, how often, and what the last sync that succeeded did."""

    async def work() -> None:
        town = Town()
        town.replica()
        await asyncio.sleep(MINUTE_S)
        fine = await town.health()
        assert fine.succeeded_at == fine.tried_at > 0
        town.source.fail()
        await asyncio.sleep(45 * MINUTE_S)
        health = await town.health()
        assert health.succeeded_at == fine.succeeded_at
        assert health.counts.listed == 3
        assert health.error == GONE
        assert health.failures == 3
        assert health.failing_since < health.tried_at < health.retry_at
        assert health.told == ("plaza",)

    run(work())


def test_a_sync_by_hand_ends_the_pause() -> None:
    """Whoever has mended the source need not wait for hours."""

    async def work() -> tuple[Town, float]:
        town = Town()
        source = await failing(town)
        await asyncio.sleep(5 * HOUR_S)
        tries = len(source.runs)
        source.error, source.synced_at = None, town.now()
        mended = asyncio.get_running_loop().time()
        await asyncio.sleep(10 * MINUTE_S + 61)
        assert len(source.runs) > tries
        return town, source.runs[tries].at - mended

    town, waited = run(work())
    assert waited <= 10 * MINUTE_S
    assert len(town.admins.heard) == 2


@pytest.mark.parametrize("sure", [True, False])
def test_admins_who_could_not_be_told(sure: bool, caplog: pytest.LogCaptureFixture) -> None:  # noqa: FBT001  a case
    """Are told the next time; where nobody knows whether they were, they are not told twice."""

    async def work() -> list[str]:
        town = Town(Admins(trouble=RefusedError("not there") if sure else LostError("no answer")))
        await failing(town)
        await asyncio.sleep(MINUTE_S)
        town.admins.trouble = None
        await asyncio.sleep(3 * HOUR_S)
        return town.admins.heard

    assert run(work()) == ([FAILS] if sure else [])
    assert ("could not be told" in caplog.text) is sure
    assert "The source docs could not be synced" in caplog.text


def test_a_defect_is_told_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    """What the machine says of itself stands in the log."""

    async def work() -> tuple[list[str], str]:
        town = Town()
        town.source.error = ZeroDivisionError("secret")
        town.replica()
        await asyncio.sleep(MINUTE_S)
        return town.admins.heard, (await town.health()).error

    heard, error = run(work())
    assert error == "Something unexpected went wrong (ZeroDivisionError); the log has it."
    assert heard == [f"The source docs could not be synced: {error}"]
    assert "secret" in caplog.text


def test_without_a_channel_it_stands_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    """A platform whose settings name none is told nothing."""

    async def work() -> None:
        town = Town(Admins(tells_admins=False))
        source = await failing(town)
        await asyncio.sleep(HOUR_S)
        assert len(source.runs) > 1
        source.error = None
        await asyncio.sleep(HOUR_S)
        assert not town.admins.heard

    run(work())
    said = [record.getMessage() for record in caplog.records]
    assert said == [FAILS, f"The source {DOCS} is synced again."]
