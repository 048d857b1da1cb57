"""When a source is synced: its slots, which are the same moments for every replica."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Protocol
from zoneinfo import ZoneInfo

from footnote.bot.schedule.cron import Cron

WANTED = (
    '"every 30 minutes", or the five fields of cron for times that come, such as "0 7 * * mon-fri"'
)
"""What the text of a schedule must be."""

_UNITS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_EVERY = re.compile(rf"every (?:(\d{{1,4}}) )?({'|'.join(_UNITS_S)})s?")


class Timetable(Protocol):
    """Slots, in seconds since the epoch."""

    def latest(self, now: float) -> float:
        """The last slot that has come."""
        ...

    def following(self, now: float) -> float:
        """The next slot, after `now`."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """Slots at equal distances, counted from the epoch.

    Attributes:
        seconds: The distance.
    """

    seconds: int

    def latest(self, now: float) -> float:
        """The last multiple of the distance."""
        return now // self.seconds * self.seconds

    def following(self, now: float) -> float:
        """The multiple after it."""
        return self.latest(now) + self.seconds


@dataclass(frozen=True, slots=True)
class CronTable:
    """Slots when clocks on the wall show certain times.

    An hour that comes twice counts the first time; what falls into one that is left out begins
    when it would have ended.

    Attributes:
        cron: The times.
        zone: Where the wall is.
    """

    cron: Cron
    zone: ZoneInfo

    def latest(self, now: float) -> float:
        """The last slot that has come."""
        return self._moment(self.cron.latest(self._wall(now)))

    def following(self, now: float) -> float:
        """The next slot, after `now`."""
        wall = self._wall(now)
        while (slot := self._moment(wall := self.cron.following(wall))) <= now:
            pass  # the wall shows an hour for the second time
        return slot

    def _wall(self, now: float) -> datetime:
        return datetime.fromtimestamp(now, self.zone).replace(tzinfo=UTC, fold=0)

    def _moment(self, wall: datetime) -> float:
        return wall.replace(tzinfo=self.zone).timestamp()


def timetable(text: str, zone: ZoneInfo) -> Timetable:
    """The slots that a schedule stands for.

    Args:
        text: "every 30 minutes", or five fields of cron.
        zone: Where the times of cron hold.

    Raises:
        ValueError: It is neither; the text says what it must be.
    """
    try:
        if every := _EVERY.fullmatch(" ".join(text.lower().split())):
            count, unit = every.groups()
            return Every(_positive(int(count or 1)) * _UNITS_S[unit])
        return CronTable(Cron(text.lower()), zone)
    except ValueError as error:
        raise ValueError(WANTED) from error


def begins(table: Timetable, source: str, slot: float, jitter_s: float) -> float:
    """When a slot begins: a while after its moment, so that sources do not all begin at once.

    Every replica finds the same. It is at most `jitter_s`, and half of the way to the next slot.
    """
    room = min(jitter_s, (table.following(slot) - slot) / 2)
    drawn = blake2b(f"{source} {slot:.0f}".encode(), digest_size=4).digest()
    return slot + room * int.from_bytes(drawn) / 2**32


def _positive(number: int) -> int:
    if number < 1:
        raise ValueError(number)
    return number
