"""A vector store of LlamaIndex is kept in step with the file, whatever comes between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.vector_stores.simple import SimpleVectorStore

from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import ADMIN, PUBLIC
from footnote.retrieval.stores import llamaindex_holding as holding
from footnote.retrieval.stores import sqlite
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.stores.llamaindex import LlamaIndexStore, open_store
from footnote.retrieval.stores.llamaindex_options import VectorStoreOptions
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, simple
from tests.retrieval.stores.vector_stores import (
    TroubledVectorStore,
    faiss,
    qdrant,
    qdrant_client,
    troubled,
    troubled_store,
)

DOWN = ConnectionError("nobody listens")
ANY = np.ones(DIMENSION, np.float32)


@pytest.fixture
def beside(tmp_path: Path) -> TroubledVectorStore:
    """The vector store."""
    return troubled_store(folder=str(tmp_path))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[LlamaIndexStore]:
    """An index beside it, ready to be written."""
    async with open_store(tmp_path / "index.db", troubled(tmp_path)) as opened:
        await ready(opened)
        yield opened


async def ready(store: PassageStore) -> None:
    """Bind the index."""
    await store.claim(MODEL, DIMENSION)
    await store.set_audiences(AUDIENCES)


async def found(store: PassageStore, *, limit: int = 99) -> set[str]:
    """The documents of all nearest passages, however far."""
    return {hit.document_id for hit in await store.nearest(ANY, ADMIN, limit=limit)}


def held(beside: TroubledVectorStore) -> int:
    """How many passages the vector store has."""
    return len(beside.data.embedding_dict)


async def test_what_could_not_be_given_is_found_and_given_by_the_next_sync(
    store: LlamaIndexStore, beside: TroubledVectorStore
) -> None:
    """A put that fails on the way says so and loses nothing; a complete sync makes it good."""
    await store.put(simple("handbook:a"))
    beside._trouble = DOWN
    with pytest.raises(StoreError, match=r"troubled_store does not work .*nobody listens"):
        await store.put(simple("handbook:b"))
    beside._trouble = None
    assert held(beside) == 1
    assert await found(store) == {"handbook:a", "handbook:b"}
    await store.synced("people")
    assert held(beside) == 1
    await store.synced("handbook")
    assert held(beside) == 2
    assert await found(store) == {"handbook:a", "handbook:b"}


async def test_what_could_not_be_taken_is_not_found_and_taken_later(
    store: LlamaIndexStore, beside: TroubledVectorStore
) -> None:
    """Replaced and deleted documents are gone at once, and from the vector store by and by."""
    for name in "abc":
        await store.put(simple(f"handbook:{name}"))
    beside._trouble = DOWN
    with pytest.raises(StoreError, match="does not work"):
        await store.delete("handbook", ["handbook:a"])
    with pytest.raises(StoreError, match="does not work"):
        await store.put(simple("handbook:b", "other words"))
    beside._trouble = None
    assert held(beside) == 3
    assert await found(store) == {"handbook:b", "handbook:c"}
    (hit,) = await store.nearest(simple("handbook:b", "other words").vectors[0], ADMIN, limit=1)
    assert hit.passage_id == simple("handbook:b", "other words").passages[0].id
    await store.synced("handbook")
    assert held(beside) == 2
    assert await found(store) == {"handbook:b", "handbook:c"}


async def test_what_is_dead_is_taken_when_it_is_found(
    store: LlamaIndexStore, beside: TroubledVectorStore
) -> None:
    """Nodes of which no note is left, since a process died at the wrong moment, go with time."""
    await store.put(simple("handbook:a"))
    (name,), (vector,) = zip(*beside.data.embedding_dict.items(), strict=True)
    document, metadata = beside.data.text_id_to_ref_doc_id[name], beside.data.metadata_dict[name]
    await store.put(simple("handbook:a", "other words"))
    assert held(beside) == 1
    beside.data.embedding_dict[name] = vector
    beside.data.text_id_to_ref_doc_id[name] = document
    beside.data.metadata_dict[name] = metadata
    assert held(beside) == 2
    assert await found(store) == {"handbook:a"}
    assert held(beside) == 1


async def test_a_vector_store_that_lost_everything_is_filled_again(
    store: LlamaIndexStore, beside: TroubledVectorStore, tmp_path: Path
) -> None:
    """It is noticed at the next start; the file stands in for it until the next sync."""
    for name in "abc":
        await store.put(simple(f"handbook:{name}"))
    beside.clear()
    async with open_store(tmp_path / "index.db", troubled(tmp_path)) as again:
        assert await found(again) == {f"handbook:{name}" for name in "abc"}
        await again.synced("handbook")
        assert held(beside) == 3


async def test_a_vector_store_that_lost_a_part_leaves_nothing_out(
    store: LlamaIndexStore, beside: TroubledVectorStore
) -> None:
    """Where it finds less than there is to be seen, the file is asked."""
    for name in "abc":
        await store.put(simple(f"handbook:{name}"))
    beside.data.embedding_dict.pop(next(iter(beside.data.embedding_dict)))
    assert await found(store) == {f"handbook:{name}" for name in "abc"}


async def test_another_vector_store_is_given_all(store: LlamaIndexStore, tmp_path: Path) -> None:
    """Whoever names another one, or comes from the store of one file, need not embed again."""
    for name in "abc":
        await store.put(simple(f"handbook:{name}"))
    async with sqlite.open_store(tmp_path / "index.db") as plain:
        await plain.put(simple("handbook:d"))
        await plain.delete("handbook", ["handbook:a"])
    other = tmp_path / "other"
    async with open_store(tmp_path / "index.db", qdrant(other)) as moved:
        assert await found(moved) == {f"handbook:{name}" for name in "bcd"}
        await moved.synced("handbook")
        assert qdrant_client(str(other)).count("footnote").count == 3
        assert await found(moved) == {f"handbook:{name}" for name in "bcd"}


async def test_two_indexes_on_one_vector_store_do_not_meet(tmp_path: Path) -> None:
    """Each finds its own passages alone, although their revisions have the same numbers."""
    options = qdrant(tmp_path)
    async with (
        open_store(tmp_path / "one.db", options) as one,
        open_store(tmp_path / "two.db", options) as two,
    ):
        for store in (one, two):
            await ready(store)
        await one.put(simple("handbook:a"))
        await two.put(simple("handbook:b"))
        assert await found(one) == {"handbook:a"}
        assert await found(two) == {"handbook:b"}
        await two.delete("handbook", ["handbook:b"])
        assert await found(one) == {"handbook:a"}
        assert qdrant_client(str(tmp_path)).count("footnote").count == 1


@pytest.mark.parametrize("heeds_filters", [True, False])
async def test_readers_are_filtered_in_the_query_and_again(
    store: LlamaIndexStore,
    beside: TroubledVectorStore,
    monkeypatch: pytest.MonkeyPatch,
    heeds_filters: bool,  # noqa: FBT001  pytest gives it
) -> None:
    """Visible passages are found behind many invisible ones, by a filter or by asking for more."""
    monkeypatch.setattr("footnote.retrieval.stores.llamaindex.LEAST", 4)
    beside._heeds_filters = heeds_filters
    for number in range(40):
        await store.put(simple(f"people:{number}"))
    await store.put(simple("handbook:a"))
    far = -simple("handbook:a").vectors[0]
    beside._asked.clear()
    assert [hit.document_id for hit in await store.nearest(far, PUBLIC, limit=3)] == ["handbook:a"]
    assert [query.similarity_top_k for query in beside._asked] == (
        [4] if heeds_filters else [4, 16, 64]
    )


async def test_one_in_memory_is_made_anew_when_most_of_it_is_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was replaced many times over does not crowd out what is there."""
    monkeypatch.setattr(holding, "DEAD_PASSAGES", 3)
    async with open_store(tmp_path / "index.db", faiss()) as store:
        await ready(store)
        await store.put(simple("handbook:z"))
        for number in range(12):
            await store.put(simple("handbook:a", f"version {number}"))
            assert await found(store) == {"handbook:a", "handbook:z"}
            kept = store._holding
            assert isinstance(kept, holding.InMemory)
            assert len(kept._places) <= 2 + 3 + 1


@pytest.mark.parametrize("options", [faiss(DIMENSION + 1), faiss(keeps=True)])
async def test_what_does_not_fit_is_told(tmp_path: Path, options: VectorStoreOptions) -> None:
    """Vectors of another length, and names that are none, are each one sentence."""
    said = "another length" if not options.keeps else "set keeps = false"
    async with open_store(tmp_path / "index.db", options) as store:
        await ready(store)
        with pytest.raises(StoreError, match=said):
            await _put_and_find(store)


async def _put_and_find(store: PassageStore) -> None:
    await store.put(simple("handbook:a"))
    await store.nearest(ANY, ADMIN, limit=1)


async def test_a_vector_store_that_hangs_is_given_up(
    tmp_path: Path, beside: TroubledVectorStore
) -> None:
    """A search ends in time with a sentence, and goes on when the vector store does."""
    async with open_store(tmp_path / "index.db", troubled(tmp_path, timeout_s=5)) as store:
        await ready(store)
        await store.put(simple("handbook:a"))
        store._link.options = troubled(tmp_path, timeout_s=0.05)
        beside._sleeps_s = 0.5
        with pytest.raises(StoreError, match=r"did not answer in 0.05 s"):
            await store.nearest(ANY, ADMIN, limit=1)
        beside._sleeps_s = 0.0
        store._link.options = troubled(tmp_path, timeout_s=60)
        assert await found(store) == {"handbook:a"}


async def test_one_that_cannot_be_emptied_when_it_is_empty(
    store: LlamaIndexStore, beside: TroubledVectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Chroma: what is to be emptied before the first document, or twice, is empty."""

    def clear(self: TroubledVectorStore) -> None:
        if not held(self):
            message = "Expected IDs to be a non-empty list"
            raise ValueError(message)
        SimpleVectorStore.clear(self)

    monkeypatch.setattr(TroubledVectorStore, "clear", clear)
    await store.clear()
    await ready(store)
    await store.put(simple("handbook:a"))
    assert held(beside) == 1
    for _ in range(2):
        await store.clear()
        assert held(beside) == 0
    await ready(store)
    await store.put(simple("handbook:b"))
    assert await found(store) == {"handbook:b"}
