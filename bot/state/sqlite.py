"""The default state: one SQLite file, with one thread that writes it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from footnote.bot.state.sqlite_expiry import remove_some
from footnote.bot.state.sqlite_lane import Lane, ThreadLane
from footnote.bot.state.sqlite_parts import (
    SqliteBlobs,
    SqliteBudgets,
    SqliteConversations,
    SqliteJournal,
    SqliteLocks,
    SqliteQueue,
    SqliteRecords,
)


@asynccontextmanager
async def open_state(
    path: Path, *, clock: Callable[[], float] = time.time
) -> AsyncIterator[SqliteState]:
    """Open the state in the file `path`, which is made, with its folder, where it is missing.

    Args:
        path: The file.
        clock: Tells the time, in seconds since the epoch.

    Raises:
        StateUnavailableError: The file cannot be opened, is damaged, belongs to another program,
            or has a format that this version does not know.
    """
    lane = ThreadLane(path, clock)
    try:
        # What is wrong with the file shows now.
        await lane.run(lambda _connection, _now: None, durable=False)
        yield SqliteState(lane)
    finally:
        await lane.close()


class SqliteState:
    """A `State` in one SQLite file.

    Args:
        lane: Does its transactions.
    """

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self.queue = SqliteQueue(lane)
        self.conversations = SqliteConversations(lane)
        self.locks = SqliteLocks(lane)
        self.budgets = SqliteBudgets(lane)
        self.journal = SqliteJournal(lane)
        self.records = SqliteRecords(lane)
        self.blobs = SqliteBlobs(lane)

    async def tidy(self) -> None:
        """Remove what has expired."""
        while await self._lane.run(remove_some, durable=False):
            pass
