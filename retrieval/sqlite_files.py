"""What every SQLite file of Footnote has in common, whatever is kept in it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

OPENING_ATTEMPTS = 50


def enter_wal(connection: sqlite3.Connection) -> None:
    """Turn the file to WAL mode, which stays so.

    Raises:
        sqlite3.Error: It cannot be written, or others hold it for half a second.
    """
    # SQLite does not wait where two processes turn a new file to WAL at the same time.
    for attempt in range(OPENING_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or attempt == OPENING_ATTEMPTS - 1:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One unit of writing: committed at the end, or rolled back where anything is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def primary_code(error: Exception) -> int:
    """SQLite's primary result code, without the extension in its upper bytes; 0 for others."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
