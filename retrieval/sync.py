"""Bringing the index in line with a source.

List completely, compare with the manifest, read what is new or changed, embed it, put it document
by document, then delete what is gone. A document is one unit in the store, so that a crash at any
moment leaves each one old or new; whatever is done is not done again.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from footnote.connectors.base import Connector, CutShortError, SourceError, Watchable
from footnote.retrieval.embedder import Embedder, Vectors
from footnote.retrieval.errors import StoreError, SyncStoppedError
from footnote.retrieval.locks import Locks
from footnote.retrieval.stores.base import IndexedDocument, PassageStore
from footnote.retrieval.sync_embedding import embedded
from footnote.retrieval.sync_plan import UNREAD, Plan, compare
from footnote.retrieval.sync_reading import (
    Cut,
    CutDocument,
    IndexTerms,
    Reader,
    SameDocument,
    UnreadDocument,
)
from footnote.retrieval.sync_report import Failure, Stage, SyncProgress, SyncReport
from footnote.retrieval.sync_tally import Tally, Tell

__all__ = ["Failure", "Stage", "Sync", "SyncProgress", "SyncReport"]

BATCH_PASSAGES = 256
"""About so many passages, of several documents, are embedded in one call."""

HOPELESS = 5
"""After so many documents in a row that cannot be embedded, it is the embedder that is broken."""

LISTING_STEP = 100
"""Progress is told after each so many listed documents."""


class EmbedderBrokenError(Exception):
    """The embedder fails whatever it is given."""


class Sync:
    """Syncs sources into one store.

    Args:
        store: Where documents go.
        embedder: The one that the index belongs to.
        cut: Document to passages; runs in a thread.
        index_terms: Passage to its terms; runs in a thread.
        recipe: Names the version of `cut` and `index_terms`; another one makes every document new.
        locks: So that two syncs of one source never run at once.
        delete_share: A sync that would delete a larger share (0…1) of a source's documents asks.
    """

    def __init__(  # noqa: PLR0913  the parts that a sync puts together
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
        self._store = store
        self._embedder = embedder
        self._cut = cut
        self._index_terms = index_terms
        self._recipe = recipe
        self._locks = locks
        self._delete_share = delete_share

    async def run(  # noqa: PLR0913  each is one wish
        self,
        connector: Connector,
        source: str,
        *,
        documents: Collection[str] | None = None,
        dry_run: bool = False,
        confirm: bool = False,
        progress: Tell | None = None,
    ) -> SyncReport:
        """Sync one source.

        Args:
            connector: Reads the source.
            source: Its name.
            documents: Look at these alone, where the connector can; None for all of them.
            dry_run: Only list and compare; read and write nothing.
            confirm: Delete however much is gone.
            progress: Called on the event loop as the sync gets on.

        Raises:
            SourceError: The listing is not complete; nothing was changed.
            SyncBusyError: This source is being synced already; nothing was changed.
            MassDeleteError: Too much would be deleted; nothing was changed.
            IndexMismatchError: The index belongs to another embedder; nothing was changed.
            SyncStoppedError: The listing was cut short, or the store, the source or the embedder
                broke down on the way; what was done is kept.
        """
        started = time.monotonic()
        tell = progress or _tell_nobody
        if dry_run:
            plan = await self._plan(connector, source, documents, tell)
            return _whole(plan, Tally(plan, tell, started).forecast())
        async with self._locks.hold(source):
            plan = await self._plan(connector, source, documents, tell)
            if not confirm:
                plan.check_deletions(self._delete_share)
            tally = Tally(plan, tell, started)
            try:
                await self._carry_out(connector, plan, tally)
            except (StoreError, SourceError, EmbedderBrokenError) as error:
                raise SyncStoppedError(tally.report(), len(plan.read), str(error)) from error
            return _whole(plan, tally.report())

    async def _plan(
        self, connector: Connector, source: str, documents: Collection[str] | None, tell: Tell
    ) -> Plan:
        tell(SyncProgress(source, Stage.LISTING, 0, 0))
        found = None
        cut_short = ""
        if documents is not None and isinstance(connector, Watchable):
            found = await connector.look(documents)
        if found is None:
            listing, cut_short = await _listing(connector, source, tell)
            about = listing.keys() if cut_short else None
        else:
            listing = {name: version for name, version in found.items() if version is not None}
            about = found.keys()
        known = await self._store.manifest(source)
        plan = compare(source, listing, known, self._recipe, about=about)
        return replace(plan, cut_short=cut_short)

    async def _carry_out(self, connector: Connector, plan: Plan, tally: Tally) -> None:
        if plan.read:
            await self._store.claim(self._embedder.model_id, self._embedder.dimension)
            await self._index(connector, plan, tally)
        if plan.gone:
            tally.tell_deleting()
            await self._store.delete(plan.source, plan.gone)
            tally.deleted = len(plan.gone)
            tally.tell_deleting()
        if plan.complete:
            await self._store.synced(plan.source)

    async def _index(self, connector: Connector, plan: Plan, tally: Tally) -> None:
        reader = Reader(
            connector, plan, cut=self._cut, index_terms=self._index_terms, recipe=self._recipe
        )
        batch: list[CutDocument] = []
        same: dict[str, str] = {}
        tally.tell_indexing()
        async with aclosing(reader.outcomes()) as outcomes:
            async for outcome in outcomes:
                match outcome:
                    case CutDocument():
                        batch.append(outcome)
                    case SameDocument(document_id, version):
                        same[document_id] = version
                    case UnreadDocument():
                        await self._remember(outcome, tally)
                if _size(batch) + len(same) >= BATCH_PASSAGES:
                    await self._write(batch, same, tally)
                    batch, same = [], {}
        await self._write(batch, same, tally)

    async def _remember(self, unread: UnreadDocument, tally: Tally) -> None:
        await self._store.put_failure(
            tally.source, unread.document_id, unread.version, self._recipe, unread.reason
        )
        tally.failed.append(Failure(unread.document_id, unread.reason))
        tally.tell_indexing()

    async def _write(
        self, batch: Sequence[CutDocument], same: dict[str, str], tally: Tally
    ) -> None:
        if same:
            await self._store.touch(tally.source, same)
            tally.unchanged += len(same)
            tally.tell_indexing()
        async with aclosing(embedded(self._embedder, batch, tally.tell_indexing)) as documents:
            async for cut, vectors in documents:
                if isinstance(vectors, Exception):
                    await self._give_up_for_now(cut, vectors, tally)
                else:
                    await self._put(cut, vectors, tally)

    async def _give_up_for_now(self, cut: CutDocument, error: Exception, tally: Tally) -> None:
        tally.not_embedded_in_a_row += 1
        if tally.not_embedded_in_a_row == HOPELESS:
            raise EmbedderBrokenError(f"the embedder fails on every document ({error!r}).")
        reason = f"it cannot be embedded ({error!r})"
        await self._remember(UnreadDocument(cut.document.id, UNREAD, reason), tally)

    async def _put(self, cut: CutDocument, vectors: Vectors, tally: Tally) -> None:
        await self._store.put(
            IndexedDocument(cut.document, cut.passages, vectors, cut.terms, self._recipe)
        )
        if cut.is_new:
            tally.new += 1
        else:
            tally.changed += 1
        tally.passages += len(cut.passages)
        tally.not_embedded_in_a_row = 0
        tally.tell_indexing()


async def _listing(connector: Connector, source: str, tell: Tell) -> tuple[Mapping[str, str], str]:
    """The version of every document of a source, by its id; and why that may not be all, or ""."""
    listing: dict[str, str] = {}
    try:
        async for ref in connector.list():
            listing[ref.id] = ref.version
            if len(listing) % LISTING_STEP == 0:
                tell(SyncProgress(source, Stage.LISTING, len(listing), 0))
    except CutShortError as error:
        return listing, str(error)
    return listing, ""


def _whole(plan: Plan, report: SyncReport) -> SyncReport:
    """The report of a sync that had the whole listing.

    Raises:
        SyncStoppedError: It had not.
    """
    if plan.cut_short:
        raise SyncStoppedError(report, len(plan.read), f"{plan.cut_short} Nothing was deleted.")
    return report


def _size(batch: Sequence[CutDocument]) -> int:
    """Passages of a batch; a document without passages counts as one."""
    return sum(max(1, len(cut.passages)) for cut in batch)


def _tell_nobody(_: SyncProgress) -> None:
    pass
