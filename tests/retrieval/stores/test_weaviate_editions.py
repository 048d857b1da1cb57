"""What one replica counted is counted again as soon as another one may have changed it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from footnote.connectors.base import Document
from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores.base import Field, FieldQuery, IndexedDocument
from footnote.retrieval.stores.weaviate import WeaviateStore, open_store
from footnote.retrieval.stores.weaviate_counting import UNKNOWN, Counts
from footnote.retrieval.stores.weaviate_editions import Editions
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, RECIPE, indexed
from tests.retrieval.stores.openers import options_of
from tests.servers.weaviate import FakeWeaviate
from tests.servers.weaviate_faults import Faults

TERMS = ("every", "v1", "v2", "other")
WRITES = ("BatchObjects", "BatchDelete")
READERS = 12
Act = Callable[[WeaviateStore], Awaitable[None]]


@dataclass(slots=True)
class Paused(Faults):
    """Lets a reader look before each write, and lets no more than so many be written."""

    readers: Sequence[WeaviateStore] = ()
    left: int = 0

    async def called(self, name: str) -> None:
        """Take note of a call; a write waits until all has been looked at."""
        self.calls.append(name)
        if name not in WRITES or not self.readers:
            return
        if self.left == 0:
            message = "it died"
            raise RuntimeError(message)
        self.left -= 1
        reader, *self.readers = self.readers
        for _ in range(2):
            await reader.term_statistics(TERMS)


@pytest.fixture
async def server() -> AsyncIterator[FakeWeaviate]:
    """One whose writes can be looked at."""
    opened = FakeWeaviate()
    opened.faults = Paused()
    await opened.start()
    yield opened
    await opened.stop()


def version(number: int, name: str = "a") -> IndexedDocument:
    """A version of a document, all of whose passages have a term of its own in common."""
    document = Document(f"handbook:{name}", "handbook", str(number), f"version {number}", "A")
    terms = [{Field.STEMS: [f"v{number}", "every", *["long"] * number]}] * number
    return indexed(document, terms, revision=number)


@asynccontextmanager
async def replicas(server: FakeWeaviate) -> AsyncIterator[list[WeaviateStore]]:
    """The stores of a replica that writes, and of more that read than there are writes."""
    async with AsyncExitStack() as stack:
        opened = [open_store(options_of(server)) for _ in range(READERS + 1)]
        yield [await stack.enter_async_context(store) for store in opened]


async def filled(server: FakeWeaviate) -> None:
    """Bind the index and put two documents into it."""
    async with open_store(options_of(server)) as store:
        await store.claim(MODEL, DIMENSION)
        await store.set_audiences(AUDIENCES)
        await store.put(version(1))
        await store.put(version(1, "b"))


async def put_new(store: WeaviateStore) -> None:
    """A document that is not there."""
    await store.put(version(2, "c"))


async def put_again(store: WeaviateStore) -> None:
    """Another version of one that is."""
    await store.put(version(2))


async def delete(store: WeaviateStore) -> None:
    """One that is there."""
    await store.delete("handbook", ["handbook:a"])


async def clear(store: WeaviateStore) -> None:
    """All of them."""
    await store.clear()


async def sync(store: WeaviateStore) -> None:
    """Tidy up."""
    await store.synced("handbook")


async def give_up(store: WeaviateStore) -> None:
    """The document cannot be read any more; then tidy up."""
    await store.put_failure("handbook", "handbook:a", "3", RECIPE, "it is empty")
    await store.synced("handbook")


@pytest.mark.parametrize("act", [put_new, put_again, delete, clear])
async def test_another_replica_is_seen_write_by_write(server: FakeWeaviate, act: Act) -> None:
    """Whoever looks before any one write, and remembers, knows afterwards what there is."""
    await filled(server)
    server.faults.deleted_at_once = 1
    async with replicas(server) as (writer, *readers):
        async with _paused(server, readers, READERS):
            await act(writer)
        await _all_know(readers, writer)


@pytest.mark.parametrize(
    ("act", "after"),
    [
        pytest.param(put_new, sync, marks=pytest.mark.soak),
        pytest.param(put_again, sync, marks=pytest.mark.soak),
        pytest.param(delete, sync, marks=pytest.mark.soak),
        pytest.param(put_again, give_up, marks=pytest.mark.soak),
        pytest.param(delete, give_up, marks=pytest.mark.soak),
    ],
)
async def test_a_replica_that_dies_is_seen_too(server: FakeWeaviate, act: Act, after: Act) -> None:
    """At whatever write it dies, and whoever tidies up after it."""
    await filled(server)
    ended = False
    async with replicas(server) as (writer, *readers):
        for writes in range(READERS):
            try:
                async with _paused(server, readers, writes):
                    await act(writer)
                ended = True
            except StoreError:
                pass
            await _all_know(readers[: writes // 2], writer)
            await after(writer)
            await _all_know(readers, writer)
            if ended:
                break
            await writer.put(version(1))
            await writer.delete("handbook", ["handbook:c"])


@asynccontextmanager
async def _paused(
    server: FakeWeaviate, readers: Sequence[WeaviateStore], writes: int
) -> AsyncIterator[None]:
    """Let so many writes through, and before each another reader look until it remembers."""
    faults = server.faults
    assert isinstance(faults, Paused)
    faults.readers, faults.left = readers, writes
    try:
        yield
    finally:
        faults.readers = ()


async def _all_know(readers: Sequence[WeaviateStore], writer: WeaviateStore) -> None:
    """What is there, whatever anybody remembers."""
    writer.link.counts = Counts()
    there = await writer.term_statistics(TERMS)
    assert [await reader.term_statistics(TERMS) for reader in readers] == [there] * len(readers)


async def test_what_stays_the_same_is_not_counted_again(server: FakeWeaviate) -> None:
    """Searches after the second one ask for no numbers."""
    await filled(server)
    async with open_store(options_of(server)) as store:
        query = [FieldQuery(Field.STEMS, ("every", "v1"))]
        for _ in range(2):
            await store.lexical(query, ADMIN, limit=9)
        server.faults.calls.clear()
        await store.synced("handbook")
        await store.touch("handbook", {"handbook:a": "9"})
        assert len(await store.lexical(query, ADMIN, limit=9)) == 2
        assert "Aggregate" not in server.faults.calls


def test_a_state_counts_from_the_second_time_on() -> None:
    """The first reading may have been in the middle of a write; without a mark none counts."""
    editions = Editions()
    first, other = frozenset({"mark"}), frozenset({"mark", "entry"})
    assert editions.seen(first) == UNKNOWN
    number = editions.seen(first)
    assert number == editions.seen(first) != UNKNOWN
    assert editions.seen(other) == UNKNOWN
    assert editions.seen(first) == UNKNOWN
    assert editions.seen(first) not in {number, UNKNOWN}
    assert [editions.seen(frozenset()) for _ in range(3)] == [UNKNOWN] * 3
