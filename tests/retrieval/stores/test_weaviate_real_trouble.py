"""What a real Weaviate says when something is wrong is told as the fake one has it told."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.stores.base import Field, FieldQuery
from footnote.retrieval.stores.weaviate import WeaviateStore, open_store
from footnote.retrieval.stores.weaviate_options import WeaviateOptions
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, simple
from tests.servers.weaviate_server import WeaviateServer, running_weaviate, weaviate_executable

KEY, READING_KEY = "may-do-all", "may-read"
KEYED = {
    "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "false",
    "AUTHENTICATION_APIKEY_ENABLED": "true",
    "AUTHENTICATION_APIKEY_ALLOWED_KEYS": f"{KEY},{READING_KEY}",
    "AUTHENTICATION_APIKEY_USERS": "footnote,reader",
    "AUTHORIZATION_ADMINLIST_ENABLED": "true",
    "AUTHORIZATION_ADMINLIST_USERS": "footnote",
    "AUTHORIZATION_ADMINLIST_READONLY_USERS": "reader",
}
COLLECTIONS = ("Passages", "Documents", "Manifest")
FIND = [FieldQuery(Field.STEMS, ("find",))]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeaviateServer]:
    """One that wants an API key."""
    folder = tmp_path_factory.mktemp("weaviate")
    with running_weaviate(weaviate_executable(), folder / "data", KEYED) as started:
        yield started


@pytest.fixture(scope="module")
def prefixes() -> Iterator[str]:
    """A name for the index of each test."""
    return (f"Test{number}" for number in count())


@pytest.fixture
def options(server: WeaviateServer, prefixes: Iterator[str]) -> WeaviateOptions:
    """How to reach it, for an index that is not there yet."""
    return WeaviateOptions(
        url=server.url, grpc=server.grpc, key=KEY, prefix=next(prefixes), timeout_s=60
    )


async def fill(store: WeaviateStore) -> None:
    """Bind the index and put a document into it."""
    await store.claim(MODEL, DIMENSION)
    await store.set_audiences(AUDIENCES)
    await store.put(simple("handbook:a"))


async def found(store: WeaviateStore) -> set[str]:
    """The ids of all documents that can be found."""
    return {hit.document_id for hit in await store.lexical(FIND, PUBLIC, limit=99)}


def asked(options: WeaviateOptions, method: str, path: str, body: object = None) -> Any:
    """What the server answers at /v1/schema, past the store."""
    request = urllib.request.Request(  # noqa: S310  ours
        f"{options.url}/v1/schema{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  ours
        return json.loads(answer.read() or b"null")


def let_write(options: WeaviateOptions, status: str) -> None:
    """Set all shards to "READONLY", as a full disk does, or to "READY"."""
    for collection in COLLECTIONS:
        shards = f"/{options.prefix}{collection}/shards"
        for shard in asked(options, "GET", shards):
            asked(options, "PUT", f"{shards}/{shard['name']}", {"status": status})


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("wrong", "does not accept the API key"),
        ("", "does not accept the API key"),
        (READING_KEY, "does not allow this API key all that Footnote does"),
    ],
)
async def test_a_key_that_is_not_enough(options: WeaviateOptions, key: str, said: str) -> None:
    """Another one, none, and one that lets nobody write."""
    with pytest.raises(StoreError, match=said):
        async with open_store(replace(options, key=key)):
            pass


async def test_a_server_that_takes_no_writes(options: WeaviateOptions) -> None:
    """Questions go on; each write says so, and goes through afterwards."""
    async with open_store(options) as store:
        await fill(store)
        let_write(options, "READONLY")
        for write in (
            store.put(simple("handbook:b")),
            store.delete("handbook", ["handbook:a"]),
            store.synced("handbook"),
        ):
            with pytest.raises(StoreError, match=r"takes no writes, .* free some space"):
                await write
        assert await found(store) == {"handbook:a"}
        let_write(options, "READY")
        await store.put(simple("handbook:b"))
        assert await found(store) == {"handbook:a", "handbook:b"}


async def test_vectors_of_another_length(options: WeaviateOptions) -> None:
    """Where the collection holds others than the manifest says, a put says what to do."""
    async with open_store(options) as store:
        await fill(store)
    asked(options, "DELETE", f"/{options.prefix}Manifest")
    item = simple("handbook:b")
    longer = np.hstack([item.vectors, np.zeros((len(item.vectors), 2), np.float32)])
    async with open_store(options) as store:
        await store.claim(MODEL, DIMENSION + 2)
        with pytest.raises(StoreError, match=r"vectors of another length: run .*--rebuild"):
            await store.put(replace(item, vectors=longer))


async def test_somebody_elses_collection_is_left_alone(options: WeaviateOptions) -> None:
    """A collection of our name that we did not make is neither used nor changed."""
    name = f"{options.prefix}Manifest"
    asked(options, "POST", "", {"class": name, "description": "theirs", "vectorizer": "none"})
    before = asked(options, "GET", f"/{name}")
    with pytest.raises(StoreError, match=f"{name} that Footnote did not make: set another prefix"):
        async with open_store(options):
            pass
    assert asked(options, "GET", f"/{name}") == before


async def test_a_server_that_hangs(options: WeaviateOptions, server: WeaviateServer) -> None:
    """It is given up in time, and used again when it goes on."""
    async with open_store(options) as store:
        await fill(store)
        async with open_store(replace(options, timeout_s=1)) as hasty:
            os.kill(server.pid, signal.SIGSTOP)
            try:
                with pytest.raises(StoreError, match="did not answer in time"):
                    await hasty.lexical(FIND, PUBLIC, limit=9)
            finally:
                os.kill(server.pid, signal.SIGCONT)
        assert await found(store) == {"handbook:a"}
