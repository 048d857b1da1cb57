"""How the vector store is kept in step with the file.

One on a server, or on the disk, keeps what it is given, and is shared by processes: the file notes
what it lacks (`llamaindex_ledger.py`), and whoever writes gives it that. One that holds all in
memory belongs to this process alone: it is given what it lacks before each search, never loses
anything, and is made anew when most of what it holds is dead.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Collection, Sequence
from typing import Protocol

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.errors import StoreError
from footnote.retrieval.stores import llamaindex_ledger as ledger
from footnote.retrieval.stores.llamaindex_ledger import Moment
from footnote.retrieval.stores.llamaindex_link import Deletion, VectorLink
from footnote.retrieval.stores.llamaindex_nodes import (
    Place,
    document_name,
    label_name,
    node_name,
    nodes_of,
    place_of,
)
from footnote.retrieval.stores.sqlite_lane import Lane
from footnote.retrieval.stores.sqlite_memory import Label

BATCH = 100
"""So many documents are given to the vector store at a time."""

DEAD_PASSAGES = 2000
"""All is made anew when more passages than this, and than half of the living, are dead."""


class Holding(Protocol):
    """What the store needs of either kind."""

    async def open(self) -> None:
        """Get ready.

        Raises:
            StoreError: The vector store cannot be made or reached.
        """
        ...

    async def moment(self) -> Moment:
        """How far the vector store is behind, before it is asked."""
        ...

    async def query(
        self, unit: Vectors, limit: int, labels: Collection[Label]
    ) -> tuple[list[Place], bool]:
        """The nearest passages that it has, and whether it may have more."""
        ...

    async def settle(self, *, documents: Collection[str] = (), source: str = "") -> None:
        """Bring it in line with what was written of these documents, or of a source.

        Raises:
            StoreError: It cannot be written; a later call goes on from there.
        """
        ...

    async def clear(self) -> None:
        """Empty it, after the file was emptied."""
        ...

    async def bury(self, revisions: Collection[int]) -> None:
        """Take away what was found although it is no more; nothing is raised."""
        ...


class Kept:
    """A vector store that keeps what it is given.

    Args:
        link: The vector store.
        reader: For reading the file.
        writer: For writing it.
    """

    def __init__(self, link: VectorLink, reader: Lane, writer: Lane) -> None:
        self._link = link
        self._reader = reader
        self._writer = writer
        self._index = 0
        self._turn = asyncio.Lock()
        self._waiting: set[str] = set()

    async def open(self) -> None:
        """Make it, and see whether it still has what it was given."""
        fingerprint = self._link.options.fingerprint
        self._index = await self._writer.run(lambda c: ledger.prepare(c, fingerprint))
        await self._link.open()
        now = await self.moment()
        if now.given and await self._is_empty(now.dimension):
            await self._writer.run(ledger.give_all)

    async def _is_empty(self, dimension: int) -> bool:
        any_vector = np.full(dimension, dimension**-0.5, np.float32)
        # What is wrong with it is told by the first search, so that it can be rebuilt meanwhile.
        with contextlib.suppress(StoreError):
            return not await self._link.query(any_vector, 1)
        return False

    async def moment(self) -> Moment:
        """What the file says."""
        return await self._reader.run(ledger.moment)

    async def query(
        self, unit: Vectors, limit: int, labels: Collection[Label]
    ) -> tuple[list[Place], bool]:
        """Ask it for what has one of these labels."""
        names = [label_name(self._index, label) for label in labels]
        found = await self._link.query(unit, limit, names)
        places = (place_of(self._index, name) for name in found)
        return [place for place in places if place is not None], len(found) >= limit

    async def settle(self, *, documents: Collection[str] = (), source: str = "") -> None:
        """Give and take; whoever has the turn does it for all who wait for theirs."""
        self._waiting.update(documents)
        async with self._turn:
            wanted = {*documents, *self._waiting}
            self._waiting.clear()
            lacking = await self._reader.run(
                lambda c: ledger.to_give(c, documents=wanted, source=source)
            )
            for start in range(0, len(lacking), BATCH):
                await self._give(lacking[start : start + BATCH])
            await self._take()

    async def _give(self, revisions: Sequence[int]) -> None:
        held = await self._reader.run(lambda c: ledger.held(c, revisions))
        nodes = [node for one in held for _, node in nodes_of(self._index, one)]
        found_by = await self._link.add(nodes)
        if any(
            not name.endswith(node.node_id) for name, node in zip(found_by, nodes, strict=False)
        ):
            raise StoreError(
                f"The vector store {self._link.options.name} gives passages names of its own, as "
                "those do that hold all in memory: set keeps = false under [llamaindex]."
            )
        await self._writer.run(lambda c: ledger.given(c, revisions))

    async def _take(self) -> None:
        residue = await self._reader.run(ledger.to_take)
        if residue:
            await self._link.delete(self._deletion(*one) for one in residue)
            gone = [revision for revision, _ in residue]
            await self._writer.run(lambda c: ledger.taken(c, gone))

    def _deletion(self, revision: int, passages: int) -> Deletion:
        nodes = (node_name(self._index, Place(revision, place)) for place in range(passages))
        return Deletion(document_name(self._index, revision), tuple(nodes))

    async def clear(self) -> None:
        """Empty it at once where it can, else document by document."""
        async with self._turn:
            if await self._link.clear():
                await self._writer.run(ledger.give_all)
            await self._take()

    async def bury(self, revisions: Collection[int]) -> None:
        """Delete their nodes."""
        with contextlib.suppress(StoreError):
            await self._link.delete(self._deletion(revision, 0) for revision in revisions)


class InMemory:
    """A vector store that holds all in the memory of this process.

    Args:
        link: The vector store.
        reader: For reading the file.
    """

    def __init__(self, link: VectorLink, reader: Lane) -> None:
        self._link = link
        self._reader = reader
        self._turn = asyncio.Lock()
        self._forget()

    def _forget(self) -> None:
        self._seen: int | None = None
        self._places: dict[str, Place] = {}
        self._held: dict[int, int] = {}
        self._newest = 0
        self._dimension = 0

    async def open(self) -> None:
        """Make it; it is filled by the first search."""
        await self._link.open()

    async def moment(self) -> Moment:
        """Give it what it lacks; nothing is left to be given."""
        async with self._turn:
            version = await self._reader.run(_version)
            if version != self._seen:
                await self._follow()
                self._seen = version
        return Moment(self._dimension, self._newest, (), given=bool(self._places))

    async def _follow(self) -> None:
        dimension = await self._reader.run(ledger.dimension)
        there = await self._reader.run(ledger.living)
        dead = len(self._places) - sum(
            passages for revision, passages in self._held.items() if revision in there
        )
        living = sum(there.values())
        if dimension != self._dimension or dead > max(DEAD_PASSAGES, living // 2):
            self._forget()
            await self._link.remake()
        self._dimension = dimension
        new = [revision for revision in there if revision not in self._held]
        for start in range(0, len(new), BATCH):
            await self._give(new[start : start + BATCH])
        self._newest = max(there, default=0)

    async def _give(self, revisions: Sequence[int]) -> None:
        held = await self._reader.run(lambda c: ledger.held(c, revisions))
        pairs = [pair for one in held for pair in nodes_of(0, one)]
        found_by = await self._link.add([node for _, node in pairs])
        self._places.update(zip(found_by, (place for place, _ in pairs), strict=True))
        self._held.update((one.revision, len(one.vectors)) for one in held)

    async def query(
        self, unit: Vectors, limit: int, labels: Collection[Label]
    ) -> tuple[list[Place], bool]:
        """Ask it for what has one of these labels."""
        names = [label_name(0, label) for label in labels]
        found = await self._link.query(unit, limit, names)
        places = (self._places.get(name) for name in found)
        return [place for place in places if place is not None], len(found) >= limit

    async def settle(self, *, documents: Collection[str] = (), source: str = "") -> None:
        """Nothing: the next search gives it what it lacks."""

    async def clear(self) -> None:
        """Nothing: the next search makes it anew."""

    async def bury(self, revisions: Collection[int]) -> None:
        """Nothing: what is dead goes when all is made anew."""


def _version(connection: sqlite3.Connection) -> int:
    """Differs after each commit of another connection."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
