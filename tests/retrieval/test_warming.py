"""The index is in memory before the first question."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import cast

import pytest

from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.stores.base import Field, FieldQuery, PassageStore
from footnote.retrieval.stores.sqlite import SqliteStore, open_store
from footnote.retrieval.stores.sqlite_memory import MemoryIndex
from footnote.retrieval.warming import warm, warming
from tests.retrieval.stores.corpus import DIMENSION, MODEL, VOCABULARY, simple


async def filled(path: Path) -> None:
    """Make an index of one page."""
    async with open_store(path) as store:
        await store.claim(MODEL, DIMENSION)
        await store.set_audiences({"handbook": frozenset({"everyone"})})
        await store.put(simple("handbook:a", "leave days"))


async def test_a_question_finds_the_index_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it needs was loaded before it came, once."""
    await filled(tmp_path / "index.db")
    loads = 0
    load = MemoryIndex._load

    def counted(memory: MemoryIndex) -> None:
        nonlocal loads
        loads += 1
        load(memory)

    monkeypatch.setattr(MemoryIndex, "_load", counted)
    async with open_store(tmp_path / "index.db") as store:
        await warm(store)
        assert loads == 1
        asked = [FieldQuery(Field.STEMS, VOCABULARY)]
        assert len(await store.lexical(asked, PUBLIC, limit=3)) == 1
        assert loads == 1


async def test_a_store_that_holds_nothing_is_left_alone(tmp_path: Path) -> None:
    """Neither one without vectors in memory nor one that knows of no such thing is touched."""
    elsewhere = SqliteStore(tmp_path / "index.db", holds_vectors=False)
    await warm(elsewhere)
    await warm(cast("PassageStore", object()))
    assert not (tmp_path / "index.db").exists()
    await elsewhere.close()


async def test_nobody_waits_for_it(tmp_path: Path) -> None:
    """The block goes on at once, and ends while the index is still being read."""
    await filled(tmp_path / "index.db")
    async with open_store(tmp_path / "index.db") as store, asyncio.timeout(60):
        async with warming(store):
            assert store._memory is None
        assert len(await store.lexical([FieldQuery(Field.STEMS, VOCABULARY)], PUBLIC, limit=3)) == 1


async def test_what_is_wrong_is_written_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A store that cannot be read ends nothing but the warming."""
    await filled(tmp_path / "index.db")
    async with open_store(tmp_path / "index.db") as store:
        await store.close()
        with caplog.at_level(logging.WARNING):
            async with warming(store):
                await asyncio.sleep(0.01)
        assert "could not be brought into memory: The index" in caplog.text
        with pytest.raises(StoreError):
            await warm(store)
