"""The Connector seam: what a source lists, and one document as it is fetched.

Errors:

    ConnectorError            base; its text is one sentence for a person
    ├── SourceError           the source as a whole cannot be listed: nothing may be deleted
    │   └── CutShortError     it was listed in part, and what was listed stands
    └── DocumentError         one document cannot be read: it is skipped and reported by name
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable


class ConnectorError(Exception):
    """Something that a connector could not do, said in one sentence."""


class SourceError(ConnectorError):
    """The source cannot be listed completely, so no deletion may be derived from it."""


class CutShortError(SourceError):
    """There may be more documents than were listed: those are read, and nothing is deleted."""


class DocumentError(ConnectorError):
    """One document cannot be read.

    Args:
        document_id: Which one.
        reason: Why, as the end of a sentence: "it is encrypted".
    """

    def __init__(self, document_id: str, reason: str) -> None:
        super().__init__(f"{document_id}: {reason}")
        self.document_id = document_id
        self.reason = reason


class Syntax(StrEnum):
    """How a document's text is structured, which decides how it is cut into passages."""

    MARKDOWN = "markdown"
    RST = "rst"
    TEXT = "text"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Mark:
    """A named position in a document that its syntax does not show, such as a PDF's page.

    Attributes:
        start: Character offset in the document's text where the place begins.
        anchor: URL fragment that opens there, without "#": "page=3".
        label: What a person calls it: "page 3".
        url: Where the place has an address of its own, as a message of a chat: that address.
    """

    start: int
    anchor: str
    label: str
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """One line of a listing.

    Attributes:
        id: `source:path-or-key`, stable for the life of the document.
        version: Changes whenever the document may have changed; cheap to get. "" where it cannot
            be had today: the document is then tried at each sync.
    """

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document as text, ready to be cut.

    Attributes:
        id: `source:path-or-key`.
        source: The name of the configured source.
        version: The version that was fetched, as a listing would give it.
        text: The whole text; passages are spans of exactly this string.
        title: What a person calls the document.
        syntax: How the text is structured.
        url: Where a person can open it, or None.
        author: Who wrote it, if known.
        modified_at: When it last changed (aware), if known.
        restrictions: Labels of those who may read it beyond the source's audience, or None
            where the document adds no restriction of its own; empty where it is restricted to
            people who have no label, which leaves admins.
        marks: Positions that the syntax does not show, in order of `start`.
    """

    id: str
    source: str
    version: str
    text: str
    title: str
    syntax: Syntax = Syntax.MARKDOWN
    url: str | None = None
    author: str | None = None
    modified_at: datetime | None = None
    restrictions: frozenset[str] | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def content_hash(self) -> str:
        """Hex digest over everything that a reader sees or that decides who may see it."""
        parts = (
            self.text,
            self.title,
            self.syntax,
            self.url or "",
            self.author or "",
            repr(self.marks),
            "*" if self.restrictions is None else ",".join(sorted(self.restrictions)),
            *(mark.url for mark in self.marks if mark.url),
        )
        return hashlib.blake2b("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Connector(Protocol):
    """A source of documents."""

    def list(self) -> AsyncIterator[DocumentRef]:
        """Every document of the source, without reading any document's content.

        Raises:
            CutShortError: There may be more, after all that could be listed; the sync reads what
                it was given and deletes nothing.
            SourceError: There is no listing to go by; the sync then changes nothing.
        """
        ...

    async def fetch(self, document_id: str) -> Document:
        """One document as text.

        Raises:
            DocumentError: It cannot be read; the sync goes on with the others.
        """
        ...


@dataclass(frozen=True, slots=True)
class Changed:
    """What may have changed in a source.

    Attributes:
        documents: The ids of documents that may have changed, come or gone.
        everything: Whether more may have changed than that, so that it takes a listing to tell.
    """

    documents: frozenset[str] = frozenset()
    everything: bool = False

    def __or__(self, other: Changed) -> Changed:
        """What may have changed in all."""
        return Changed(self.documents | other.documents, self.everything or other.everything)

    def __bool__(self) -> bool:
        """Whether anything may have."""
        return self.everything or bool(self.documents)


EVERYTHING = Changed(everything=True)


@runtime_checkable
class Watchable(Protocol):
    """A connector that tells by itself when something changes."""

    def watch(self) -> AsyncGenerator[Changed, None] | None:
        """What changes, soon after it did, for ever; None where the settings want no watching.

        The first is everything, as soon as no later change can be missed.

        Raises:
            SourceError: It cannot be watched (any more).
        """
        ...

    async def look(self, document_ids: Collection[str]) -> Mapping[str, str | None] | None:
        """The version of each of these documents now, as a listing would give it.

        Returns:
            By the document's id its version, or None where it is surely gone; None in all where
            only a complete listing can tell.

        Raises:
            SourceError: The source cannot be read.
        """
        ...


@runtime_checkable
class Remembering(Protocol):
    """What a connector may be besides: one that keeps something between syncs."""

    def remember_in(self, folder: Path) -> None:
        """Keep it in this folder, which is the source's own.

        The folder need not be there yet, and all of it may be lost or be another replica's: a
        sync then takes longer and comes to the same.
        """
        ...
