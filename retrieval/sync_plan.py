"""What a sync has to do: a listing compared with the manifest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from footnote.connectors.base import DocumentRef
from footnote.retrieval.errors import MassDeleteError
from footnote.retrieval.stores.base import ManifestEntry
from footnote.retrieval.sync_report import Failure

UNREAD = ""
"""The version of a document whose reading failed by chance: no listing has it, so it is retried."""

FEW_DELETIONS = 5
"""So few documents may always be deleted without asking."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one source.

    Attributes:
        source: The source's name.
        listed: How many documents the listing has.
        read: What is to be fetched; what failed by chance before comes last, so that it can
            never keep the others waiting.
        gone: Ids of documents that the index knows and the listing does not.
        unchanged: How many documents are indexed in the listed version.
        failed: Documents whose listed version is known to be unreadable, or whose id is no text.
        known: The manifest.
        complete: Whether the listing has all documents of the source.
        cut_short: Why the listing ended before all documents were listed, or "".
    """

    source: str
    listed: int
    read: tuple[DocumentRef, ...]
    gone: tuple[str, ...]
    unchanged: int
    failed: tuple[Failure, ...]
    known: Mapping[str, ManifestEntry]
    complete: bool = True
    cut_short: str = ""

    @property
    def new(self) -> int:
        """How many of the documents to be read are not indexed yet."""
        return sum(not self.is_indexed(ref.id) for ref in self.read)

    def is_indexed(self, document_id: str) -> bool:
        """Whether there is content of this document, of whatever version."""
        entry = self.known.get(document_id)
        return entry is not None and bool(entry.content_hash or entry.passages)

    def check_deletions(self, share: float) -> None:
        """Make sure that not too much would be deleted.

        Args:
            share: Of the known documents, how many may be deleted without asking (0…1).

        Raises:
            MassDeleteError: It is more, and more than a few.
        """
        gone = len(self.gone)
        if gone > FEW_DELETIONS and gone > share * len(self.known):
            raise MassDeleteError(self.source, gone, len(self.known))


def compare(
    source: str,
    listing: Mapping[str, str],
    known: Mapping[str, ManifestEntry],
    recipe: str,
    *,
    about: Collection[str] | None = None,
) -> Plan:
    """Compare a listing with the manifest of its source.

    A document is left alone when it was last read in the listed version and with this recipe,
    whether that went well or not.

    Args:
        source: The source's name.
        listing: The version of each document, by its id.
        known: The manifest.
        recipe: What documents are cut with.
        about: The documents that would be listed if they were there; None for a complete listing.
    """
    complete = about is None
    about = known if about is None else about
    read: list[DocumentRef] = []
    retried: list[DocumentRef] = []
    failed: list[Failure] = []
    unchanged = 0
    for document_id, version in listing.items():
        entry = known.get(document_id)
        if entry and entry.recipe == recipe and entry.version == version != UNREAD:
            if entry.failure:
                failed.append(Failure(document_id, entry.failure))
            else:
                unchanged += 1
        elif not is_unicode(document_id):
            failed.append(Failure(_readable(document_id), "its name is not valid Unicode"))
        elif entry and entry.version == UNREAD:
            retried.append(DocumentRef(document_id, version))
        else:
            read.append(DocumentRef(document_id, version))
    return Plan(
        source=source,
        listed=len(listing),
        read=(*read, *retried),
        gone=tuple(
            document_id
            for document_id in known
            if document_id in about and document_id not in listing
        ),
        unchanged=unchanged,
        failed=tuple(failed),
        known=known,
        complete=complete,
    )


def is_unicode(text: str) -> bool:
    """Whether text can be stored: a lone half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _readable(name: str) -> str:
    return name.encode(errors="backslashreplace").decode()
