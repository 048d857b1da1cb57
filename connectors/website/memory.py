"""What a source remembers of its site between syncs, so that what did not change is not sent again.

All of it can be lost: the next sync then asks for every page once more and finds the same versions.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from footnote.connectors.cache import CacheFile
from footnote.connectors.website.pages import Page

_FORM = 1
"""Of the table and of what is read from a page; another one forgets everything."""

_BODIES_KEPT = timedelta(days=2)
_PAGES_KEPT = timedelta(days=90)
_TABLE = """
CREATE TABLE pages (
    address TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    listed TEXT NOT NULL,
    checked_at REAL NOT NULL,
    page BLOB NOT NULL,
    head TEXT,
    body BLOB,
    kept_at REAL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A page as it was when it was last looked at.

    Attributes:
        page: What it was.
        etag: Its validator, or "".
        last_modified: Its time as the server states it, or "".
        listed: Its time as the sitemap stated it, or "".
        checked_at: When it was looked at (aware).
    """

    page: Page
    etag: str
    last_modified: str
    listed: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """What a page held when it was listed.

    Attributes:
        media_type: Its type.
        charset: The encoding that its header stated, or None.
        modified: When it last changed, as the sitemap or else the server stated it, or "".
        body: The bytes.
    """

    media_type: str
    charset: str | None
    modified: str
    body: bytes


class Memory:
    """One SQLite file; every method blocks and belongs into a thread.

    Args:
        path: The file; it is made when it is first needed.
        rules: What decides how pages are understood; with other rules everything is forgotten.
    """

    def __init__(self, path: Path, rules: str) -> None:
        self._path = path
        self._file = CacheFile(path, _TABLE, f"{_FORM} {rules}")

    def close(self) -> None:
        """Let go of the file, which `prepare` keeps open."""
        self._file.close()

    def prepare(self, now: datetime) -> None:
        """Forget what will not be needed any more, and keep the file open until `close`.

        Raises:
            SourceError: The file cannot be used.
        """
        self._file.close()
        self._file.prepare()
        with self._file.transaction() as database:
            database.execute(
                "UPDATE pages SET head = NULL, body = NULL WHERE body NOT NULL AND kept_at < ?",
                [(now - _BODIES_KEPT).timestamp()],
            )
            old = [(now - _PAGES_KEPT).timestamp()]
            database.execute("DELETE FROM pages WHERE checked_at < ?", old)

    def recall(self, address: str) -> Remembered | None:
        """What is known of a page."""
        if not self._path.exists():
            return None
        with self._file.transaction() as database:
            row = database.execute(
                "SELECT etag, last_modified, listed, checked_at, page FROM pages WHERE address = ?",
                [address],
            ).fetchone()
        if row is None:
            return None
        version, canonical, links = json.loads(zlib.decompress(row[4]))
        page = Page(version, canonical, tuple(links))
        return Remembered(page, row[0], row[1], row[2], datetime.fromtimestamp(row[3], UTC))

    def remember(self, address: str, known: Remembered, content: Content | None) -> None:
        """Keep what was found, with the content where there is a new one to be read."""
        page = known.page
        packed = zlib.compress(
            json.dumps([page.version, page.canonical, list(page.links)]).encode()
        )
        fixed = [known.etag, known.last_modified, known.listed, known.checked_at.timestamp()]
        with self._file.transaction() as database:
            if content is None:
                database.execute(
                    "UPDATE pages SET etag = ?, last_modified = ?, listed = ?, checked_at = ?, "
                    "page = ? WHERE address = ?",
                    [*fixed, packed, address],
                )
                return
            head = json.dumps([content.media_type, content.charset, content.modified])
            database.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [address, *fixed, packed, head, zlib.compress(content.body), fixed[-1]],
            )

    def forget(self, address: str) -> None:
        """Forget a page that is gone."""
        with self._file.transaction() as database:
            database.execute("DELETE FROM pages WHERE address = ?", [address])

    def take(self, address: str) -> Content | None:
        """The kept content of a page, which is then no longer kept; None where there is none."""
        if not self._path.exists():
            return None
        with self._file.transaction() as database:
            row = database.execute(
                "SELECT head, body FROM pages WHERE address = ? AND body NOT NULL", [address]
            ).fetchone()
            if row is None:
                return None
            database.execute(
                "UPDATE pages SET head = NULL, body = NULL WHERE address = ?", [address]
            )
        media_type, charset, modified = json.loads(row[0])
        return Content(media_type, charset, modified, zlib.decompress(row[1]))
