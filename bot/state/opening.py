"""Opening the state that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from footnote.bot.settings.schema import SQLITE, Settings
from footnote.bot.state import redis, sqlite
from footnote.bot.state.base import State

STATE_FILE = "state.db"


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncIterator[State]:
    """The state that the settings name.

    Raises:
        StateError: It cannot be opened, and what to do about it.
    """
    if settings.state == SQLITE:
        async with sqlite.open_state(settings.folder / STATE_FILE) as in_file:
            yield in_file
    else:
        async with redis.open_state(settings.state) as in_redis:
            yield in_redis


def has_state(settings: Settings) -> bool:
    """Whether there may be anything kept, so that looking does not have to make a file first."""
    return settings.state != SQLITE or (settings.folder / STATE_FILE).exists()
