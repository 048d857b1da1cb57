"""The two sides of a search in the SQLite store: side by side, while the index goes on changing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from footnote.connectors.base import Document
from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores import sqlite_memory, sqlite_schema, sqlite_vectors
from footnote.retrieval.stores.base import Field, FieldQuery, Hit
from footnote.retrieval.stores.sqlite import SqliteStore, open_store
from footnote.retrieval.stores.sqlite_memory import MemoryIndex
from footnote.retrieval.stores.sqlite_scoring import best_rows
from footnote.retrieval.stores.sqlite_vectors import CodedRows
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, indexed

T = TypeVar("T")

TOGETHER_S = 60.0
ASKED = (FieldQuery(Field.STEMS, ("apple", "pear")),)
UNIT = np.eye(DIMENSION, dtype=np.float32)[0]


async def put(store: SqliteStore, number: int, *, revision: int = 0) -> None:
    """A document of three passages with the terms that are asked for."""
    document = Document(f"wiki:{number}", "wiki", str(revision), "x" * 30, title=str(number))
    terms = [{Field.STEMS: ["apple", "pear"][: 1 + (number + place) % 2]} for place in range(3)]
    await store.put(indexed(document, terms, revision=revision))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """Twelve documents."""
    async with open_store(tmp_path / "index.db") as opened:
        await opened.claim(MODEL, DIMENSION)
        await opened.set_audiences(AUDIENCES)
        for number in range(12):
            await put(opened, number)
        yield opened


async def test_both_sides_are_computed_at_once(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither side begins only when the other has ended."""
    both = threading.Barrier(2, timeout=TOGETHER_S)

    def side(work: Callable[..., T]) -> Callable[..., T]:
        def begun(*args: Any) -> T:
            both.wait()
            return work(*args)

        return begun

    monkeypatch.setattr(f"{sqlite_memory.__name__}.best_rows", side(best_rows))
    monkeypatch.setattr(CodedRows, "nearest", side(CodedRows.nearest))
    lexical, near = await asyncio.gather(
        store.lexical(ASKED, ADMIN, limit=5), store.nearest(UNIT, ADMIN, limit=5)
    )
    assert len(lexical) == len(near) == 5


@pytest.mark.parametrize("dead_rows", [0, sqlite_memory.DEAD_ROWS], ids=["reloads", "follows"])
async def test_a_side_finds_what_was_there_when_it_began(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead_rows: int
) -> None:
    """Whatever is put and deleted before it ends; the next search finds the index as it is then."""
    monkeypatch.setattr(sqlite_memory, "DEAD_ROWS", dead_rows)
    monkeypatch.setattr(sqlite_vectors, "FEW_ROWS", 0)
    connection = sqlite_schema.connect(tmp_path / "index.db", busy_seconds=TOGETHER_S)
    try:
        memory = MemoryIndex(connection)

        def begun() -> list[sqlite_memory.Work]:
            memory.refresh()
            return [memory.lexical(ASKED, ADMIN, 9), memory.nearest(UNIT, ADMIN, 9)]

        before: list[list[Hit]] = [side() for side in begun()]
        sides = begun()
        await store.delete("wiki", [f"wiki:{number}" for number in range(7)])
        for number in range(9, 30):
            await put(store, number, revision=1)
        after = [side() for side in begun()]
        assert [side() for side in sides] == before
        assert after != before
        assert after == [
            await store.lexical(ASKED, ADMIN, limit=9),
            await store.nearest(UNIT, ADMIN, limit=9),
        ]
    finally:
        connection.close()


async def test_a_search_that_outlives_the_store_says_so(store: SqliteStore) -> None:
    """One that began before the store was closed ends with its sentence, or with what it found."""
    searching = asyncio.create_task(store.lexical(ASKED, ADMIN, limit=5))
    await asyncio.sleep(0)
    await store.close()
    try:
        assert len(await searching) == 5
    except StoreError as error:
        assert "was closed" in str(error)  # noqa: PT017  either is right
