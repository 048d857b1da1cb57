"""A real Weaviate that is killed: what it acknowledged is there, and a retry makes all whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.connectors.base import Document
from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import ADMIN, Readers
from footnote.retrieval.stores.base import Field, FieldQuery, IndexedDocument, PassageStore
from footnote.retrieval.stores.weaviate import WeaviateStore, open_store
from footnote.retrieval.stores.weaviate_options import Consistency, VectorIndex, WeaviateOptions
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, indexed, simple
from tests.retrieval.stores.real_weaviate import own_collections
from tests.servers.weaviate_server import (
    WeaviateServer,
    running_cluster,
    running_weaviate,
    weaviate_executable,
)

DOCUMENTS, PASSAGES = 24, 8
PATIENCE_S = 120.0


def version(name: int, number: int) -> IndexedDocument:
    """A version of a document, all of whose passages have a term of their own in common."""
    item = simple(f"handbook:{name}", f"version {number} of {name}", version=str(number))
    terms = [{Field.STEMS: ["every", f"d{name}v{number}"]}] * PASSAGES
    return indexed(item.document, terms, revision=number)


async def whole(store: PassageStore, name: int) -> str:
    """Which version of a document is there, and nothing of another one."""
    document = await store.document(f"handbook:{name}", ADMIN)
    found = {
        number: await store.lexical(
            [FieldQuery(Field.STEMS, (f"d{name}v{number}",))], ADMIN, limit=99
        )
        for number in (1, 2)
    }
    there = document.version if document else ""
    assert {str(number): len(hits) for number, hits in found.items()} == {
        number: PASSAGES * (number == there) for number in ("1", "2")
    }
    return there


async def ready(store: WeaviateStore) -> None:
    """Bind the index."""
    await store.claim(MODEL, DIMENSION)
    await store.set_audiences(AUDIENCES)


async def test_a_server_that_is_killed_during_a_sync(tmp_path: Path) -> None:
    """Documents are old or new and never half; what was acknowledged is new; a retry ends it."""
    with running_weaviate(weaviate_executable(), tmp_path / "data") as server:
        options = WeaviateOptions(url=server.url, grpc=server.grpc, timeout_s=PATIENCE_S)
        async with open_store(options) as store:
            await ready(store)
            for name in range(DOCUMENTS):
                await store.put(version(name, 1))
            acknowledged = await _put_until_killed(store, server)
        assert 0 < len(acknowledged) < DOCUMENTS
        await asyncio.to_thread(server.start)
        async with open_store(options) as store:
            there = {name: await whole(store, name) for name in range(DOCUMENTS)}
            assert set(there.values()) <= {"1", "2"}
            assert {there[name] for name in acknowledged} == {"2"}
            for name in range(DOCUMENTS):
                await store.put(version(name, 2))
            assert {await whole(store, name) for name in range(DOCUMENTS)} == {"2"}
            stats = await store.stats()
            assert (stats.documents, stats.passages) == (DOCUMENTS, DOCUMENTS * PASSAGES)
            assert (await store.term_statistics(["every"])).frequencies["every"] == stats.passages


async def _put_until_killed(store: WeaviateStore, server: WeaviateServer) -> list[int]:
    """Put new versions, and kill the server in the middle; which of them it acknowledged."""
    acknowledged: list[int] = []

    async def put(name: int) -> None:
        await store.put(version(name, 2))
        acknowledged.append(name)
        if len(acknowledged) == DOCUMENTS // 3:
            await asyncio.to_thread(server.kill)

    for start in range(0, DOCUMENTS, 4):
        ended = await asyncio.gather(
            *(asyncio.wait_for(put(name), 20) for name in range(start, start + 4)),
            return_exceptions=True,
        )
        if any(isinstance(error, (StoreError, TimeoutError)) for error in ended):
            break
    return acknowledged


async def test_readers_with_two_hundred_groups() -> None:
    """Each document is seen by exactly those of its group, however many labels there are."""
    async with own_collections(VectorIndex.FLAT) as options, open_store(options) as store:
        await ready(store)
        await store.set_audiences({"handbook": frozenset({"everyone"})})
        for number in range(0, 220, 20):
            item = simple(f"handbook:{number}")
            label = frozenset({f"group:{number}"})
            await store.put(indexed(_restricted(item, label), [{Field.STEMS: ["find"]}]))
        groups = frozenset({"everyone", *(f"group:{number}" for number in range(200))})
        query = [FieldQuery(Field.STEMS, ("find",))]
        for asked in (
            await store.lexical(query, Readers(groups), limit=99),
            await store.nearest(simple("handbook:0").vectors[0], Readers(groups), limit=99),
        ):
            assert {hit.document_id for hit in asked} == {
                f"handbook:{number}" for number in range(0, 200, 20)
            }


def _restricted(item: IndexedDocument, labels: frozenset[str]) -> Document:
    return replace(item.document, restrictions=labels)


@pytest.mark.soak
async def test_a_cluster_with_one_of_three_nodes_down(tmp_path: Path) -> None:
    """With three replicas and a quorum, reads and writes go on when one node is killed."""
    with running_cluster(weaviate_executable(), tmp_path) as nodes:
        options = WeaviateOptions(
            url=nodes[0].url,
            grpc=nodes[0].grpc,
            replicas=3,
            consistency=Consistency.QUORUM,
            timeout_s=PATIENCE_S,
        )
        async with open_store(options) as store:
            await ready(store)
            for name in range(4):
                await store.put(version(name, 1))
            await asyncio.to_thread(nodes[2].kill)
            for name in range(4):
                assert await whole(store, name) == "1"
                await store.put(version(name, 2))
            await store.put(version(4, 2))
            assert {await whole(store, name) for name in range(5)} == {"2"}
