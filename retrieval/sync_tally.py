"""What a sync in progress has done so far."""

from __future__ import annotations

import time
from collections.abc import Callable

from footnote.retrieval.sync_plan import Plan
from footnote.retrieval.sync_report import Stage, SyncProgress, SyncReport

Tell = Callable[[SyncProgress], None]


class Tally:
    """Counts what is done, tells how far it is, and reports at the end.

    Args:
        plan: What is to be done.
        tell: Told the progress.
        started: When the sync began, by `time.monotonic`.

    Attributes:
        new: Documents indexed for the first time so far.
        changed: Documents indexed anew so far.
        unchanged: Documents found to be what is indexed so far.
        deleted: Documents deleted so far.
        passages: Passages put so far.
        failed: Documents that cannot be read.
        not_embedded_in_a_row: Documents since the last one that could be embedded.
    """

    def __init__(self, plan: Plan, tell: Tell, started: float) -> None:
        self._plan = plan
        self._tell = tell
        self._started = started
        self.new = 0
        self.changed = 0
        self.unchanged = plan.unchanged
        self.deleted = 0
        self.passages = 0
        self.failed = list(plan.failed)
        self.not_embedded_in_a_row = 0
        self._embedded = 0

    @property
    def source(self) -> str:
        """The source's name."""
        return self._plan.source

    def tell_indexing(self, embedded: int = 0) -> None:
        """Tell how far the indexing is; `embedded` counts passages that are not yet put."""
        self._embedded = max(self._embedded, self.passages + embedded)
        at_first = self._plan.unchanged + len(self._plan.failed)
        done = self.new + self.changed + self.unchanged + len(self.failed) - at_first
        self._tell(
            SyncProgress(
                self.source,
                Stage.INDEXING,
                done,
                len(self._plan.read),
                failed=len(self.failed),
                passages=self._embedded,
            )
        )

    def tell_deleting(self) -> None:
        """Tell how far the deleting is."""
        gone = len(self._plan.gone)
        self._tell(SyncProgress(self.source, Stage.DELETING, self.deleted, gone, len(self.failed)))

    def report(self) -> SyncReport:
        """What was done so far."""
        return SyncReport(
            source=self.source,
            listed=self._plan.listed,
            new=self.new,
            changed=self.changed,
            unchanged=self.unchanged,
            deleted=self.deleted,
            failed=tuple(self.failed),
            passages=self.passages,
            seconds=time.monotonic() - self._started,
        )

    def forecast(self) -> SyncReport:
        """What would be done, as far as it can be told without reading."""
        new = self._plan.new
        return SyncReport(
            source=self.source,
            listed=self._plan.listed,
            new=new,
            changed=len(self._plan.read) - new,
            unchanged=self.unchanged,
            deleted=len(self._plan.gone),
            failed=tuple(self.failed),
            seconds=time.monotonic() - self._started,
            dry_run=True,
        )
