"""Bringing the index in line with a source.

List, compare with the manifest, fetch and cut what is new or changed, embed it, put it document by
document, and last delete what is gone. A crash at any moment leaves every document old or new.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter

from footnote.connectors.base import Connector, Document, DocumentError
from footnote.retrieval.embedder import Embedder
from footnote.retrieval.errors import MassDeleteError
from footnote.retrieval.locks import Locks
from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import Field, IndexedDocument, ManifestEntry, PassageStore

Cut = Callable[[Document], tuple[Passage, ...]]
IndexTerms = Callable[[Passage], Mapping[Field, Sequence[str]]]

BATCH = 64
"""Passages that are embedded at once; so many are lost at most when a sync is interrupted."""

_FETCHED_AHEAD = 8
_FEW = 5
"""So few deletions are never a reason to stop and ask."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be read, and why."""

    document_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is.

    Attributes:
        source: The source's name.
        stage: "listing", "indexing" or "deleting".
        done: Documents done in this stage.
        total: Documents of this stage; 0 while listing.
        failed: Documents that could not be read so far.
    """

    source: str
    stage: str
    done: int
    total: int
    failed: int = 0


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, or with `dry_run` what it would do.

    Attributes:
        source: The source's name.
        listed: Documents in the listing.
        new: Documents that the index did not know.
        changed: Documents whose version is another one.
        unchanged: Documents that were left alone.
        deleted: Documents that are gone from the source.
        failed: Documents that could not be read this time.
        passages: Passages that were put.
        seconds: How long it took.
        dry_run: Nothing was written.
    """

    source: str
    listed: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    failed: tuple[Failure, ...] = ()
    passages: int = 0
    seconds: float = 0.0
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    listed: int
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    versions: Mapping[str, str]
    manifest: Mapping[str, ManifestEntry]


@dataclass(frozen=True, slots=True)
class _Ready:
    document: Document
    passages: tuple[Passage, ...]
    terms: tuple[Mapping[Field, Sequence[str]], ...]


class Sync:
    """Syncs sources into one store."""

    def __init__(  # noqa: PLR0913  these are the parts that a sync puts together
        self,
        store: PassageStore,
        embedder: Embedder,
        *,
        cut: Cut,
        index_terms: IndexTerms,
        recipe: str,
        locks: Locks,
        delete_share: float = 0.3,
    ) -> None:
        """Sync into a store.

        Args:
            store: Where documents go.
            embedder: The one that the store is bound to.
            cut: Document to passages; runs in a thread.
            index_terms: Passage to terms; runs in a thread.
            recipe: Names the version of `cut` and `index_terms`; another one indexes anew.
            locks: One sync a source at a time.
            delete_share: A sync that would delete a larger share of a source stops and asks.
        """
        self._store = store
        self._embedder = embedder
        self._cut = cut
        self._index_terms = index_terms
        self._recipe = recipe
        self._locks = locks
        self._delete_share = delete_share

    async def run(
        self,
        connector: Connector,
        source: str,
        *,
        dry_run: bool = False,
        confirm: bool = False,
        progress: Callable[[SyncProgress], None] | None = None,
    ) -> SyncReport:
        """Sync one source.

        Args:
            connector: Reads the source.
            source: Its name.
            dry_run: Only list and compare.
            confirm: Delete however much is gone.
            progress: Called as documents are done.

        Raises:
            SourceError: The listing is not complete; nothing was changed.
            SyncBusyError: Somebody else syncs this source.
            MassDeleteError: Too much is gone; nothing was changed.
            StoreError: The store failed; documents put before stay.
        """
        started = perf_counter()
        tell = progress or (lambda _: None)
        async with self._locks.hold(source):
            tell(SyncProgress(source, "listing", 0, 0))
            plan = await self._plan(connector, source)
            report = SyncReport(
                source,
                listed=plan.listed,
                new=len(plan.new),
                changed=len(plan.changed),
                unchanged=plan.listed - len(plan.new) - len(plan.changed),
                deleted=len(plan.gone),
                dry_run=dry_run,
            )
            if not dry_run:
                if not confirm:
                    self._stop_mass_delete(source, plan)
                passages, failed = await self._index(connector, source, plan, tell)
                await self._delete(source, plan, tell)
                await self._store.synced(source)
                report = replace(report, passages=passages, failed=failed)
        return replace(report, seconds=perf_counter() - started)

    async def _plan(self, connector: Connector, source: str) -> _Plan:
        versions = {ref.id: ref.version async for ref in connector.list()}
        manifest = await self._store.manifest(source)
        stale = [
            document_id
            for document_id, version in versions.items()
            if (entry := manifest.get(document_id)) is None
            or entry.version != version
            or entry.recipe != self._recipe
        ]
        return _Plan(
            listed=len(versions),
            new=tuple(item for item in stale if item not in manifest),
            changed=tuple(item for item in stale if item in manifest),
            gone=tuple(item for item in manifest if item not in versions),
            versions=versions,
            manifest=manifest,
        )

    def _stop_mass_delete(self, source: str, plan: _Plan) -> None:
        known = len(plan.manifest)
        if len(plan.gone) > max(_FEW, self._delete_share * known):
            raise MassDeleteError(source, len(plan.gone), known)

    async def _index(
        self, connector: Connector, source: str, plan: _Plan, tell: Callable[[SyncProgress], None]
    ) -> tuple[int, tuple[Failure, ...]]:
        total = len(plan.new) + len(plan.changed)
        failed: list[Failure] = []
        batch: list[_Ready] = []
        done = passages = 0
        async with aclosing(self._fetched(connector, (*plan.new, *plan.changed))) as fetched:
            async for item in fetched:
                if isinstance(item, Failure):
                    failed.append(item)
                    version = plan.versions[item.document_id]
                    await self._store.put_failure(
                        source, item.document_id, version, self._recipe, item.reason
                    )
                elif self._is_known(item, plan):
                    version = plan.versions[item.id]
                    await self._store.touch(source, {item.id: version})
                else:
                    batch.append(await asyncio.to_thread(self._prepare, item))
                if sum(len(ready.passages) for ready in batch) >= BATCH:
                    passages += await self._put(batch, plan)
                    batch.clear()
                done += 1
                tell(SyncProgress(source, "indexing", done - len(batch), total, len(failed)))
        if batch:
            passages += await self._put(batch, plan)
            tell(SyncProgress(source, "indexing", done, total, len(failed)))
        return passages, tuple(failed)

    async def _fetched(
        self, connector: Connector, document_ids: Sequence[str]
    ) -> AsyncGenerator[Document | Failure, None]:
        """Documents in order, the next ones being fetched while one is worked on."""

        async def fetch(document_id: str) -> Document | Failure:
            try:
                return await connector.fetch(document_id)
            except DocumentError as error:
                return Failure(document_id, error.reason)

        ahead: list[asyncio.Task[Document | Failure]] = []
        try:
            for document_id in document_ids:
                ahead.append(asyncio.create_task(fetch(document_id)))
                if len(ahead) >= _FETCHED_AHEAD:
                    yield await ahead.pop(0)
            while ahead:
                yield await ahead.pop(0)
        finally:
            for task in ahead:
                task.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)

    def _is_known(self, document: Document, plan: _Plan) -> bool:
        entry = plan.manifest.get(document.id)
        return (
            entry is not None
            and entry.recipe == self._recipe
            and entry.content_hash == document.content_hash
        )

    def _prepare(self, document: Document) -> _Ready:
        passages = self._cut(document)
        return _Ready(document, passages, tuple(self._index_terms(item) for item in passages))

    async def _put(self, batch: Sequence[_Ready], plan: _Plan) -> int:
        texts = [passage.searched for ready in batch for passage in ready.passages]
        vectors = await self._embedder.embed(texts)
        first = 0
        for ready in batch:
            last = first + len(ready.passages)
            # The listed version is what the next listing is compared with.
            document = replace(ready.document, version=plan.versions[ready.document.id])
            await self._store.put(
                IndexedDocument(
                    document, ready.passages, vectors[first:last], ready.terms, self._recipe
                )
            )
            first = last
        return first

    async def _delete(self, source: str, plan: _Plan, tell: Callable[[SyncProgress], None]) -> None:
        if plan.gone:
            tell(SyncProgress(source, "deleting", 0, len(plan.gone)))
            await self._store.delete(source, plan.gone)
            tell(SyncProgress(source, "deleting", len(plan.gone), len(plan.gone)))
