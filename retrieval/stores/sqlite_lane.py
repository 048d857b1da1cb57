"""One thread with one connection of its own: the event loop only waits for what it answers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from footnote.retrieval.errors import StoreError
from footnote.retrieval.stores.sqlite_schema import connect, store_error

T = TypeVar("T")


class Lane:
    """Does one piece of work after the other on a connection that is opened for the first.

    Args:
        name: Of the thread.
        path: The file.
        busy_seconds: How long a write waits for the writes of another process.
    """

    def __init__(self, name: str, path: Path, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in the thread.

        Raises:
            StoreError: The file cannot be opened, read or written, or the store was closed.
        """
        if self._closed:
            raise StoreError(f"The index {self._path} was closed: open it again.")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._connection is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._connection = connect(self._path, busy_seconds=self._busy_seconds)
            return work(self._connection)
        except (sqlite3.Error, OSError, UnicodeEncodeError) as error:
            raise store_error(self._path, error) from error

    async def close(self) -> None:
        """Finish what was begun, then release the connection and the thread."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown(wait=False)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
