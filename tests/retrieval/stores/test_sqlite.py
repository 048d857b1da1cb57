"""The SQLite store: what can be wrong with its file, and how it stays quick and right."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.retrieval.errors import IndexMismatchError, StoreError
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.stores import sqlite_memory
from footnote.retrieval.stores.base import Field, FieldQuery
from footnote.retrieval.stores.sqlite import SqliteStore, open_store
from footnote.retrieval.stores.sqlite_postings import FieldIndex, sort_hashes
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, simple

FIND = [FieldQuery(Field.STEMS, ("find",))]


async def fill(store: SqliteStore, documents: int = 1) -> None:
    """Bind the index and put simple documents into it."""
    await store.claim(MODEL, DIMENSION)
    await store.set_audiences(AUDIENCES)
    for number in range(documents):
        await store.put(simple(f"handbook:{number}"))


async def ask(path: Path) -> None:
    """Open an index, search it and count it."""
    async with open_store(path) as store:
        await store.lexical(FIND, PUBLIC, limit=1)
        await store.stats()


async def one_sentence(path: Path, says: str) -> None:
    """Opening and asking fails with one sentence that names the file."""
    with pytest.raises(StoreError, match=says) as raised:
        await ask(path)
    text = str(raised.value)
    assert str(path) in text
    assert text.endswith(".")
    assert "\n" not in text


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A text file in the index's place is named, and left as it is."""
    path = tmp_path / "index.db"
    path.write_text("not a database\n" * 100)
    await one_sentence(path, "damaged or not an index: delete the file and sync again")
    assert path.read_text() == "not a database\n" * 100


async def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """Pages overwritten with rubbish are an error of the store, not a crash or silence."""
    path = tmp_path / "index.db"
    async with open_store(path) as store:
        await fill(store, 50)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    await one_sentence(path, "damaged")


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """A database with tables of its own is refused, and gets none of ours."""
    path = tmp_path / "index.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    await one_sentence(path, "another program")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    connection.close()


async def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    """An index that a later version wrote is not touched; the sentence says what to do."""
    path = tmp_path / "index.db"
    async with open_store(path) as store:
        await store._writer.run(lambda connection: connection.execute("PRAGMA user_version = 99"))
    with pytest.raises(IndexMismatchError, match=r"format 99.*delete the file and sync again\.$"):
        async with open_store(path):
            pass


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder in the file's place, and a file in the folder's, are each one sentence."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    await one_sentence(tmp_path / "folder", "cannot be opened")
    await one_sentence(tmp_path / "file" / "index.db", "cannot be read or written")


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    """The first sync needs no preparation."""
    async with open_store(tmp_path / "deep" / "down" / "index.db") as store:
        await fill(store)
    assert (tmp_path / "deep" / "down" / "index.db").exists()


@pytest.mark.parametrize("round_", range(6))
async def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path, round_: int) -> None:
    """One of them makes the tables; no other is told that the file is locked or half made."""
    stores = [SqliteStore(tmp_path / f"{round_}.db") for _ in range(8)]
    await asyncio.gather(*(store.open() for store in stores))
    await asyncio.gather(*(store.claim(MODEL, DIMENSION) for store in stores))
    for store in stores:
        await store.close()


async def test_a_file_that_another_process_turns_to_wal_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite reports that rare meeting as locked without waiting, so opening tries again."""

    class Meeting(sqlite3.Connection):
        refusals = 3

        def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            if "journal_mode" in sql and Meeting.refusals:
                Meeting.refusals -= 1
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
            return super().execute(sql, *arguments)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Meeting))
    async with open_store(tmp_path / "index.db") as store:
        await fill(store)
    assert Meeting.refusals == 0


async def test_a_locked_index_is_named_after_a_wait(tmp_path: Path) -> None:
    """A write that another process holds up for too long fails alone; reading goes on."""
    store = SqliteStore(tmp_path / "index.db", busy_seconds=0.05)
    await fill(store)
    other = sqlite3.connect(tmp_path / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked by another process: try again"):
        await store.put(simple("handbook:new"))
    await store.set_audiences(AUDIENCES)
    assert len(await store.lexical(FIND, PUBLIC, limit=9)) == 1
    other.close()
    await store.put(simple("handbook:new"))
    assert len(await store.lexical(FIND, PUBLIC, limit=9)) == 2
    await store.close()


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """A put that finds no room fails with one sentence; the old document stays whole."""
    async with open_store(tmp_path / "index.db") as store:
        await fill(store)
        pages = "PRAGMA max_page_count = 1"
        await store._writer.run(lambda connection: connection.execute(pages))
        with pytest.raises(StoreError, match="disk is full: free some space"):
            await store.put(simple("handbook:0", "big " * 100_000))
        assert await store.document("handbook:0", PUBLIC) == simple("handbook:0").document
        assert len(await store.lexical(FIND, PUBLIC, limit=9)) == 1


async def test_text_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    """A lone surrogate cannot be stored; the sentence says what to mend."""
    async with open_store(tmp_path / "index.db") as store:
        await fill(store)
        with pytest.raises(StoreError, match="not valid Unicode"):
            await store.put(simple("handbook:0", "half \ud83d"))
        assert await store.document("handbook:0", PUBLIC) == simple("handbook:0").document


async def test_searching_waits_for_no_write(tmp_path: Path) -> None:
    """While a write is held up, questions are answered and the event loop runs."""
    async with open_store(tmp_path / "index.db") as store:
        await fill(store)
        release = threading.Event()
        held_up = asyncio.create_task(store._writer.run(lambda _: release.wait(20)))
        write = asyncio.create_task(store.put(simple("handbook:new")))
        assert len(await store.lexical(FIND, PUBLIC, limit=9)) == 1
        assert not write.done()
        release.set()
        assert await held_up
        await write
        assert len(await store.lexical(FIND, PUBLIC, limit=9)) == 2


async def test_dead_rows_are_dropped_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often documents are replaced, memory holds little more than what is there."""
    monkeypatch.setattr(sqlite_memory, "DEAD_ROWS", 4)
    async with open_store(tmp_path / "index.db") as store:
        await fill(store, 3)
        for round_ in range(20):
            item = simple("handbook:1", f"find round {round_}")
            await store.put(item)
            hits = await store.lexical(FIND, PUBLIC, limit=9)
            assert {hit.document_id for hit in hits} == {f"handbook:{n}" for n in range(3)}
            near = await store.nearest(item.vectors[0], PUBLIC, limit=1)
            assert near[0].passage_id == item.passages[0].id
            assert store._memory is not None
            assert len(store._memory._ids) <= 3 + 5


async def test_nothing_new_is_loaded_once(tmp_path: Path) -> None:
    """Questions between two writes read nothing from the file but its version."""
    async with open_store(tmp_path / "index.db") as store:
        await fill(store, 2)
        await store.lexical(FIND, PUBLIC, limit=9)
        statements: list[str] = []
        await store._reader.run(lambda connection: connection.set_trace_callback(statements.append))
        await store.lexical(FIND, PUBLIC, limit=9)
        await store.nearest(np.ones(DIMENSION, np.float32), PUBLIC, limit=9)
        assert statements == ["PRAGMA data_version"] * 2


async def test_a_failed_load_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that breaks off in the middle leaves no half index behind."""
    async with open_store(tmp_path / "index.db") as store:
        await fill(store, 2)
        with monkeypatch.context() as patch:
            patch.setattr(FieldIndex, "add", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await store.lexical(FIND, PUBLIC, limit=9)
        assert len(await store.lexical(FIND, PUBLIC, limit=9)) == 2


async def test_vectors_are_kept_with_length_one(tmp_path: Path) -> None:
    """A vector of another length gives the same cosine; a zero vector gives 0."""
    async with open_store(tmp_path / "index.db") as store:
        await fill(store)
        item = simple("handbook:0")
        await store.put(replace(item, vectors=item.vectors * 1000))
        (hit,) = await store.nearest(item.vectors[0] * 7, PUBLIC, limit=1)
        assert hit.score == pytest.approx(1)
        await store.put(replace(item, vectors=item.vectors * 0))
        (hit,) = await store.nearest(item.vectors[0], PUBLIC, limit=1)
        assert hit.score == 0


@given(
    st.lists(
        st.sampled_from([0, 1, 2, 3, 1 << 63, (1 << 63) + 1, (1 << 64) - 1])
        | st.integers(0, (1 << 64) - 1)
    )
)
def test_hashes_are_sorted_exactly(values: list[int]) -> None:
    """Also where hashes agree in their upper bits, the order is that of a stable sort."""
    hashes = np.array(values, dtype=np.uint64)
    order, in_order = sort_hashes(hashes)
    assert order.tolist() == sorted(range(len(values)), key=values.__getitem__)
    assert in_order.tolist() == sorted(values)


def test_segments_stay_few() -> None:
    """A thousand small additions leave logarithmically many segments with every posting."""
    index = FieldIndex()
    index.lengths.extend(1000)[:] = 2
    for row in range(1000):
        hashes = np.array([row % 7, 10 + row], dtype=np.uint64)
        index.add(hashes, np.array([row, row], np.int32), np.array([1, 1], np.uint16))
    assert len(index._segments) <= 11
    wanted = np.array([3], np.uint64)
    rows = np.concatenate([s.find(wanted)[0].rows for s in index._segments])
    assert sorted(rows.tolist()) == list(range(3, 1000, 7))
