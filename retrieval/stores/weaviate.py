"""A store on a Weaviate server, which many replicas share.

Weaviate is reached through the asynchronous client. What it cannot do by itself is done around
it: several objects as one unit (`weaviate_entries.py`), the textbook's BM25
(`weaviate_searching.py`), and text that is matched as it stands (`weaviate_text.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from footnote.connectors.base import Document
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.moving import WholeDocument
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores import weaviate_reads as reads
from footnote.retrieval.stores import weaviate_searching as searching
from footnote.retrieval.stores import weaviate_writes as writes
from footnote.retrieval.stores.base import (
    Field,
    FieldQuery,
    Hit,
    IndexedDocument,
    ManifestEntry,
    StoreStats,
    TermStatistics,
)
from footnote.retrieval.stores.weaviate_link import Link, connected
from footnote.retrieval.stores.weaviate_options import WeaviateOptions
from footnote.retrieval.stores.weaviate_schema import prepare


@asynccontextmanager
async def open_store(options: WeaviateOptions) -> AsyncIterator[WeaviateStore]:
    """Open the index on a server; its collections are made where they are missing.

    Once open, it outlasts the server: while that is away each operation raises, and when it is
    back they go on.

    Raises:
        StoreError: The server cannot be reached, is too old, lets this key in for too little, or
            has a collection of this name that is not Footnote's.
        IndexMismatchError: The index has a format that this version does not know.
    """
    async with connected(options) as link:
        await prepare(link)
        await reads.watch(link)
        yield WeaviateStore(link)


class WeaviateStore:
    """A `PassageStore` on a Weaviate server.

    Args:
        link: Connected, to collections that are prepared.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self._writing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def close(self) -> None:
        """Release the connections; closing twice is fine."""
        await self.link.close()

    async def lexical(
        self, queries: Sequence[FieldQuery], readers: Readers, *, limit: int
    ) -> list[Hit]:
        """The visible passages with the highest weighted sum of BM25."""
        return await searching.lexical(self.link, queries, readers, limit)

    async def nearest(self, vector: Vectors, readers: Readers, *, limit: int) -> list[Hit]:
        """The visible passages with the highest cosine to `vector`."""
        return await searching.nearest(self.link, vector, readers, limit)

    async def cosines(self, vector: Vectors, passage_ids: Sequence[str]) -> list[float]:
        """The cosine of each of these passages to `vector`, 0.0 for one that is gone."""
        return await searching.cosines(self.link, vector, passage_ids)

    async def vectors(self, passage_ids: Sequence[str]) -> Vectors:
        """The vector of each of these passages, zeros for one that is gone."""
        return await searching.vectors(self.link, passage_ids)

    async def term_statistics(
        self, terms: Collection[str], *, field: Field = Field.STEMS
    ) -> TermStatistics:
        """N, document frequencies and mean length for textbook BM25."""
        return await searching.term_statistics(self.link, terms, field)

    async def passages(self, passage_ids: Sequence[str], readers: Readers) -> list[Passage]:
        """The visible ones of these passages, in the order asked."""
        return await reads.passages(self.link, passage_ids, readers)

    async def document(self, document_id: str, readers: Readers) -> Document | None:
        """One document with its text, or None where it is unknown or invisible."""
        return await reads.document(self.link, document_id, readers)

    async def whole(self, document_id: str) -> WholeDocument | None:
        """One document with its passages and vectors, for whoever moves the index elsewhere."""
        return await reads.whole(self.link, document_id)

    async def put(self, indexed: IndexedDocument) -> None:
        """Insert or replace one document with all that belongs to it, manifest included."""
        async with self._turn(indexed.document.id):
            await writes.put(self.link, indexed)

    async def put_failure(
        self, source: str, document_id: str, version: str, recipe: str, reason: str
    ) -> None:
        """Remember that this version of a document cannot be read; what was indexed stays."""
        async with self._turn(document_id):
            await writes.put_failure(self.link, source, document_id, version, recipe, reason)

    async def touch(self, source: str, versions: Mapping[str, str]) -> None:
        """Set new versions of documents whose content is the same."""
        await writes.touch(self.link, source, versions)

    async def delete(self, source: str, document_ids: Collection[str]) -> None:
        """Remove these documents and their manifest entries."""
        await writes.delete(self.link, source, document_ids)

    async def manifest(self, source: str) -> dict[str, ManifestEntry]:
        """Every manifest entry of a source, by document id."""
        return await reads.manifest(self.link, source)

    async def set_audiences(self, audiences: Mapping[str, frozenset[str]]) -> None:
        """Set who may see each source; one that is not named, unrestricted readers alone."""
        await writes.set_audiences(self.link, audiences)

    async def synced(self, source: str) -> None:
        """Record that the source was just synced completely."""
        await writes.synced(self.link, source)

    async def claim(self, model_id: str, dimension: int) -> None:
        """Bind an empty index to an embedder."""
        await writes.claim(self.link, model_id, dimension)

    async def clear(self) -> None:
        """Remove everything, the binding to an embedder included, but not the audiences."""
        await writes.clear(self.link)

    async def stats(self) -> StoreStats:
        """Counts for `footnote status`."""
        return await reads.stats(self.link)

    def _turn(self, document_id: str) -> asyncio.Lock:
        """The lock of a document, for as long as anybody holds or awaits it."""
        return self._writing.setdefault(document_id, asyncio.Lock())
