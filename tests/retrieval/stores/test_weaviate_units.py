"""Weaviate writes objects one by one; a document is nevertheless put and deleted as a unit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from footnote.connectors.base import Document
from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores.base import Field, FieldQuery, IndexedDocument, PassageStore
from footnote.retrieval.stores.weaviate import open_store
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, indexed
from tests.retrieval.stores.openers import options_of
from tests.servers.weaviate import FakeWeaviate, fake_weaviate

Act = Callable[[PassageStore], Awaitable[None]]


def version(number: int, passages: int) -> IndexedDocument:
    """A version of one document, all of whose passages have a term of its own in common."""
    document = Document("handbook:a", "handbook", str(number), f"version {number}" * 9, "A")
    terms = [{Field.STEMS: [f"v{number}", "every"]}] * passages
    return indexed(document, terms, revision=number)


AGAIN = [
    "the same version",
    pytest.param("another version", marks=pytest.mark.soak),
    pytest.param("nothing", marks=pytest.mark.soak),
]
OLD, NEW = version(1, 3), version(2, 4)


class Crash:
    """Lets so many objects be written, and then nothing, as after the death of a process."""

    def __init__(self, writes: int) -> None:
        """Let through so many."""
        self.left = writes

    def __call__(self, _: str) -> None:
        """Count one write, or die."""
        if self.left <= 0:
            message = "it died"
            raise RuntimeError(message)
        self.left -= 1


async def whole(store: PassageStore) -> IndexedDocument | None:
    """Which version is there, all of it and nothing else, whatever is asked; None for none."""
    hits = await store.lexical([FieldQuery(Field.STEMS, ("every",))], ADMIN, limit=99)
    near = await store.nearest(OLD.vectors[0], ADMIN, limit=99)
    document = await store.document("handbook:a", ADMIN)
    there = next((item for item in (OLD, NEW) if item.document == document), None)
    ids = {passage.id for passage in there.passages} if there else set()
    assert {hit.passage_id for hit in hits} == ids
    assert {hit.passage_id for hit in near} == ids
    every = [passage.id for item in (OLD, NEW) for passage in item.passages]
    shown = list(there.passages) if there else []
    assert await store.passages(every, ADMIN) == shown
    statistics = await store.term_statistics(["every", "v1", "v2"])
    count = len(ids)
    assert statistics.passages == count
    assert statistics.frequencies == {
        "every": count,
        "v1": count * (there is OLD),
        "v2": count * (there is NEW),
    }
    hashes = {entry.content_hash for entry in (await store.manifest("handbook")).values()}
    assert hashes == ({there.document.content_hash} if there else set())
    return there


def nothing_else_is_kept(server: FakeWeaviate, there: IndexedDocument | None) -> None:
    """No object of a version that does not count is left on the server."""
    held = server.database.held
    assert len(held["FootnotePassages"].items) == (len(there.passages) if there else 0)
    assert len(held["FootnoteDocuments"].items) == (1 if there else 0)


async def played(act: Act, retry: Act, writes: int) -> tuple[bool, IndexedDocument | None]:
    """Do `act` on the old version with a crash after so many writes, then look, then retry.

    Returns:
        Whether it crashed, and what was there in between.
    """
    async with fake_weaviate() as server:
        async with open_store(options_of(server)) as store:
            await store.claim(MODEL, DIMENSION)
            await store.set_audiences(AUDIENCES)
            await store.put(OLD)
            server.faults.dies = Crash(writes)
            crashed = False
            try:
                await act(store)
            except StoreError:
                crashed = True
        server.faults.dies = lambda _: None
        async with open_store(options_of(server)) as store:
            between = await whole(store)
            await retry(store)
            nothing_else_is_kept(server, await whole(store))
    return crashed, between


@pytest.mark.parametrize("again", AGAIN)
async def test_a_put_that_breaks_off_leaves_the_old_or_the_new(again: str) -> None:
    """After a crash at every single write, one version is whole, and a retry leaves no rest."""

    async def put(store: PassageStore) -> None:
        await store.put(NEW)

    async def retry(store: PassageStore) -> None:
        if again == "the same version":
            await store.put(NEW)
        elif again == "another version":
            await store.put(OLD)
        else:
            await store.synced("handbook")

    seen = []
    for writes in range(99):
        crashed, between = await played(put, retry, writes)
        seen.append(between)
        if not crashed:
            break
    versions = [None if item is None else item.document.version for item in seen]
    assert versions == sorted(versions, key=str)
    assert set(versions) == {"1", "2"}


async def test_a_delete_that_breaks_off_leaves_all_or_nothing() -> None:
    """After a crash at every single write, the document is whole or gone; a retry ends it."""

    async def delete(store: PassageStore) -> None:
        await store.delete("handbook", ["handbook:a"])

    async def retry(store: PassageStore) -> None:
        await delete(store)
        assert await whole(store) is None

    seen = []
    for writes in range(99):
        crashed, between = await played(delete, retry, writes)
        seen.append(between)
        if not crashed:
            break
    assert {None, OLD.document.version} == {item and item.document.version for item in seen}


async def test_deletes_go_on_until_nothing_is_left() -> None:
    """A server that deletes three objects at a time is asked until it has none left."""
    async with fake_weaviate() as server, open_store(options_of(server)) as store:
        server.faults.deleted_at_once = 3
        await store.claim(MODEL, DIMENSION)
        for number in range(1, 3):
            await store.put(version(number, 20))
            assert len(server.database["FootnotePassages"].items) == 20
        await store.delete("handbook", ["handbook:a"])
        assert not server.database["FootnotePassages"].items
        await store.put(version(3, 20))
        await store.clear()
        assert not server.database["FootnotePassages"].items
        assert (await store.stats()).documents == 0
