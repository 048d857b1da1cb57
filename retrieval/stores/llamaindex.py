"""A store whose nearest passages are found by a vector store of LlamaIndex.

Everything is in the file of the SQLite store, vectors too; the vector store is an index beside it,
which may lack something, or still have what is gone. So what it finds are only candidates: the
file says what of that is there, who may see it, and how near it is. What the vector store does not
have yet is computed from the file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import Hit, IndexedDocument
from footnote.retrieval.stores.fitting import unit
from footnote.retrieval.stores.llamaindex_holding import Holding, InMemory, Kept
from footnote.retrieval.stores.llamaindex_link import VectorLink
from footnote.retrieval.stores.llamaindex_nodes import Place
from footnote.retrieval.stores.llamaindex_options import VectorStoreOptions
from footnote.retrieval.stores.llamaindex_ranking import Asked, Ordinals, all_of, ranked
from footnote.retrieval.stores.sqlite import SqliteStore
from footnote.retrieval.stores.sqlite_schema import BUSY_SECONDS

LEAST = 100
EXTRA = 1.25
"""So many times what is wanted is asked for at first, and no fewer than `LEAST`."""

WIDER = 4
"""So many times more the next time, where too little of that may be seen."""

MOST = 10_000
"""Some vector stores give no more at once; beyond it, the file is asked."""


@asynccontextmanager
async def open_store(path: Path, options: VectorStoreOptions) -> AsyncIterator[LlamaIndexStore]:
    """Open the index in the file `path`, with a vector store beside it.

    Raises:
        StoreError: The file or the vector store cannot be opened.
        IndexMismatchError: The file has a format that this version does not know.
    """
    store = LlamaIndexStore(path, options)
    try:
        await store.open()
        yield store
    finally:
        await store.close()


class LlamaIndexStore(SqliteStore):
    """A `PassageStore` in one file, with a vector store of LlamaIndex for `nearest`.

    Args:
        path: The file.
        options: The vector store.
        busy_seconds: How long a write waits for the writes of another process.
    """

    def __init__(
        self, path: Path, options: VectorStoreOptions, *, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        super().__init__(path, busy_seconds=busy_seconds, holds_vectors=False)
        self._link = VectorLink(options)
        self._holding: Holding = (
            Kept(self._link, self._reader, self._writer)
            if options.keeps
            else InMemory(self._link, self._reader)
        )

    async def open(self) -> None:
        """Open the file and the vector store now; see `open_store`."""
        await super().open()
        await self._holding.open()

    async def close(self) -> None:
        """Release everything; closing twice is fine."""
        await self._link.close()
        await super().close()

    async def nearest(self, vector: Vectors, readers: Readers, *, limit: int) -> list[Hit]:
        """The visible passages with the highest cosine to `vector`."""
        labels, visible = await self._search(lambda memory: memory.visible_labels(readers))
        if not visible or limit <= 0:
            return []
        now = await self._holding.moment()
        asked = Asked(unit(vector, now.dimension), readers, limit, now.newest)
        waiting: Ordinals = dict.fromkeys(now.to_give)
        wanted, more = max(LEAST, int(limit * EXTRA)), now.given
        places: list[Place] = []
        while True:
            if more:
                places, more = await self._holding.query(asked.unit, wanted, labels)
            found = {**_by_revision(places), **waiting}
            hits = await self._ranked(asked, found)
            if len(hits) >= min(limit, visible):
                return hits
            if not more or wanted >= MOST:
                # It lacks something, or leaves invisible passages no room for visible ones.
                return await self._ranked(asked, await self._reader.run(all_of))
            wanted = min(wanted * WIDER, MOST)

    async def _ranked(self, asked: Asked, found: Ordinals) -> list[Hit]:
        best = await self._reader.run(lambda c: ranked(c, asked, found))
        if best.dead:
            await self._holding.bury(best.dead)
        return best.hits

    async def cosines(self, vector: Vectors, passage_ids: Sequence[str]) -> list[float]:
        """The cosine of each of these passages to `vector`, 0.0 for one that is gone."""
        held = await self.vectors(passage_ids)
        if not held.size:
            return [0.0] * len(passage_ids)
        found: list[float] = (held @ unit(vector, held.shape[1])).tolist()
        return found

    async def put(self, indexed: IndexedDocument) -> None:
        """Insert or replace one document, first in the file and then in the vector store.

        Raises:
            StoreError: The file refuses it, and all is as before; or the vector store cannot be
                written, and the next complete sync makes that good.
        """
        await super().put(indexed)
        await self._holding.settle(documents=[indexed.document.id])

    async def delete(self, source: str, document_ids: Collection[str]) -> None:
        """Remove these documents and their manifest entries."""
        await super().delete(source, document_ids)
        await self._holding.settle()

    async def synced(self, source: str) -> None:
        """Give the vector store what it still lacks of a source, and record the sync."""
        await self._holding.settle(source=source)
        await super().synced(source)

    async def clear(self) -> None:
        """Remove everything, the binding to an embedder included, but not the audiences."""
        await super().clear()
        await self._holding.clear()


def _by_revision(places: Sequence[Place]) -> dict[int, Collection[int] | None]:
    found: dict[int, set[int]] = {}
    for place in places:
        found.setdefault(place.revision, set()).add(place.ordinal)
    return dict(found)
