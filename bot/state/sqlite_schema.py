"""The file of the SQLite state: its tables, how it is opened, and what its errors mean.

`questions` holds every accepted question until it expires. Its `seq` is the order of acceptance and
never used again. Its `rank` says what may be taken: see `sqlite_order`. `fence` grows with each
lease, and a row that is not 'held' under the fence of a lease refuses that lease's writes.
`totals` counts what waits, and gives fences and versions, which no two leases and records share.

An id that was withdrawn before it was ever accepted is a finished row without a thread.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from footnote.bot.state.errors import StateError, StateUnavailableError
from footnote.retrieval.sqlite_files import enter_wal, primary_code, transaction

APPLICATION_ID = 0x466E5374
FORMAT = 1
BUSY_SECONDS = 5.0

TABLES = """
CREATE TABLE questions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    thread TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'finished')),
    rank INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL,
    wish TEXT NOT NULL DEFAULT 'none',
    busy INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    quiet INTEGER NOT NULL DEFAULT 1,
    accepted_at REAL NOT NULL,
    released_at REAL NOT NULL DEFAULT 0,
    ready_at REAL NOT NULL DEFAULT 0,
    replica TEXT,
    boot TEXT,
    lease_s REAL,
    lease_until REAL,
    finished_at REAL,
    kept_until REAL,
    decided_outcome TEXT,
    decided_revision INTEGER,
    decided_body TEXT,
    sent TEXT NOT NULL DEFAULT '[]',
    body TEXT NOT NULL
);
CREATE INDEX questions_waiting ON questions (state, seq) WHERE state = 'waiting';
CREATE INDEX questions_next ON questions (rank, seq) WHERE state = 'waiting' AND rank < 2;
CREATE INDEX questions_decided ON questions (rank, seq)
    WHERE state = 'waiting' AND rank < 2 AND decided_outcome IS NOT NULL;
CREATE INDEX questions_held ON questions (thread, lease_until) WHERE state = 'held';
CREATE INDEX questions_open ON questions (thread, rank, seq) WHERE state <> 'finished';
CREATE INDEX questions_finished ON questions (finished_at) WHERE state = 'finished';
CREATE INDEX questions_kept ON questions (kept_until) WHERE state = 'finished';

CREATE TABLE totals (
    waiting INTEGER NOT NULL, fences INTEGER NOT NULL, versions INTEGER NOT NULL
);
INSERT INTO totals VALUES (0, 0, 0);

CREATE TABLE threads (
    thread TEXT PRIMARY KEY,
    engaged_until REAL NOT NULL DEFAULT 0,
    turns_until REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE turns (
    thread TEXT NOT NULL,
    seq INTEGER NOT NULL,
    question_id TEXT NOT NULL UNIQUE,
    turn TEXT NOT NULL,
    PRIMARY KEY (thread, seq)
) WITHOUT ROWID;

CREATE TABLE locks (
    name TEXT PRIMARY KEY,
    fence INTEGER NOT NULL,
    ttl_s REAL NOT NULL,
    held_until REAL
) WITHOUT ROWID;
CREATE TABLE budgets (
    name TEXT PRIMARY KEY,
    level REAL NOT NULL,
    level_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE records (
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires_at REAL,
    PRIMARY KEY (namespace, key)
) WITHOUT ROWID;
CREATE INDEX records_expiring ON records (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE blobs (digest TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE notes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    question_id TEXT NOT NULL,
    body TEXT NOT NULL,
    noted_at REAL NOT NULL
);
CREATE INDEX notes_by_question ON notes (question_id, seq);
"""

# Counting twenty thousand waiting questions with every accept would cost more than the accept.
COUNTING = (
    """
    CREATE TRIGGER count_accepted AFTER INSERT ON questions WHEN NEW.state = 'waiting'
    BEGIN UPDATE totals SET waiting = waiting + 1; END
    """,
    """
    CREATE TRIGGER count_moved AFTER UPDATE OF state ON questions WHEN NEW.state <> OLD.state
    BEGIN
        UPDATE totals SET waiting = waiting + (NEW.state = 'waiting') - (OLD.state = 'waiting');
    END
    """,
)


def connect(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open the file, and make it, with its folder and its tables, where it is missing.

    Args:
        path: The file.
        busy_seconds: How long a transaction waits for that of another process.

    Raises:
        sqlite3.Error: As SQLite says it; `state_error` makes a sentence of it.
        OSError: The folder cannot be made.
        StateUnavailableError: The file belongs to another program, or has a format that this
            version does not know.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        enter_wal(connection)
        with transaction(connection):
            if not _has_tables(connection, path):
                create(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database; the caller owns the transaction, if there is one."""
    for statement in (*TABLES.split(";"), *COUNTING):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _has_tables(connection: sqlite3.Connection, path: Path) -> bool:
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application == APPLICATION_ID:
        if version != FORMAT:
            raise StateUnavailableError(
                f"The state {path} has format {version}, but this version of Footnote reads format "
                f"{FORMAT}: start the version that wrote it, or move the file away."
            )
        return True
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if application or version or tables:
        raise StateUnavailableError(
            f"{path} is a database of another program: give the state another place in the "
            "settings."
        )
    return False


def state_error(path: Path, error: Exception) -> StateError:
    """One sentence for a person, made of an error of SQLite, of the disk, or of Unicode."""
    if isinstance(error, UnicodeEncodeError):
        return StateError(f"The state {path} cannot keep text that is not valid Unicode: mend it.")
    match primary_code(error):
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            reason = "is damaged or not a database: move the file away, or restore a copy"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            reason = "is locked by another process: end that, or wait until it has finished"
        case sqlite3.SQLITE_FULL:
            reason = "cannot grow, since the disk is full: free some space"
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            reason = "cannot be opened for writing: check its folder and its permissions"
        case _:
            reason = f"cannot be read or written ({error}): check the disk that holds it"
    return StateUnavailableError(f"The state {path} {reason}.")
