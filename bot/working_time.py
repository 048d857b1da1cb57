"""How long something takes, as people say it."""

from __future__ import annotations

_MINUTE, _HOUR = 60, 3600


def in_words(seconds: float) -> str:
    """Seconds, minutes or hours, no more exact than is of use."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"
