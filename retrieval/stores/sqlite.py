"""The default store: one SQLite file, searched in memory.

Writes happen on one thread and reads on another, each with its own connection, so that the event
loop never waits for the disk, and searching never waits for a sync. A search is handed to the
reading thread as a whole, and comes back done; a third thread helps to look through the vectors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from footnote.connectors.base import Document
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.moving import WholeDocument
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers
from footnote.retrieval.reading import Reading, finished
from footnote.retrieval.stores import sqlite_reads, sqlite_whole, sqlite_writes
from footnote.retrieval.stores.base import (
    Field,
    FieldQuery,
    Hit,
    IndexedDocument,
    ManifestEntry,
    StoreStats,
    TermStatistics,
)
from footnote.retrieval.stores.sqlite_lane import Lane
from footnote.retrieval.stores.sqlite_memory import MemoryIndex
from footnote.retrieval.stores.sqlite_reading import MemoryReading
from footnote.retrieval.stores.sqlite_schema import BUSY_SECONDS

T = TypeVar("T")


@asynccontextmanager
async def open_store(path: Path) -> AsyncIterator[SqliteStore]:
    """Open the index in the file `path`, which is made, with its folder, where it is missing.

    Raises:
        StoreError: The file cannot be opened, is damaged, or belongs to another program.
        IndexMismatchError: The file has a format that this version does not know.
    """
    store = SqliteStore(path)
    try:
        await store.open()
        yield store
    finally:
        await store.close()


class SqliteStore:
    """A `PassageStore` in one file, good to about 300,000 passages.

    Args:
        path: The file.
        busy_seconds: How long a write waits for the writes of another process.
        holds_vectors: Whether vectors are held in memory, as `nearest` and `cosines` need them.
    """

    def __init__(
        self, path: Path, *, busy_seconds: float = BUSY_SECONDS, holds_vectors: bool = True
    ) -> None:
        self._path = path
        self._holds_vectors = holds_vectors
        self._writer = Lane("index-writer", path, busy_seconds)
        self._reader = Lane("index-reader", path, busy_seconds)
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index-vectors")
        self._memory: MemoryIndex | None = None

    async def open(self) -> None:
        """Open the file now, so that what is wrong with it shows now; see `open_store`."""
        await self._writer.run(lambda _: None)

    async def close(self) -> None:
        """Release files, connections and threads; closing twice is fine."""
        await self._reader.close()
        self._beside.shutdown(wait=False)
        await self._writer.close()

    @property
    def is_in_process(self) -> bool:
        """Whether all that a search needs is in memory or in the file."""
        return self._holds_vectors

    async def in_one_go(
        self, readers: Readers, work: Callable[[Reading], Coroutine[Any, Any, T]]
    ) -> T:
        """What `work` gives over a reading for `readers` that never waits; see `InProcess`."""

        def done(connection: sqlite3.Connection) -> T:
            memory = self._follow(connection)
            return finished(work(MemoryReading(memory, connection, readers, self._beside)))

        return await self._reader.run(done)

    async def lexical(
        self, queries: Sequence[FieldQuery], readers: Readers, *, limit: int
    ) -> list[Hit]:
        """The visible passages with the highest weighted sum of BM25."""

        def found(memory: MemoryIndex) -> list[Hit]:
            return memory.names.hits(*memory.lexical(queries, memory.visible(readers), limit))

        return await self._search(found)

    async def nearest(self, vector: Vectors, readers: Readers, *, limit: int) -> list[Hit]:
        """The visible passages with the highest cosine to `vector`."""

        def found(memory: MemoryIndex) -> list[Hit]:
            return memory.names.hits(*memory.nearest(vector, memory.visible(readers), limit))

        return await self._search(found)

    async def cosines(self, vector: Vectors, passage_ids: Sequence[str]) -> list[float]:
        """The cosine of each of these passages to `vector`, 0.0 for one that is gone."""

        def found(memory: MemoryIndex) -> list[float]:
            cosines: list[float] = memory.cosines(vector, memory.rows_of(passage_ids)).tolist()
            return cosines

        return await self._search(found)

    async def vectors(self, passage_ids: Sequence[str]) -> Vectors:
        """The vector of each of these passages, zeros for one that is gone."""
        if self._holds_vectors:
            return await self._search(lambda m: m.vectors(m.rows_of(passage_ids)))
        return await self._reader.run(lambda c: sqlite_reads.vectors(c, passage_ids))

    async def term_statistics(
        self, terms: Collection[str], *, field: Field = Field.STEMS
    ) -> TermStatistics:
        """N, document frequencies and mean length for textbook BM25."""
        return await self._search(lambda memory: memory.term_statistics(terms, field))

    async def passages(self, passage_ids: Sequence[str], readers: Readers) -> list[Passage]:
        """The visible ones of these passages, in the order asked."""
        return await self._reader.run(lambda c: sqlite_reads.passages(c, passage_ids, readers))

    async def document(self, document_id: str, readers: Readers) -> Document | None:
        """One document with its text, or None where it is unknown or invisible."""
        return await self._reader.run(lambda c: sqlite_reads.document(c, document_id, readers))

    async def whole(self, document_id: str) -> WholeDocument | None:
        """One document with its passages and vectors, for whoever moves the index elsewhere."""
        return await self._reader.run(lambda c: sqlite_whole.whole(c, document_id))

    async def put(self, indexed: IndexedDocument) -> None:
        """Insert or replace one document with all that belongs to it, manifest included."""
        await self._writer.run(lambda c: sqlite_writes.put(c, indexed))

    async def put_failure(
        self, source: str, document_id: str, version: str, recipe: str, reason: str
    ) -> None:
        """Remember that this version of a document cannot be read; what was indexed stays."""
        await self._writer.run(
            lambda c: sqlite_writes.put_failure(c, source, document_id, version, recipe, reason)
        )

    async def touch(self, source: str, versions: Mapping[str, str]) -> None:
        """Set new versions of documents whose content is the same."""
        await self._writer.run(lambda c: sqlite_writes.touch(c, source, versions))

    async def delete(self, source: str, document_ids: Collection[str]) -> None:
        """Remove these documents and their manifest entries."""
        await self._writer.run(lambda c: sqlite_writes.delete(c, source, document_ids))

    async def manifest(self, source: str) -> dict[str, ManifestEntry]:
        """Every manifest entry of a source, by document id."""
        return await self._reader.run(lambda c: sqlite_reads.manifest(c, source))

    async def set_audiences(self, audiences: Mapping[str, frozenset[str]]) -> None:
        """Set who may see each source; one that is not named, unrestricted readers alone."""
        await self._writer.run(lambda c: sqlite_writes.set_audiences(c, audiences))

    async def synced(self, source: str) -> None:
        """Record that the source was just synced completely."""
        await self._writer.run(lambda c: sqlite_writes.synced(c, source))

    async def claim(self, model_id: str, dimension: int) -> None:
        """Bind an empty index to an embedder."""
        await self._writer.run(lambda c: sqlite_writes.claim(c, model_id, dimension))

    async def clear(self) -> None:
        """Remove everything, the binding to an embedder included, but not the audiences."""
        await self._writer.run(sqlite_writes.clear)

    async def stats(self) -> StoreStats:
        """Counts for `footnote status`."""
        return await self._reader.run(lambda c: sqlite_reads.stats(c, self._path))

    async def _search(self, work: Callable[[MemoryIndex], T]) -> T:
        return await self._reader.run(lambda c: work(self._follow(c)))

    def _follow(self, connection: sqlite3.Connection) -> MemoryIndex:
        if self._memory is None:
            self._memory = MemoryIndex(connection, holds_vectors=self._holds_vectors)
        self._memory.refresh()
        return self._memory
