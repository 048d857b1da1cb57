"""The stores that the contract is run over, each with an empty index."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from footnote.retrieval.stores import llamaindex, sqlite, weaviate
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.stores.weaviate_options import VectorIndex, WeaviateOptions
from tests.retrieval.stores import vector_stores
from tests.retrieval.stores.real_weaviate import own_collections
from tests.servers.weaviate import FakeWeaviate, fake_weaviate

Opener = Callable[[], AbstractAsyncContextManager[PassageStore]]


@asynccontextmanager
async def in_sqlite(folder: Path) -> AsyncIterator[Opener]:
    """A file."""
    yield lambda: sqlite.open_store(folder / "index.db")


@asynccontextmanager
async def beside_qdrant(folder: Path) -> AsyncIterator[Opener]:
    """A file beside a vector store of LlamaIndex that others see, and that filters."""
    options = vector_stores.qdrant(folder)
    yield lambda: llamaindex.open_store(folder / "index.db", options)


@asynccontextmanager
async def beside_faiss(folder: Path) -> AsyncIterator[Opener]:
    """A file beside a vector store that holds all in memory, and cannot filter or delete."""
    options = vector_stores.faiss()
    yield lambda: llamaindex.open_store(folder / "index.db", options)


@asynccontextmanager
async def in_fake(_: Path) -> AsyncIterator[Opener]:
    """The Weaviate on the wire."""
    async with fake_weaviate() as server:
        yield lambda: weaviate.open_store(options_of(server))


@asynccontextmanager
async def in_flat_weaviate(_: Path) -> AsyncIterator[Opener]:
    """A real Weaviate that compares all vectors."""
    async with own_collections(VectorIndex.FLAT) as options:
        yield lambda: weaviate.open_store(options)


@asynccontextmanager
async def in_weaviate(_: Path) -> AsyncIterator[Opener]:
    """A real Weaviate with its graph of vectors, which is exact where there are few."""
    async with own_collections(VectorIndex.HNSW) as options:
        yield lambda: weaviate.open_store(options)


def options_of(server: FakeWeaviate, *, timeout_s: float = 60.0) -> WeaviateOptions:
    """How to reach the Weaviate on the wire, with patience for a machine that is busy."""
    return WeaviateOptions(
        url=server.url, grpc=server.grpc, key=server.faults.key, timeout_s=timeout_s
    )


OPENERS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Opener]]] = {
    "sqlite": in_sqlite,
    "qdrant": beside_qdrant,
    "faiss": beside_faiss,
    "fake": in_fake,
    "flat weaviate": in_flat_weaviate,
    "weaviate": in_weaviate,
}
