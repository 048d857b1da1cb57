"""Slots: what the text of a schedule means, in every time zone and across changes of the clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote.bot.schedule.timetable import WANTED, Every, timetable

BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
TEXTS = [
    "every second",
    "every 7 minutes",
    "every 2 weeks",
    "*/20 * * * *",
    "30 2 * * *",
    "15 1-3 * * *",
    "0 0 1 * *",
    "0 7,13 * * mon-fri",
    "0 0 13 * 5",
    "0 0 29 2 *",
]
YEARS = st.floats(1.78e9, 1.88e9)


def slots(text: str, since: str, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    """The next slots after a moment of the zone, as its clocks have them."""
    table, now = timetable(text, zone), datetime.fromisoformat(since).timestamp()
    found = []
    for _ in range(count):
        now = table.following(now)
        found.append(datetime.fromtimestamp(now, zone).isoformat(timespec="minutes"))
    return found


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("every second", 1),
        ("every minute", 60),
        ("every 30 minutes", 1800),
        ("Every  6 Hours", 21600),
        ("every day", 86400),
        ("every 2 weeks", 1209600),
    ],
)
def test_an_interval(text: str, seconds: int) -> None:
    """In words, one or many of a unit."""
    assert timetable(text, UTC) == Every(seconds)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 7 * * 1-5", ["2026-06-08T07:00", "2026-06-09T07:00"]),
        ("0 7 * * 0", ["2026-06-07T07:00", "2026-06-14T07:00"]),
        ("0 7 * * 7", ["2026-06-07T07:00", "2026-06-14T07:00"]),
        ("0 7 * * 5-7", ["2026-06-06T07:00", "2026-06-07T07:00", "2026-06-12T07:00"]),
        ("0 7 * * */3", ["2026-06-06T07:00", "2026-06-07T07:00", "2026-06-10T07:00"]),
        ("0 7 * * 5/1", ["2026-06-06T07:00", "2026-06-12T07:00"]),
        ("0 7 * * 1,sat", ["2026-06-06T07:00", "2026-06-08T07:00"]),
        ("0 7 13 * 2", ["2026-06-09T07:00", "2026-06-13T07:00", "2026-06-16T07:00"]),
        ("0 7 13 * *", ["2026-06-13T07:00", "2026-07-13T07:00"]),
        ("0 7 */10 jul *", ["2026-07-01T07:00", "2026-07-11T07:00"]),
    ],
)
def test_the_fields_of_cron(text: str, expected: list[str]) -> None:
    """Sunday is 0 and 7, and of two kinds of day either is enough (crontab(5)).

    It is the evening of Friday, 5 June 2026.
    """
    found = slots(text, "2026-06-05T20:00+02:00", len(expected))
    assert [moment.removesuffix("+02:00") for moment in found] == expected


def test_an_hour_that_is_left_out() -> None:
    """What falls into it comes when it would have ended, on that day alone."""
    assert slots("30 2 * * *", "2026-03-28T12:00+01:00", 3) == [
        "2026-03-29T03:30+02:00",
        "2026-03-30T02:30+02:00",
        "2026-03-31T02:30+02:00",
    ]
    table = timetable("30 2 * * *", BERLIN)
    just_after = datetime.fromisoformat("2026-03-29T03:31+02:00").timestamp()
    assert just_after - table.latest(just_after) == 60


def test_an_hour_that_comes_twice() -> None:
    """Counts once, the first time."""
    assert slots("30 2 * * *", "2026-10-24T12:00+02:00", 2) == [
        "2026-10-25T02:30+02:00",
        "2026-10-26T02:30+01:00",
    ]
    assert slots("0 * * * *", "2026-10-25T01:30+02:00", 3) == [
        "2026-10-25T02:00+02:00",
        "2026-10-25T03:00+01:00",
        "2026-10-25T04:00+01:00",
    ]
    assert slots("*/10 * * * *", "2026-10-25T02:15+01:00", 1) == ["2026-10-25T03:00+01:00"]
    again = datetime.fromisoformat("2026-10-25T02:15+01:00").timestamp()
    first = datetime.fromisoformat("2026-10-25T02:00+02:00").timestamp()
    assert timetable("0 * * * *", BERLIN).latest(again) == first


@given(YEARS)
def test_every_minute(now: float) -> None:
    """The latest slot is the minute that has begun."""
    assert timetable("* * * * *", UTC).latest(now) == now // 60 * 60


def test_a_month_across_a_change_of_the_clock() -> None:
    """Is not left out, which APScheduler's own reckoning in that zone does."""
    assert slots("0 0 1 * *", "2026-03-25T00:00+01:00", 2) == [
        "2026-04-01T00:00+02:00",
        "2026-05-01T00:00+02:00",
    ]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXTS), st.sampled_from(ZONES), YEARS, st.floats(0, 1))
def test_whoever_looks_at_whatever_time_sees_the_same_slots(
    text: str, zone: str, now: float, share: float
) -> None:
    """Between two slots the first is the latest and the second follows, and none is in between."""
    table = timetable(text, ZoneInfo(zone))
    following = table.following(now)
    assert following > now
    between = now + (following - now) * share * 0.999
    assert table.following(between) == following
    assert table.latest(between) == table.latest(now)
    hour_that_comes_twice = 3600.0
    assert table.latest(following) in {following, table.latest(now)}
    assert table.latest(now) <= now + hour_that_comes_twice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every",
        "every blue moon",
        "every 0 minutes",
        "every 1.5 hours",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "* * * * 8",
        "* * * * 5-1",
        "*/0 * * * *",
        "* * * * */0",
        "a b c d e",
        "0 0 31 2 *",
    ],
)
def test_what_is_no_schedule(text: str) -> None:
    """Neither interval nor cron, or a time that never comes: it is said what it must be."""
    with pytest.raises(ValueError, match="every 30 minutes") as told:
        timetable(text, UTC)
    assert str(told.value) == WANTED
