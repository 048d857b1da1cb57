"""What can go wrong in retrieval.

RetrievalError            base; its text is one sentence for a person
├── IndexMismatchError    the index was made by another embedder or another version
├── StoreError            the index cannot be read or written
├── SyncBusyError         another process is syncing this source
└── MassDeleteError       a sync would delete more than the set share
"""

from __future__ import annotations


class RetrievalError(Exception):
    """Something that retrieval could not do, said in one sentence."""


class IndexMismatchError(RetrievalError):
    """The index belongs to another embedder or to another format of the index."""


class StoreError(RetrievalError):
    """The store cannot be opened, read or written."""


class SyncBusyError(RetrievalError):
    """Another process holds the lock of this source."""


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
