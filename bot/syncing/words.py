"""Numbers and times in words."""

from __future__ import annotations

from datetime import datetime

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 document", "2,000 documents"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def lasted(seconds: float) -> str:
    """How long something took, in its largest unit: "3 hours", "less than a minute"."""
    for size, unit in _UNITS:
        if seconds >= size:
            return counted(int(seconds // size), unit)
    return "less than a minute"


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago a moment was: "3 hours ago", or "never" without one."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    return "just now" if seconds < _UNITS[-1][0] else f"{lasted(seconds)} ago"


def ahead(moment: datetime, now: datetime) -> str:
    """How far ahead a moment is: "in 3 hours"."""
    seconds = (moment - now).total_seconds()
    return "now" if seconds < _UNITS[-1][0] else f"in {lasted(seconds)}"
