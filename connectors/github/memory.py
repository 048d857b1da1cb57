"""What a source remembers of its repositories: pages with validators, threads and comments.

All of it can be lost: the next sync then asks for everything once more and finds the same versions.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from footnote.connectors.cache import CacheFile
from footnote.connectors.github.threads import NUMBERED, Kind, Post, Thread

_TABLES = """
CREATE TABLE repositories (
    repository TEXT PRIMARY KEY, etag TEXT, has_issues INTEGER, has_discussions INTEGER
) WITHOUT ROWID;
CREATE TABLE pages (
    repository TEXT, feed TEXT, path TEXT, etag TEXT, following TEXT, is_full INTEGER, keys TEXT,
    PRIMARY KEY (repository, feed, path)
) WITHOUT ROWID;
CREATE TABLE threads (
    repository TEXT, kind TEXT, number INTEGER, updated TEXT, content BLOB,
    PRIMARY KEY (repository, kind, number)
) WITHOUT ROWID;
CREATE TABLE posts (
    repository TEXT, feed TEXT, thread INTEGER, id INTEGER, updated TEXT, content BLOB,
    PRIMARY KEY (repository, feed, thread, id)
) WITHOUT ROWID;
CREATE TABLE read_until (
    repository TEXT, feed TEXT, moment TEXT, PRIMARY KEY (repository, feed)
) WITHOUT ROWID
"""
_FORM = 1
"""Of what is in the tables; another one forgets everything."""
_CHUNK = 500

COMMENTS = "comments"
REVIEWS = "review comments"

Key = tuple[Kind, int]


@dataclass(frozen=True, slots=True)
class About:
    """What a repository says of itself.

    Attributes:
        etag: The validator of that.
        has_issues: Whether issues are switched on.
        has_discussions: Whether discussions are.
    """

    etag: str
    has_issues: bool
    has_discussions: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Attributes:
        etag: Its validator.
        following: The path of the next page; "" after the last one.
        is_full: Whether no more would have fitted on it.
        keys: The threads on it, of the kinds that are read.
    """

    etag: str
    following: str
    is_full: bool
    keys: Sequence[Key]


@dataclass(frozen=True, slots=True)
class Known:
    """A thread with what is known of its comments.

    Attributes:
        thread: The thread.
        last_edit: When the comment was edited that was edited last; "" where there is none.
        posts: Its comments in order; empty where they were not asked for.
        count: How many comments are known.
    """

    thread: Thread
    last_edit: str
    posts: Sequence[Post]
    count: int


class Memory:
    """One SQLite file; every method blocks, belongs into a thread, and raises SourceError.

    Args:
        path: The file.
        rules: What decides what is kept; under other rules everything is forgotten.
    """

    def __init__(self, path: Path, rules: str) -> None:
        self._file = CacheFile(path, _TABLES, f"{_FORM} {rules}")
        self.prepare = self._file.prepare
        self.close = self._file.close

    def keep_only(self, repositories: Collection[str]) -> None:
        """Forget all repositories but these."""
        marks = ", ".join("?" * len(repositories))
        with self._file.transaction() as database:
            for table in ("repositories", "pages", "threads", "posts", "read_until"):
                database.execute(
                    f"DELETE FROM {table} WHERE repository NOT IN ({marks})",  # noqa: S608  no names but these
                    [*repositories],
                )

    def about(self, repository: str) -> About | None:
        """What a repository said of itself."""
        with self._file.transaction() as database:
            row = database.execute(
                "SELECT etag, has_issues, has_discussions FROM repositories WHERE repository = ?",
                [repository],
            ).fetchone()
        return About(row[0], bool(row[1]), bool(row[2])) if row else None

    def keep_about(self, repository: str, about: About) -> None:
        """Keep what a repository says of itself."""
        with self._file.transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO repositories VALUES (?, ?, ?, ?)",
                [repository, about.etag, about.has_issues, about.has_discussions],
            )

    def page(self, repository: str, feed: str, path: str) -> Page | None:
        """A page as it was."""
        with self._file.transaction() as database:
            row = database.execute(
                "SELECT etag, following, is_full, keys FROM pages "
                "WHERE repository = ? AND feed = ? AND path = ?",
                [repository, feed, path],
            ).fetchone()
        if row is None:
            return None
        keys = tuple((Kind(kind), number) for kind, number in json.loads(row[3]))
        return Page(row[0], row[1], bool(row[2]), keys)

    def keep_page(
        self, repository: str, feed: str, path: str, page: Page, threads: Iterable[Thread]
    ) -> None:
        """Keep a page with the threads on it."""
        with self._file.transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    *(repository, feed, path, page.etag, page.following, page.is_full),
                    json.dumps(page.keys),
                ],
            )
            _put_threads(database, repository, threads)

    def keep_only_pages(self, repository: str, feed: str, paths: Collection[str]) -> None:
        """Forget the pages of a listing that it has no more."""
        with self._file.transaction() as database:
            rows = database.execute(
                "SELECT path FROM pages WHERE repository = ? AND feed = ?", [repository, feed]
            ).fetchall()
            database.executemany(
                "DELETE FROM pages WHERE repository = ? AND feed = ? AND path = ?",
                [(repository, feed, path) for (path,) in rows if path not in paths],
            )

    def keep_threads(self, repository: str, threads: Iterable[Thread]) -> None:
        """Keep threads as they are now."""
        with self._file.transaction() as database:
            _put_threads(database, repository, threads)

    def forget_threads(self, repository: str, keys: Iterable[Key]) -> None:
        """Forget threads that are gone, with their comments."""
        with self._file.transaction() as database:
            for kind, number in keys:
                database.execute(
                    "DELETE FROM threads WHERE repository = ? AND kind = ? AND number = ?",
                    [repository, kind, number],
                )
                database.execute(
                    "DELETE FROM posts WHERE repository = ? AND feed IN (?, ?) AND thread = ?",
                    [repository, *_feeds_of(kind), number],
                )

    def keys(self, repository: str, kinds: Iterable[Kind]) -> set[Key]:
        """The threads of some kinds that are known."""
        with self._file.transaction() as database:
            return {
                (kind, number)
                for kind in kinds
                for (number,) in database.execute(
                    "SELECT number FROM threads WHERE repository = ? AND kind = ?",
                    [repository, kind],
                )
            }

    def newest(self, repository: str, kind: Kind) -> str:
        """When the thread of a kind changed that changed last; "" where none is known."""
        with self._file.transaction() as database:
            (moment,) = database.execute(
                "SELECT max(updated) FROM threads WHERE repository = ? AND kind = ?",
                [repository, kind],
            ).fetchone()
        return moment or ""

    def after(self, repository: str, kind: Kind, number: int) -> list[Known]:
        """The next threads of a kind in order, without their posts; none after the last."""
        with self._file.transaction() as database:
            rows = database.execute(
                "SELECT number, content, (SELECT coalesce(max(updated), '') FROM posts "
                "WHERE repository = t.repository AND feed IN (?, ?) AND thread = t.number) "
                "FROM threads AS t WHERE repository = ? AND kind = ? AND number > ? "
                "ORDER BY number LIMIT ?",
                [*_feeds_of(kind), repository, kind, number, _CHUNK],
            ).fetchall()
        return [Known(_thread(content), edit, (), 0) for _, content, edit in rows]

    def known(self, repository: str, kind: Kind, number: int) -> Known | None:
        """A thread with its comments, or None."""
        with self._file.transaction() as database:
            row = database.execute(
                "SELECT content FROM threads WHERE repository = ? AND kind = ? AND number = ?",
                [repository, kind, number],
            ).fetchone()
            if row is None:
                return None
            posts = database.execute(
                "SELECT feed, updated, content FROM posts "
                "WHERE repository = ? AND feed IN (?, ?) AND thread = ? ORDER BY id",
                [repository, *_feeds_of(kind), number],
            ).fetchall()
        comments = [Post(**_unpacked(content)) for feed, _, content in posts if feed == COMMENTS]
        last_edit = max((updated for _, updated, _ in posts), default="")
        return Known(_thread(row[0]), last_edit, comments, len(comments))

    def read_until(self, repository: str, feed: str) -> str:
        """Up to when a feed was read; "" where it was not."""
        with self._file.transaction() as database:
            row = database.execute(
                "SELECT moment FROM read_until WHERE repository = ? AND feed = ?",
                [repository, feed],
            ).fetchone()
        return row[0] if row else ""

    def keep_posts(self, repository: str, feed: str, posts: Iterable[Post], moment: str) -> None:
        """Keep what a feed gave, and up to when it was read."""
        with self._file.transaction() as database:
            _put_posts(database, repository, feed, posts)
            database.execute(
                "INSERT OR REPLACE INTO read_until VALUES (?, ?, ?)", [repository, feed, moment]
            )

    def replace_posts(self, repository: str, feed: str, thread: int, posts: Iterable[Post]) -> None:
        """Keep these comments of a thread and no others."""
        with self._file.transaction() as database:
            database.execute(
                "DELETE FROM posts WHERE repository = ? AND feed = ? AND thread = ?",
                [repository, feed, thread],
            )
            _put_posts(database, repository, feed, posts)


def _feeds_of(kind: Kind) -> tuple[str, str]:
    """The feeds whose posts belong to threads of a kind: a release may have an issue's number."""
    return (COMMENTS, REVIEWS) if kind in NUMBERED else ("", "")


def _put_threads(database: sqlite3.Connection, repository: str, threads: Iterable[Thread]) -> None:
    database.executemany(
        "INSERT OR REPLACE INTO threads VALUES (?, ?, ?, ?, ?)",
        [(repository, t.kind, t.number, t.updated, _packed(asdict(t))) for t in threads],
    )


def _put_posts(
    database: sqlite3.Connection, repository: str, feed: str, posts: Iterable[Post]
) -> None:
    """Of review comments only the time of their last edit: they are read with their reviews."""
    is_read = feed == COMMENTS
    rows = [
        (repository, feed, p.thread, p.id, p.updated, _packed(asdict(p)) if is_read else b"")
        for p in posts
    ]
    database.executemany("INSERT OR REPLACE INTO posts VALUES (?, ?, ?, ?, ?, ?)", rows)


def _packed(content: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(content).encode("utf-8", "surrogatepass"), 1)


def _unpacked(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(zlib.decompress(content))
    return found


def _thread(content: bytes) -> Thread:
    found = _unpacked(content)
    return Thread(**{**found, "kind": Kind(found["kind"]), "labels": tuple(found["labels"])})
