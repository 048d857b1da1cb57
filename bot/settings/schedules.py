"""When sources are synced by themselves: a source's key `schedule`, and the table [schedule]."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from footnote.bot.schedule.timetable import timetable

UTC = "UTC"


def _schedule(text: str) -> str:
    timetable(text, ZoneInfo(UTC))
    return text


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('a time zone by its name, such as "Europe/Berlin" or "UTC"') from error
    return name


Schedule = Annotated[str, AfterValidator(_schedule)]


class ScheduleSettings(BaseModel):
    """How the schedules of all sources are read: [schedule].

    Attributes:
        time_zone: Where the times of schedules that are written as cron hold.
        jitter_s: So many seconds later, at most, a sync begins.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_zone: Annotated[str, AfterValidator(_time_zone)] = UTC
    jitter_s: float = Field(default=30.0, ge=0, le=86400)
