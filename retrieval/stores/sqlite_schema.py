"""The file of the SQLite store: its tables, how it is opened, and what its errors mean.

`documents`, `passages`, `vectors` and `terms` hold what is searched. A replaced document gets a new
row with a new `revision`, and a revision is never used again, so that a process which holds the
index in memory sees from the revisions alone what came and what went. `manifest` is what a sync
compares with; `sources` is who may see a source and when it was last synced.

The journal is WAL with synchronous=NORMAL: a process that dies at any moment loses nothing that was
committed. A power failure cannot damage the file either, but may take back the last commits; as
the manifest is committed with its document, the next sync does those documents again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from footnote.retrieval.errors import IndexMismatchError, StoreError
from footnote.retrieval.sqlite_files import enter_wal, primary_code, transaction

APPLICATION_ID = 0x466E6F74
FORMAT = 1
BUSY_SECONDS = 30.0

SCHEMA = """
CREATE TABLE embedder (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    model_id TEXT NOT NULL,
    dimension INTEGER NOT NULL
);
CREATE TABLE sources (
    name TEXT PRIMARY KEY,
    audience TEXT NOT NULL DEFAULT '[]',
    synced_at REAL
) WITHOUT ROWID;
CREATE TABLE manifest (
    document_id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    version TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    recipe TEXT NOT NULL,
    passages INTEGER NOT NULL,
    failure TEXT NOT NULL,
    indexed_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX manifest_by_source ON manifest (source);
CREATE TABLE documents (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    passages INTEGER NOT NULL,
    restrictions TEXT,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    syntax TEXT NOT NULL,
    url TEXT,
    author TEXT,
    modified_at TEXT,
    marks TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX documents_by_source ON documents (source, passages);
CREATE TABLE passages (
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    heading TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    url TEXT,
    place TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX passages_by_revision ON passages (revision, ordinal, id);
CREATE TABLE vectors (
    revision INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    matrix BLOB NOT NULL
);
CREATE TABLE terms (
    revision INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    field TEXT NOT NULL,
    lengths BLOB NOT NULL,
    sizes BLOB NOT NULL,
    hashes BLOB NOT NULL,
    counts BLOB NOT NULL,
    UNIQUE (field, revision)
);
CREATE INDEX terms_by_revision ON terms (revision);
"""


def connect(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open the file, and make its tables where it is new.

    Args:
        path: The file; its folder must exist.
        busy_seconds: How long a write waits for the writes of another process.

    Raises:
        sqlite3.Error: As SQLite says it; `store_error` makes a sentence of it.
        StoreError: The file belongs to another program.
        IndexMismatchError: The file has a format that this version does not know.
    """
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        enter_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        with snapshot(connection):
            ready = _has_tables(connection, path)
        if not ready:
            with transaction(connection):
                if not _has_tables(connection, path):
                    _create(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _has_tables(connection: sqlite3.Connection, path: Path) -> bool:
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application == APPLICATION_ID:
        if version != FORMAT:
            raise IndexMismatchError(
                f"The index {path} has format {version}, but this version of Footnote reads "
                f"format {FORMAT}: delete the file and sync again."
            )
        return True
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if application or version or tables:
        raise StoreError(
            f"{path} is a database of another program: give the index another place in the "
            "settings."
        )
    return False


def _create(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Several reads of one state of the file."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def store_error(path: Path, error: Exception) -> StoreError:
    """One sentence for a person, made of an error of SQLite, of the disk, or of Unicode."""
    match primary_code(error):
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            reason = "is damaged or not an index: delete the file and sync again"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            reason = "is locked by another process: try again when that has finished"
        case sqlite3.SQLITE_FULL:
            reason = "cannot grow, since the disk is full: free some space and sync again"
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            reason = "cannot be opened for writing: check its folder and its permissions"
        case _ if isinstance(error, UnicodeEncodeError):
            reason = "cannot take text that is not valid Unicode: mend the document"
        case _:
            reason = f"cannot be read or written ({error}): check the disk that holds it"
    return StoreError(f"The index {path} {reason}.")
