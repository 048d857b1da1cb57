"""One question's reading of the index in memory and of its file, which waits for nothing else.

A search has two sides, and looking through the vectors takes twice as long as adding up the terms.
So a second thread begins with the vectors, and the first one helps when it is done with the terms.
Both only read memory, mostly within libraries that let the other one run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Coroutine, Iterable, Sequence
from concurrent.futures import Executor, wait
from typing import Any, TypeVar

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.fusion import Scores
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers
from footnote.retrieval.reading import Keys, Scored
from footnote.retrieval.stores import sqlite_reads
from footnote.retrieval.stores.base import FieldQuery
from footnote.retrieval.stores.sqlite_memory import NOTHING, MemoryIndex

T = TypeVar("T")


class MemoryReading:
    """A `Reading` whose numbers are those of the rows in memory; used by one thread.

    Args:
        memory: The index, in line with the file.
        connection: Reads the file, in the same thread.
        readers: Who will see what is found.
        beside: Helps to look through the vectors.
    """

    def __init__(
        self,
        memory: MemoryIndex,
        connection: sqlite3.Connection,
        readers: Readers,
        beside: Executor,
    ) -> None:
        self._memory = memory
        self._connection = connection
        self._readers = readers
        self._beside = beside
        self._visible = memory.visible(readers)
        self._names = memory.names

    @property
    def ids(self) -> Sequence[str]:
        """The id of each passage."""
        return self._names.ids

    @property
    def documents(self) -> Sequence[str]:
        """The id of each document."""
        return self._names.documents

    def owners(self, keys: Keys) -> Keys:
        """The document of each of these passages."""
        return self._names.owners(keys)

    async def lexical(self, queries: Sequence[FieldQuery], *, limit: int) -> Scored:
        """The visible passages with the highest weighted sum of BM25."""
        return Scored(*self._memory.lexical(queries, self._visible, limit))

    async def nearest(self, vector: Vectors, *, limit: int) -> Scored:
        """The visible passages with the highest cosine to `vector`."""
        return Scored(*self._memory.nearest(vector, self._visible, limit))

    async def both_sides(
        self, queries: Sequence[FieldQuery], vector: Vectors, *, limit: int
    ) -> tuple[Scored, Scored]:
        """What `lexical` and `nearest` find, looked for side by side."""
        search = self._memory.nearest_rows(vector, self._visible, limit)
        if search is None:
            return Scored(*self._memory.lexical(queries, self._visible, limit)), Scored(*NOTHING)
        helped = self._beside.submit(search.help)
        try:
            matched = self._memory.lexical(queries, self._visible, limit)
            search.help()
        finally:
            # Memory may change as soon as this question is over, however it ends.
            if not helped.cancel():
                wait([helped])
        if not helped.cancelled():
            helped.result()
        return Scored(*matched), Scored(*self._memory.nearest_of(search, limit))

    async def cosines(self, vector: Vectors, keys: Keys) -> Scores:
        """The cosine of each of these passages to `vector`."""
        return self._memory.cosines(vector, keys)

    async def vectors(self, keys: Keys) -> Vectors:
        """The vector of each of these passages."""
        return self._memory.vectors(keys)

    async def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """The visible ones of these passages, in the order asked, as the file has them now."""
        return sqlite_reads.passages(self._connection, passage_ids, self._readers)

    async def each(self, works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """What several works give, one after the other."""
        pending = list(works)
        try:
            return [await work for work in pending]
        finally:
            for work in pending:
                work.close()
