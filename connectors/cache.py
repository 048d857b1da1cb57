"""A SQLite file of what a source remembers between syncs, all of which may be lost."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from footnote.connectors.base import SourceError

_LARGEST_MARK = 0x7FFF_FFFF
_PATIENCE_S = 60.0


class CacheFile:
    """One SQLite file; every method blocks and belongs into a thread.

    Args:
        path: The file; it is made when it is first needed.
        tables: The statements that make its tables.
        rules: What else decides what is in it; under other rules or tables all is forgotten.
        erases: Whether what is deleted is overwritten at once, since people want it gone.
    """

    def __init__(self, path: Path, tables: str, rules: str, *, erases: bool = False) -> None:
        self._path = path
        self._tables = tables
        self._mark = zlib.crc32(f"{rules}\x00{tables}".encode()) & _LARGEST_MARK
        self._erases = erases
        self._one_at_a_time = threading.Lock()
        self._kept: sqlite3.Connection | None = None

    def prepare(self) -> None:
        """Make sure of the file and its tables, and keep it open until `close`.

        Raises:
            SourceError: It cannot be used.
        """
        with self._told(), self._one_at_a_time:
            if self._kept is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                if self._is_damaged():
                    self._path.unlink()
                self._kept = self._made()

    def close(self) -> None:
        """Let go of the file; the next transaction opens it for itself."""
        with self._one_at_a_time:
            if self._kept:
                self._kept.close()
                self._kept = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing of what is done within.

        Raises:
            SourceError: The file cannot be used.
        """
        with self._told(), self._one_at_a_time:
            if self._kept:
                with _whole(self._kept):
                    yield self._kept
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._made()) as database, _whole(database):
                yield database

    def _made(self) -> sqlite3.Connection:
        database = sqlite3.connect(
            self._path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        try:
            database.execute("PRAGMA synchronous = OFF")
            database.execute(f"PRAGMA secure_delete = {'ON' if self._erases else 'OFF'}")
            if _mark_of(database) != self._mark:
                with _whole(database):
                    if _mark_of(database) != self._mark:
                        self._begin_anew(database)
        except BaseException:
            database.close()
            raise
        return database

    def _begin_anew(self, database: sqlite3.Connection) -> None:
        there = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in there:
            database.execute(f'DROP TABLE "{name}"')
        for statement in filter(str.strip, self._tables.split(";")):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {self._mark}")

    def _is_damaged(self) -> bool:
        """Whether the file is no database, as it may be after a power failure."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE_S)) as database:
                database.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError:
            return False  # it is locked or cannot be opened, which is told when it is used
        except sqlite3.DatabaseError:
            return True
        return False

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise SourceError(
                f"{self._path} cannot be used ({error}): check its permissions and the space on "
                "its disk, or delete it; it only saves requests."
            ) from error


def _mark_of(database: sqlite3.Connection) -> int:
    (mark,) = database.execute("PRAGMA user_version").fetchone()
    return int(mark)


@contextmanager
def _whole(database: sqlite3.Connection) -> Iterator[None]:
    with database:
        database.execute("BEGIN IMMEDIATE")
        yield
