"""What a source remembers of its channels between syncs: their messages, and how far it has read.

All of it can be lost: the next sync then reads the channels from their beginning once more.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from footnote.connectors.cache import CacheFile
from footnote.connectors.history.model import Page, Said, Thread

_FORM = 1
"""Of the tables and of what is kept of a message; with another one everything is read anew."""
_LOOSE = ""
_DAY_S = 86_400.0
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE messages (
    channel TEXT NOT NULL,
    thread TEXT NOT NULL,
    id TEXT NOT NULL,
    at REAL NOT NULL,
    body TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (channel, thread, id)
) WITHOUT ROWID;
CREATE INDEX moments ON messages (channel, thread, at);
CREATE TABLE threads (
    channel TEXT NOT NULL,
    id TEXT NOT NULL,
    at REAL NOT NULL,
    latest REAL NOT NULL,
    mark TEXT NOT NULL,
    title TEXT NOT NULL,
    seen INTEGER NOT NULL,
    read_mark TEXT,
    read_at REAL,
    PRIMARY KEY (channel, id)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A thread, and how it was when its messages were last read.

    Attributes:
        thread: As it was listed last.
        read_mark: Its mark then, or None where they were never read.
        read_at: When that was, in seconds since the epoch.
    """

    thread: Thread
    read_mark: str | None
    read_at: float


class Memory:
    """One SQLite file; every method blocks and belongs into a thread, one sync at a time.

    Args:
        path: The file; it is made by `prepare`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = CacheFile(path, _TABLES, str(_FORM), erases=True)

    def prepare(self) -> None:
        """Make the file ready, and keep it open until `close`.

        Raises:
            SourceError: The file cannot be used.
        """
        self._file.prepare()

    def keep_only(self, channels: Collection[str]) -> None:
        """Forget all channels but these."""
        with self._file.transaction() as database:
            for (known,) in database.execute(
                "SELECT channel FROM messages UNION SELECT channel FROM threads"
            ).fetchall():
                if known not in channels:
                    self._drop(database, known)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def fact(self, name: str) -> Any:
        """Something remembered by name; None where there is nothing."""
        if not self._path.exists():
            return None
        with self._file.transaction() as database:
            row = database.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return json.loads(row[0]) if row else None

    def remember(self, name: str, value: Any) -> None:
        """Remember something by name."""
        with self._file.transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, json.dumps(value)]
            )

    def add(self, channel: str, page: Page, seen: int) -> None:
        """Keep what a listing shows.

        Args:
            channel: Of which channel.
            page: What it shows.
            seen: The number of the listing; later ones have larger numbers.
        """
        with self._file.transaction() as database:
            database.executemany(
                "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?)",
                [_row(channel, _LOOSE, said, seen) for said in page.loose],
            )
            for thread in page.threads:
                database.execute(
                    "INSERT INTO threads VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL) "
                    "ON CONFLICT DO UPDATE SET latest = excluded.latest, mark = excluded.mark, "
                    "title = excluded.title, seen = excluded.seen",
                    [
                        channel,
                        thread.id,
                        thread.at,
                        thread.latest,
                        thread.mark,
                        thread.title,
                        seen,
                    ],
                )

    def sweep(self, channel: str, since: float, seen: int) -> None:
        """Forget what was sent after a moment and is not in a listing that is whole since then."""
        with self._file.transaction() as database:
            database.execute(
                "DELETE FROM messages WHERE channel = ? AND thread = '' AND at >= ? AND seen < ?",
                [channel, since, seen],
            )
            gone = database.execute(
                "DELETE FROM threads WHERE channel = ? AND at >= ? AND seen < ? RETURNING id",
                [channel, since, seen],
            ).fetchall()
            self._empty(database, channel, [name for (name,) in gone])

    def cut(self, channel: str, since: float) -> None:
        """Forget everything that began before a moment."""
        with self._file.transaction() as database:
            database.execute(
                "DELETE FROM messages WHERE channel = ? AND thread = '' AND at < ?",
                [channel, since],
            )
            gone = database.execute(
                "DELETE FROM threads WHERE channel = ? AND at < ? RETURNING id", [channel, since]
            ).fetchall()
            self._empty(database, channel, [name for (name,) in gone])

    def threads(self, channel: str) -> list[Known]:
        """The threads of a channel, the one with the latest word first."""
        with self._file.transaction() as database:
            rows = database.execute(
                "SELECT id, at, latest, mark, title, read_mark, read_at FROM threads "
                "WHERE channel = ? ORDER BY latest DESC",
                [channel],
            ).fetchall()
        return [Known(Thread(*row[:5]), row[5], row[6] or 0.0) for row in rows]

    def keep_thread(
        self, channel: str, thread: Thread, messages: Sequence[Said], at: float
    ) -> None:
        """Keep the messages of a thread as they were read at a moment, and no others."""
        with self._file.transaction() as database:
            self._empty(database, channel, [thread.id])
            database.executemany(
                "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?)",
                [_row(channel, thread.id, said, 0) for said in messages],
            )
            database.execute(
                "UPDATE threads SET read_mark = ?, read_at = ? WHERE channel = ? AND id = ?",
                [thread.mark, at, channel, thread.id],
            )

    def drop_thread(self, channel: str, thread: str) -> None:
        """Forget a thread that is gone."""
        with self._file.transaction() as database:
            self._empty(database, channel, [thread])
            database.execute("DELETE FROM threads WHERE channel = ? AND id = ?", [channel, thread])

    def conversations(self, channel: str) -> Iterator[tuple[str, list[Said]]]:
        """The messages of each thread by its id, and those that are in none by their day.

        A message that was kept on its own and has a thread by now is the first one of that.

        Yields:
            A key, which is never the same twice, and the messages in order.
        """
        with self._file.transaction() as database:
            rows = database.execute(
                "SELECT iif(m.thread = '' AND t.id IS NOT NULL, t.id, m.thread) AS conversation, "
                "m.id, m.at, m.body FROM messages m LEFT JOIN threads t "
                "ON t.channel = m.channel AND t.id = m.id AND m.thread = '' "
                "WHERE m.channel = ? ORDER BY conversation, m.at, m.id, m.thread DESC",
                [channel],
            )
            for key, group in groupby(rows, key=lambda row: row[0] or day_of(row[2])):
                yield key, _messages(row[1:] for row in group)

    def conversation(self, channel: str, key: str) -> list[Said]:
        """The messages of one of them; none where there is no such conversation."""
        if not self._path.exists():
            return []
        begin = _begin_of(key)
        with self._file.transaction() as database:
            if begin is None:
                rows = database.execute(
                    "SELECT id, at, body FROM messages WHERE channel = ?1 AND (thread = ?2 "
                    "OR (thread = '' AND id = ?2)) AND EXISTS (SELECT 1 FROM threads "
                    "WHERE channel = ?1 AND id = ?2) ORDER BY at, id, thread DESC",
                    [channel, key],
                )
            else:
                rows = database.execute(
                    "SELECT id, at, body FROM messages m WHERE channel = ? AND thread = '' "
                    "AND at >= ? AND at < ? AND NOT EXISTS (SELECT 1 FROM threads t "
                    "WHERE t.channel = m.channel AND t.id = m.id) ORDER BY at, id",
                    [channel, begin, begin + _DAY_S],
                )
            return _messages(rows)

    def titles(self, channel: str) -> Mapping[str, str]:
        """The names of a channel's threads, by their ids."""
        with self._file.transaction() as database:
            rows = database.execute("SELECT id, title FROM threads WHERE channel = ?", [channel])
            return dict(rows.fetchall())

    def title(self, channel: str, thread: str) -> str:
        """The name of one thread; "" where it has none."""
        if not self._path.exists():
            return ""
        with self._file.transaction() as database:
            row = database.execute(
                "SELECT title FROM threads WHERE channel = ? AND id = ?", [channel, thread]
            ).fetchone()
        return row[0] if row else ""

    def _drop(self, database: sqlite3.Connection, channel: str) -> None:
        for statement in (
            "DELETE FROM messages WHERE channel = ?",
            "DELETE FROM threads WHERE channel = ?",
        ):
            database.execute(statement, [channel])
        database.execute("DELETE FROM facts WHERE name = ?", [f"channel {channel}"])

    def _empty(self, database: sqlite3.Connection, channel: str, threads: Sequence[str]) -> None:
        database.executemany(
            "DELETE FROM messages WHERE channel = ? AND thread = ?",
            [(channel, thread) for thread in threads],
        )


def day_of(at: float) -> str:
    """The day of a moment, as its date in UTC."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def is_day(key: str) -> bool:
    """Whether the key of a conversation is a day's."""
    return _begin_of(key) is not None


def _begin_of(key: str) -> float | None:
    """When a day began; None where the key is no day's."""
    if not _DAY.fullmatch(key):
        return None
    try:
        return datetime.fromisoformat(key).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _messages(rows: Iterable[tuple[str, float, str]]) -> list[Said]:
    """Messages, each once: of two rows the first."""
    found: dict[str, Said] = {}
    for name, at, body in rows:
        if name not in found:
            found[name] = Said(name, at, json.loads(body))
    return list(found.values())


def _row(channel: str, thread: str, said: Said, seen: int) -> tuple[str, str, str, float, str, int]:
    return channel, thread, said.id, said.at, json.dumps(said.body), seen
