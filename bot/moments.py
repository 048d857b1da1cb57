"""Moments as the state keeps them, for people and for programs."""

from __future__ import annotations

from datetime import UTC, datetime


def aware(seconds: float) -> datetime:
    """The moment that is so many seconds after the epoch, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def moment(seconds: float | None) -> str | None:
    """The same as ISO 8601, to the second; nothing for nothing."""
    return None if seconds is None else aware(seconds).isoformat(timespec="seconds")
