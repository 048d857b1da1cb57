"""What can go wrong in retrieval.

RetrievalError            base; its text is one sentence for a person
├── IndexMismatchError    the index was made by another embedder or another version
├── StoreError            the index cannot be read or written
├── SyncBusyError         another process is syncing this source
├── SyncLockLostError     a sync lost the lock of its source and was stopped
├── MassDeleteError       a sync would delete more than the set share
└── SyncStoppedError      a sync broke off on its way; what it did is kept
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnote.retrieval.sync_report import SyncReport


class RetrievalError(Exception):
    """Something that retrieval could not do, said in one sentence."""


class IndexMismatchError(RetrievalError):
    """The index belongs to another embedder or to another format of the index."""


class StoreError(RetrievalError):
    """The store cannot be opened, read or written."""


class SyncBusyError(RetrievalError):
    """Another process holds the lock of this source."""


class SyncLockLostError(RetrievalError):
    """A sync lost the lock of its source and was stopped; what it did is kept."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"Syncing {source} stopped, since its lock was lost; what is done is kept: sync again "
            "when nobody else does."
        )


class MassDeleteError(RetrievalError):
    """A sync would delete more documents than the set share and asks first.

    Attributes:
        source: The source's name.
        deleting: How many documents it would delete.
        known: How many documents of the source the index holds.
    """

    def __init__(self, source: str, deleting: int, known: int) -> None:
        super().__init__(
            f"Syncing {source} would delete {deleting} of its {known} documents; nothing was "
            f"changed: run the sync of {source} again with --confirm if that is right."
        )
        self.source = source
        self.deleting = deleting
        self.known = known


class SyncStoppedError(RetrievalError):
    """A sync broke off on its way; what it did is kept.

    Attributes:
        report: What it did until then.
    """

    def __init__(self, report: SyncReport, total: int, reason: str) -> None:
        super().__init__(
            f"Syncing {report.source} stopped; {report.new + report.changed} of {total} new or "
            f"changed documents are done and kept, and the next sync goes on from there: {reason}"
        )
        self.report = report
