"""What sources remember between syncs, which may be lost and never stands in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.connectors.base import SourceError
from footnote.connectors.cache import CacheFile

TABLES = "CREATE TABLE words (word TEXT)"


def words(file: CacheFile) -> list[str]:
    """What is remembered."""
    with file.transaction() as database:
        return [word for (word,) in database.execute("SELECT word FROM words")]


def remember(file: CacheFile, word: str) -> None:
    """Remember a word."""
    with file.transaction() as database:
        database.execute("INSERT INTO words VALUES (?)", [word])


def test_what_is_kept_is_there_for_the_next_process(tmp_path: Path) -> None:
    """Whether the file is held open or opened each time; other rules or tables begin anew."""
    path = tmp_path / "new" / "cache.db"
    held = CacheFile(path, TABLES, "rules")
    held.prepare()
    held.prepare()
    remember(held, "one")
    held.close()
    remember(CacheFile(path, TABLES, "rules"), "two")
    assert words(CacheFile(path, TABLES, "rules")) == ["one", "two"]
    assert words(CacheFile(path, TABLES, "other rules")) == []
    remember(CacheFile(path, TABLES, "rules"), "three")
    more = f"{TABLES}; CREATE TABLE more (word TEXT)"
    assert words(CacheFile(path, more, "rules")) == []


def half_of_it(file: CacheFile) -> None:
    """Remember a word, and fail before the end."""
    with file.transaction() as database:
        database.execute("INSERT INTO words VALUES ('half')")
        database.execute("INSERT INTO missing VALUES ('half')")


def test_half_of_it_is_nothing(tmp_path: Path) -> None:
    """Where it fails in the middle, a transaction leaves no trace."""
    file = CacheFile(tmp_path / "cache.db", TABLES, "rules")
    with pytest.raises(SourceError, match="no such table"):
        half_of_it(file)
    assert words(file) == []


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    """As after a power failure; a folder in its place is told in a sentence."""
    path = tmp_path / "cache.db"
    path.write_bytes(b"no database" * 1000)
    file = CacheFile(path, TABLES, "rules")
    file.prepare()
    remember(file, "one")
    file.close()
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError, match="it only saves requests"):
        CacheFile(tmp_path / "folder", TABLES, "rules").prepare()
