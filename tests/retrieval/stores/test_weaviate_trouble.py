"""What can be wrong with a Weaviate is one sentence each, and a retry loses nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from footnote.retrieval.errors import IndexMismatchError, RetrievalError, StoreError
from footnote.retrieval.readers import ADMIN, PUBLIC
from footnote.retrieval.stores.base import Field, FieldQuery
from footnote.retrieval.stores.weaviate import WeaviateStore, open_store
from footnote.retrieval.stores.weaviate_options import WeaviateOptions
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, simple
from tests.retrieval.stores.openers import options_of
from tests.servers.redis import free_port
from tests.servers.weaviate import FakeWeaviate, fake_weaviate

FIND = [FieldQuery(Field.STEMS, ("find",))]


@pytest.fixture
async def server() -> AsyncIterator[FakeWeaviate]:
    """An empty server."""
    async with fake_weaviate() as opened:
        yield opened


@pytest.fixture
async def kept(server: FakeWeaviate) -> AsyncIterator[WeaviateStore]:
    """An index there with one document."""
    async with open_store(options_of(server)) as store:
        await fill(store)
        yield store


async def fill(store: WeaviateStore) -> None:
    """Bind the index and put a document into it."""
    await store.claim(MODEL, DIMENSION)
    await store.set_audiences(AUDIENCES)
    await store.put(simple("handbook:a"))


async def found(store: WeaviateStore) -> set[str]:
    """The ids of all documents that can be found."""
    return {hit.document_id for hit in await store.lexical(FIND, PUBLIC, limit=99)}


async def refused(options: WeaviateOptions) -> str:
    """What opening an index says, which is one sentence that names the server."""
    with pytest.raises(RetrievalError) as raised:
        async with open_store(options):
            pass
    text = str(raised.value)
    assert "Weaviate at 127.0.0.1:" in text
    assert text.endswith(".")
    assert "\n" not in text
    return text


async def test_a_server_that_is_down_at_the_start(server: FakeWeaviate) -> None:
    """The sentence says to start it, and soon: the client's own patience is a minute."""
    await server.stop()
    assert "cannot be reached: start it" in await refused(options_of(server))


async def test_a_grpc_port_that_nobody_listens_at(server: FakeWeaviate) -> None:
    """REST alone is not enough, and that shows at the start."""
    options = WeaviateOptions(url=server.url, grpc=f"127.0.0.1:{free_port()}", timeout_s=2)
    assert "cannot be reached: start it, or correct url and grpc" in await refused(options)


async def test_a_server_that_goes_away_and_comes_back(server: FakeWeaviate) -> None:
    """Each operation fails with a sentence while it is away, and then goes on unasked."""
    async with open_store(options_of(server, timeout_s=3)) as store:
        await fill(store)
        await server.stop()
        with pytest.raises(StoreError, match="Weaviate at"):
            await store.lexical(FIND, PUBLIC, limit=1)
        with pytest.raises(StoreError, match="Weaviate at"):
            await store.put(simple("handbook:b"))
        await server.start()
    async with open_store(options_of(server)) as store:
        assert await found(store) == {"handbook:a"}
        await store.put(simple("handbook:b"))
        assert await found(store) == {"handbook:a", "handbook:b"}


async def test_a_slow_server_is_given_up_in_time(server: FakeWeaviate, kept: WeaviateStore) -> None:
    """A request has an end whatever the server does, and the old document stays."""
    async with open_store(options_of(server, timeout_s=0.5)) as hasty:
        server.faults.slow_s = 30
        with pytest.raises(StoreError, match=r"did not answer in time: .* raise timeout_s"):
            await hasty.put(simple("handbook:a", "other words"))
    server.faults.slow_s = 0
    assert await found(kept) == {"handbook:a"}


async def test_a_server_that_takes_no_writes(server: FakeWeaviate, kept: WeaviateStore) -> None:
    """A full disk makes it read-only: questions go on, and a put later goes through."""
    server.faults.read_only = True
    for write in (
        kept.put(simple("handbook:b")),
        kept.delete("handbook", ["handbook:a"]),
        kept.synced("handbook"),
    ):
        with pytest.raises(StoreError, match=r"takes no writes, .* free some space"):
            await write
    assert await found(kept) == {"handbook:a"}
    server.faults.read_only = False
    await kept.put(simple("handbook:b"))
    assert await found(kept) == {"handbook:a", "handbook:b"}


async def test_vectors_that_the_server_will_not_take(
    server: FakeWeaviate, kept: WeaviateStore
) -> None:
    """Its collection may hold vectors of another length, whatever the index was bound to."""
    server.faults.refuses = lambda name, _: (
        "vector lengths don't match: 768 vs 6" if name.endswith("Passages") else ""
    )
    with pytest.raises(StoreError, match=r"vectors of another length: run .*--rebuild"):
        await kept.put(simple("handbook:a", "other words"))
    assert await found(kept) == {"handbook:a"}


@pytest.mark.parametrize("version", ["1.24.1", "1.32.9"])
async def test_an_old_server_is_refused(version: str) -> None:
    """Before anything is made there; the sentence says which version is needed."""
    async with fake_weaviate(version) as server:
        assert "1.33 or newer: upgrade it" in await refused(options_of(server))
        assert not server.database.held


async def test_somebody_elses_collection_is_left_alone(server: FakeWeaviate) -> None:
    """A collection of our name that we did not make is neither used nor changed."""
    theirs = {"class": "FootnoteManifest", "description": "ours", "properties": []}
    schema = server.database.create(
        theirs | {"invertedIndexConfig": {}, "replicationConfig": {"factor": 1}}
    )
    before = dict(schema)
    assert "set another prefix" in await refused(options_of(server))
    assert schema == before


async def test_a_later_format_is_refused(server: FakeWeaviate, kept: WeaviateStore) -> None:
    """An index that a later version made is not touched."""
    await kept.close()
    server.database["FootnotePassages"].schema["description"] = "Footnote's index, format 2"
    with pytest.raises(IndexMismatchError, match=r"has format 2, but .* reads format 1"):
        async with open_store(options_of(server)):
            pass


async def test_a_property_that_is_missing_is_added(
    server: FakeWeaviate, kept: WeaviateStore
) -> None:
    """An index that an earlier version made is brought up to date when it is opened."""
    await kept.close()
    schema = server.database["FootnoteManifest"].schema
    schema["properties"] = [p for p in schema["properties"] if p["name"] != "size"]
    async with open_store(options_of(server)) as store:
        assert "size" in {known["name"] for known in schema["properties"]}
        await store.put(simple("handbook:b"))
        assert (await store.stats()).documents == 2


async def test_a_wrong_key_is_named_and_never_shown() -> None:
    """The sentence says where the key belongs; the right key lets everything through."""
    async with fake_weaviate(key="right") as server:
        wrong = WeaviateOptions(url=server.url, grpc=server.grpc, key="secret-and-wrong")
        text = await refused(wrong)
        assert "does not accept the API key" in text
        assert "secret" not in text + repr(wrong)
        async with open_store(options_of(server)) as store:
            await fill(store)
            assert await found(store) == {"handbook:a"}


async def test_a_key_that_holds_no_longer(server: FakeWeaviate, kept: WeaviateStore) -> None:
    """Somebody has changed it while we were connected: searches and writes say so alike."""
    server.faults.key = "another"
    for ask in (kept.lexical(FIND, PUBLIC, limit=9), kept.put(simple("handbook:b"))):
        with pytest.raises(StoreError, match="does not accept the API key: set the right one"):
            await ask


async def test_one_refused_passage_stops_the_whole_document(
    server: FakeWeaviate, kept: WeaviateStore, caplog: pytest.LogCaptureFixture
) -> None:
    """An error of a single object in a batch is no success, and the log holds no text of it."""
    caplog.set_level(logging.DEBUG)
    server.faults.refuses = lambda _, properties: (
        "no room" if "secret plan" in str(properties.get("content")) else ""
    )
    with pytest.raises(StoreError, match=r"refuses to work \(.*no room\): look into its log"):
        await kept.put(simple("handbook:a", "the secret plan"))
    assert await found(kept) == {"handbook:a"}
    assert "secret plan" not in caplog.text


async def test_documents_that_are_written_together_fail_by_themselves(
    server: FakeWeaviate, kept: WeaviateStore
) -> None:
    """What one document cannot do, to be sent or to be taken, keeps no other from being put."""
    server.faults.refuses = lambda _, properties: (
        "no room" if "secret plan" in str(properties.get("content")) else ""
    )
    texts = ["the secret plan", "half \ud83d", "some words to find", "and some to find again"]
    ended = await asyncio.gather(
        *(kept.put(simple(f"handbook:{place}", text)) for place, text in enumerate(texts)),
        return_exceptions=True,
    )
    assert [type(error) for error in ended] == [StoreError, StoreError, type(None), type(None)]
    assert await found(kept) == {"handbook:2", "handbook:3", "handbook:a"}


async def test_text_that_is_not_unicode_is_refused(kept: WeaviateStore) -> None:
    """A lone surrogate cannot be stored; the sentence says what to mend."""
    with pytest.raises(StoreError, match="not valid Unicode: mend the document"):
        await kept.put(simple("handbook:a", "half \ud83d"))
    assert await kept.document("handbook:a", ADMIN) == simple("handbook:a").document
