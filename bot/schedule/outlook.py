"""What is to be told of each source's syncs: when the next one is, and why the last one failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from footnote.bot.moments import aware
from footnote.bot.schedule.health import HEALTHY, Health, Healths
from footnote.bot.schedule.timetable import Timetable, begins, timetable
from footnote.bot.settings.schema import Settings
from footnote.bot.state.base import Records


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of one source.

    Attributes:
        health: How its syncs by itself went.
        next_sync: When it is synced next by its schedule, or None where it has none.
    """

    health: Health = HEALTHY
    next_sync: datetime | None = None


def timetables(settings: Settings) -> dict[str, Timetable]:
    """The slots of each source that has a schedule."""
    zone = ZoneInfo(settings.schedule.time_zone)
    return {
        name: timetable(source.schedule, zone)
        for name, source in settings.sources.items()
        if source.schedule
    }


async def outlooks(settings: Settings, records: Records, now: float) -> Mapping[str, Outlook]:
    """What is known of each source of the settings.

    Args:
        settings: The settings.
        records: Where it is kept how syncs went.
        now: Seconds since the epoch.

    Raises:
        StateUnavailableError: The state cannot be read.
    """
    return scheduled(settings, await Healths(records).all(), now)


def scheduled(
    settings: Settings, healths: Mapping[str, Health], now: float
) -> Mapping[str, Outlook]:
    """The same where it is known how the syncs went."""
    tables = timetables(settings)
    jitter_s = settings.schedule.jitter_s
    found: dict[str, Outlook] = {}
    for name in settings.sources:
        health, table = healths.get(name, HEALTHY), tables.get(name)
        at = next_at(table, name, health, now, jitter_s) if table else None
        found[name] = Outlook(health, aware(at) if at else None)
    return found


def next_at(table: Timetable, source: str, health: Health, now: float, jitter_s: float) -> float:
    """When the next slot begins that is not left out, in seconds since the epoch."""
    if health.retry_at > now:
        slot = table.following(health.tried_at)
        return max(health.retry_at, begins(table, source, slot, jitter_s))
    slots = (table.latest(now), table.following(now))
    return min(at for slot in slots if (at := begins(table, source, slot, jitter_s)) > now)
