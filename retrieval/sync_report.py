"""What a sync tells: how far it is, and at the end what it did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What a sync is doing."""

    LISTING = "listing"
    INDEXING = "indexing"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is.

    Attributes:
        source: The source's name.
        stage: What it is doing.
        done: How many documents it has done in this stage.
        total: How many there are to do in this stage; 0 while that is not known.
        failed: How many documents could not be read so far.
        passages: How many passages were embedded so far.
    """

    source: str
    stage: Stage
    done: int
    total: int
    failed: int = 0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be read; what was indexed of it before is still there.

    Attributes:
        document_id: Which one.
        reason: Why, as the end of a sentence: "it is encrypted".
    """

    document_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, or would do.

    Attributes:
        source: The source's name.
        listed: Documents in the listing; the sum of new, changed, unchanged and failed.
        new: Documents that were indexed for the first time.
        changed: Documents that were indexed anew.
        unchanged: Documents whose content is what was indexed.
        deleted: Documents that are no longer listed, and were removed.
        failed: Listed documents that cannot be read, those known from earlier syncs included.
        passages: Passages that were put into the index.
        seconds: How long it took.
        dry_run: True where nothing was read or written, and the counts are what would be done.
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
