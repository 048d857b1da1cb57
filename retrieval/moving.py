"""Copying an index from one store to another, without embedding anything again.

Questions go on being answered from the old store, which is only read. What is there already and
the same is passed over, so a move that broke off is gone on with by starting it again; and at the
end every document is read from both and compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from footnote.connectors.base import Document
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.errors import StoreError
from footnote.retrieval.locks import Locks
from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import IndexedDocument, ManifestEntry, PassageStore
from footnote.retrieval.sync_reading import IndexTerms

SIDE_BY_SIDE = 32
"""So many documents are under way at once, which a server can write together."""

ROUNDING = 1e-5
"""So far may the numbers of a unit vector be apart that was made one of length 1 again."""

LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """A document with its passages and their vectors, shape (len(passages), dimension)."""

    document: Document
    passages: tuple[Passage, ...]
    vectors: Vectors


class MovableStore(PassageStore, Protocol):
    """A store that gives back what was put into it."""

    async def whole(self, document_id: str) -> WholeDocument | None:
        """One document with all that search needs but its terms, or None where it is unknown.

        Raises:
            StoreError: The store cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class MoveProgress:
    """How far a move has got.

    Attributes:
        source: The source that is being moved.
        checking: Whether it is being compared, after it was copied.
        done: Documents that are done.
        total: Documents to do.
    """

    source: str
    checking: bool
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class MoveReport:
    """What a move did.

    Attributes:
        copied: Documents that were copied now.
        removed: Documents that were there and are not in the old index.
        documents: Documents that are now in the new index and were found to be the same.
        passages: Their passages.
    """

    copied: int = 0
    removed: int = 0
    documents: int = 0
    passages: int = 0


Tell = Callable[[MoveProgress], None]


class Move:
    """Makes one index the same as another.

    Args:
        old: Where documents come from; only read.
        new: Where they go.
        index_terms: Passage to its terms, as a sync would make them.
        locks: Keep a sync away from a source while it is moved.
        tell: Called as the move gets on.
    """

    def __init__(
        self,
        old: MovableStore,
        new: MovableStore,
        *,
        index_terms: IndexTerms,
        locks: Locks,
        tell: Tell,
    ) -> None:
        self._old = old
        self._new = new
        self._index_terms = index_terms
        self._locks = locks
        self._tell = tell

    async def run(self) -> MoveReport:
        """Copy and compare every source.

        Raises:
            StoreError: A store cannot be read or written, or the two differ at the end.
            IndexMismatchError: The new index belongs to another embedder.
            SyncBusyError: A source is being synced.
        """
        stats = await self._old.stats()
        if not stats.model_id:
            raise StoreError("There is nothing to move yet: run `footnote sync`.")
        await self._new.claim(stats.model_id, stats.dimension)
        report = MoveReport()
        for source in stats.sources:
            async with self._locks.hold(source.source):
                report = await self._move(source.source, report)
                if source.last_sync:
                    await self._new.synced(source.source)
        return report

    async def _move(self, source: str, report: MoveReport) -> MoveReport:
        wanted, there = await asyncio.gather(self._old.manifest(source), self._new.manifest(source))
        gone = there.keys() - wanted.keys()
        if gone:
            await self._new.delete(source, gone)
        missing = {
            key: entry
            for key, entry in wanted.items()
            if key not in there or _told(entry) != _told(there[key])
        }
        await self._each(source, missing, self._copy, checking=False)
        now = await self._new.manifest(source)
        if {key: _told(entry) for key, entry in now.items()} != {
            key: _told(entry) for key, entry in wanted.items()
        }:
            raise StoreError(_differs(source))
        await self._each(source, wanted, self._compare, checking=True)
        indexed = [entry for entry in wanted.values() if entry.passages]
        return MoveReport(
            copied=report.copied + len(missing),
            removed=report.removed + len(gone),
            documents=report.documents + len(wanted),
            passages=report.passages + sum(entry.passages for entry in indexed),
        )

    async def _each(
        self,
        source: str,
        entries: Mapping[str, ManifestEntry],
        work: Callable[[str, ManifestEntry], Awaitable[None]],
        *,
        checking: bool,
    ) -> None:
        """Do something with each document, several side by side."""
        turns = asyncio.Semaphore(SIDE_BY_SIDE)
        done = 0

        async def one(entry: ManifestEntry) -> None:
            nonlocal done
            async with turns:
                await work(source, entry)
            done += 1
            self._tell(MoveProgress(source, checking, done, len(entries)))

        waiting = [asyncio.ensure_future(one(entry)) for entry in entries.values()]
        try:
            await asyncio.gather(*waiting)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _copy(self, source: str, entry: ManifestEntry) -> None:
        whole = await self._old.whole(entry.document_id)
        if whole:
            terms = await asyncio.to_thread(
                lambda: tuple(self._index_terms(passage) for passage in whole.passages)
            )
            # What only an older recipe made must not pass for what the entry's recipe makes.
            recipe = entry.recipe if entry.content_hash else ""
            await self._new.put(
                IndexedDocument(whole.document, whole.passages, whole.vectors, terms, recipe)
            )
        if entry.failure:
            await self._new.put_failure(
                source, entry.document_id, entry.version, entry.recipe, entry.failure
            )
        elif whole and whole.document.version != entry.version:
            await self._new.touch(source, {entry.document_id: entry.version})

    async def _compare(self, source: str, entry: ManifestEntry) -> None:
        old, new = await asyncio.gather(
            self._old.whole(entry.document_id), self._new.whole(entry.document_id)
        )
        if not _same(old, new):
            raise StoreError(_differs(source))


def _told(entry: ManifestEntry) -> ManifestEntry:
    """What of an entry has to be the same in both."""
    return replace(entry, indexed_at=LONG_AGO)


def _same(old: WholeDocument | None, new: WholeDocument | None) -> bool:
    if old is None or new is None:
        return old is new
    return (
        old.document == new.document
        and old.passages == new.passages
        and np.allclose(old.vectors, new.vectors, rtol=0, atol=ROUNDING)
    )


def _differs(source: str) -> str:
    return (
        f"{source} is not the same in both indexes after it was copied: something else writes to "
        "one of them; stop that, and move again."
    )
