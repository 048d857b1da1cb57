"""What one question reads of an index.

Passages and documents have numbers in a reading, so that hundreds of candidates are scored as
arrays and only what is found needs its name. What is ranked from a reading is ranked alike over
every store: a store that can be searched without waiting has one question worked off in one go, on
a thread of its own, and every other store is asked step by step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.fusion import Scores
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import FieldQuery, Hit, PassageStore

T = TypeVar("T")

Keys = NDArray[np.intp]
"""Numbers of passages, or of documents, in one reading."""


class Scored(NamedTuple):
    """Passages that one side of a search found, each once, in any order.

    Attributes:
        keys: The passages.
        scores: What each has.
    """

    keys: Keys
    scores: Scores


class Names(Protocol):
    """What the numbers stand for."""

    @property
    def ids(self) -> Sequence[str]:
        """The id of each passage."""
        ...

    @property
    def documents(self) -> Sequence[str]:
        """The id of each document."""
        ...

    def owners(self, keys: Keys) -> Keys:
        """The document of each of these passages."""
        ...


class Reading(Names, Protocol):
    """An index as one question reads it, for the readers that it has; see `PassageStore`.

    Every method raises `StoreError` where the store cannot be read.
    """

    async def lexical(self, queries: Sequence[FieldQuery], *, limit: int) -> Scored:
        """The visible passages with the highest weighted sum of BM25."""
        ...

    async def nearest(self, vector: Vectors, *, limit: int) -> Scored:
        """The visible passages with the highest cosine to `vector`."""
        ...

    async def both_sides(
        self, queries: Sequence[FieldQuery], vector: Vectors, *, limit: int
    ) -> tuple[Scored, Scored]:
        """What `lexical` and `nearest` find, looked for side by side."""
        ...

    async def cosines(self, vector: Vectors, keys: Keys) -> Scores:
        """The cosine of each of these passages to `vector`, 0 for one that is gone."""
        ...

    async def vectors(self, keys: Keys) -> Vectors:
        """The vector of each of these passages, zeros for one that is gone."""
        ...

    async def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """The visible ones of these passages, in the order asked."""
        ...

    async def each(self, works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """What several works over this reading give, side by side where they wait."""
        ...


@runtime_checkable
class InProcess(Protocol):
    """What a store may offer beyond a `PassageStore`: to work a whole question off in one go."""

    @property
    def is_in_process(self) -> bool:
        """Whether it can, as it was opened."""
        ...

    async def in_one_go(
        self, readers: Readers, work: Callable[[Reading], Coroutine[Any, Any, T]]
    ) -> T:
        """What `work` gives over a reading for `readers` that never waits.

        The work is done on the store's own thread. Whoever is cancelled meanwhile no longer waits
        for it; what has begun ends by itself, and what has not never begins.

        Raises:
            StoreError: The store cannot be read.
        """
        ...


def finished(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives that never waits.

    Raises:
        RuntimeError: It does.
    """
    try:
        work.send(None)
    except StopIteration as done:
        return cast("T", done.value)
    work.close()
    raise RuntimeError("What is done in one go waited for something.")


class StoreReading:
    """Reads any store, step by step; numbers are given as passages come.

    Args:
        store: The store.
        readers: Who will see what is found.
    """

    def __init__(self, store: PassageStore, readers: Readers) -> None:
        self._store = store
        self._readers = readers
        self._ids: list[str] = []
        self._documents: list[str] = []
        self._owners: list[int] = []
        self._keys: dict[str, int] = {}
        self._numbers: dict[str, int] = {}

    @property
    def ids(self) -> Sequence[str]:
        """The id of each passage that came so far."""
        return self._ids

    @property
    def documents(self) -> Sequence[str]:
        """The id of each document that came so far."""
        return self._documents

    def owners(self, keys: Keys) -> Keys:
        """The document of each of these passages."""
        return np.array(self._owners, np.intp)[keys]

    async def lexical(self, queries: Sequence[FieldQuery], *, limit: int) -> Scored:
        """The visible passages with the highest weighted sum of BM25."""
        return self._scored(await self._store.lexical(queries, self._readers, limit=limit))

    async def nearest(self, vector: Vectors, *, limit: int) -> Scored:
        """The visible passages with the highest cosine to `vector`."""
        return self._scored(await self._store.nearest(vector, self._readers, limit=limit))

    async def both_sides(
        self, queries: Sequence[FieldQuery], vector: Vectors, *, limit: int
    ) -> tuple[Scored, Scored]:
        """What `lexical` and `nearest` find, looked for side by side."""
        return await asyncio.gather(
            self.lexical(queries, limit=limit), self.nearest(vector, limit=limit)
        )

    async def cosines(self, vector: Vectors, keys: Keys) -> Scores:
        """The cosine of each of these passages to `vector`, 0 for one that is gone."""
        return np.array(await self._store.cosines(vector, self._named(keys)), np.float64)

    async def vectors(self, keys: Keys) -> Vectors:
        """The vector of each of these passages, zeros for one that is gone."""
        return await self._store.vectors(self._named(keys))

    async def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """The visible ones of these passages, in the order asked."""
        return await self._store.passages(passage_ids, self._readers)

    async def each(self, works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """What several works give, side by side."""
        return await asyncio.gather(*works)

    def _named(self, keys: Keys) -> list[str]:
        return [self._ids[key] for key in keys.tolist()]

    def _scored(self, hits: Sequence[Hit]) -> Scored:
        keys = [self._key(id_, document) for id_, document, _ in hits]
        scores = [score for _, _, score in hits]
        return Scored(np.array(keys, np.intp), np.array(scores, np.float64))

    def _key(self, id_: str, document: str) -> int:
        if id_ not in self._keys:
            if document not in self._numbers:
                self._numbers[document] = len(self._documents)
                self._documents.append(document)
            self._keys[id_] = len(self._ids)
            self._ids.append(id_)
            self._owners.append(self._numbers[document])
        return self._keys[id_]
