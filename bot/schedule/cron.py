"""The five fields of cron, and the moments of local time that they name.

APScheduler's triggers know the fields. They are asked in UTC alone, for times that a wall clock
shows: across a change to or from daylight saving their own reckoning leaves moments out, such as
the first of the month behind it, or gives one twice.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""As cron counts them, from 0; it takes 7 for Sunday too. APScheduler counts from Monday."""

_FIELDS = 5
_NUMBERED = re.compile(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?")
_MINUTE = timedelta(minutes=1)
_SOON = timedelta(hours=1)
_ERA = datetime(2024, 1, 1, tzinfo=UTC)
"""Any moment will do: what never comes after it never comes at all."""


class Cron:
    """Moments of a wall clock, each at a whole minute.

    Args:
        text: Minute, hour, day of the month, month, day of the week. Where both kinds of day are
            given, either is enough, as cron has it.

    Raises:
        ValueError: These are no fields of cron, or never come.
    """

    def __init__(self, text: str) -> None:
        fields = text.split()
        if len(fields) != _FIELDS:
            raise ValueError(text)
        minute, hour, day, month, weekday = fields
        days = [(day, weekday)]
        if not day.startswith("*") and not weekday.startswith("*"):
            days = [(day, "*"), ("*", weekday)]
        self._triggers = [_trigger(minute, hour, day, month, weekday) for day, weekday in days]
        self.following(_ERA)

    def following(self, wall: datetime) -> datetime:
        """The first moment after `wall`.

        Args:
            wall: What a wall clock shows, as if that were UTC.

        Raises:
            ValueError: There is none.
        """
        after = wall + timedelta(microseconds=1)
        found: list[datetime | None] = [
            trigger.get_next_fire_time(None, after) for trigger in self._triggers
        ]
        return min(moment for moment in found if moment)

    def latest(self, wall: datetime) -> datetime:
        """The last moment that is not after `wall`, which stands as for `following`."""
        back = _SOON
        while self.following(wall - back) > wall:
            back *= 2
        # The first moment behind `early` is not after `wall`, the first one behind `late` is.
        early, late = wall - back, wall
        while late - early > _MINUTE:
            middle = early + (late - early) / 2
            if self.following(middle) > wall:
                late = middle
            else:
                early = middle
        return self.following(early)


def _trigger(minute: str, hour: str, day: str, month: str, weekday: str) -> CronTrigger:
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415  slow, and few need it

    return CronTrigger(
        minute=minute,
        hour=hour,
        day=day,
        month=month,
        day_of_week=",".join(map(_by_name, weekday.split(","))),
        timezone=UTC,
    )


def _by_name(days: str) -> str:
    """Days of the week that cron has by numbers, by their names."""
    numbered = _NUMBERED.fullmatch(days)
    if days == "*" or not numbered:
        return days
    first, last, step = numbered.groups()
    if first == "*":
        first, last = "0", "6"
    elif last is None:
        # "3/2" is from the third day on.
        last = "6" if step else first
    named = range(int(first), int(last) + 1, int(step or 1))
    if not named or named[-1] > len(DAYS):
        raise ValueError(days)
    return ",".join(DAYS[day % len(DAYS)] for day in named)
