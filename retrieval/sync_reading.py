"""The reading half of a sync: documents fetched, compared with what is indexed, and cut."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from footnote.connectors.base import (
    Connector,
    Document,
    DocumentError,
    DocumentRef,
    SourceError,
)
from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import Field
from footnote.retrieval.sync_plan import UNREAD, Plan, is_unicode

READ_AHEAD = 8
"""How many documents are fetched and cut at once, while those before them are embedded."""

Cut = Callable[[Document], tuple[Passage, ...]]
IndexTerms = Callable[[Passage], Mapping[Field, Sequence[str]]]
Terms = tuple[Mapping[Field, Sequence[str]], ...]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CutDocument:
    """A document with new content, ready to be embedded.

    Attributes:
        document: The document.
        passages: Its passages in order.
        terms: For each passage its terms.
        is_new: Nothing of it is indexed yet.
    """

    document: Document
    passages: tuple[Passage, ...]
    terms: Terms
    is_new: bool


@dataclass(frozen=True, slots=True)
class SameDocument:
    """A document whose content is what is indexed already."""

    document_id: str
    version: str


@dataclass(frozen=True, slots=True)
class UnreadDocument:
    """A document that could not be read.

    Attributes:
        document_id: Which one.
        version: The version that is not worth another try, or `UNREAD`.
        reason: Why, as the end of a sentence.
    """

    document_id: str
    version: str
    reason: str


Outcome = CutDocument | SameDocument | UnreadDocument


class Reader:
    """Reads the documents of one plan.

    Args:
        connector: Where from.
        plan: What to read.
        cut: Document to passages; runs in a thread.
        index_terms: Passage to its terms; runs in a thread.
        recipe: The version of both.
    """

    def __init__(
        self, connector: Connector, plan: Plan, *, cut: Cut, index_terms: IndexTerms, recipe: str
    ) -> None:
        self._connector = connector
        self._plan = plan
        self._cut = cut
        self._index_terms = index_terms
        self._recipe = recipe
        self._one_at_a_time = asyncio.Lock()

    async def outcomes(self) -> AsyncGenerator[Outcome, None]:
        """The plan's documents in order; the next ones are read while one is worked on.

        Raises:
            SourceError: The source is gone.
        """
        ahead: deque[asyncio.Task[Outcome]] = deque()
        try:
            for ref in self._plan.read:
                if len(ahead) == READ_AHEAD:
                    yield await ahead.popleft()
                ahead.append(asyncio.create_task(self._read(ref)))
            while ahead:
                yield await ahead.popleft()
        finally:
            for task in ahead:
                task.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)

    async def _read(self, ref: DocumentRef) -> Outcome:
        try:
            document = await self._connector.fetch(ref.id)
            # Cutting is bound by the interpreter's lock, so that two threads would gain nothing.
            async with self._one_at_a_time:
                return await asyncio.to_thread(self._compare_and_cut, ref, document)
        except SourceError:
            raise
        except DocumentError as error:
            return UnreadDocument(ref.id, ref.version, error.reason)
        except Exception as error:  # noqa: BLE001  one document must not stop the rest
            _log.exception("%s could not be read", ref.id)
            return UnreadDocument(ref.id, UNREAD, f"reading it failed unexpectedly ({error!r})")

    def _compare_and_cut(self, ref: DocumentRef, document: Document) -> Outcome:
        self._check(ref, document)
        # The listed version is never newer than the text, even where the document changed since.
        document = replace(document, version=ref.version)
        entry = self._plan.known.get(ref.id)
        if entry and entry.recipe == self._recipe and entry.content_hash == document.content_hash:
            return SameDocument(ref.id, document.version)
        passages = self._cut(document)
        return CutDocument(
            document,
            passages,
            terms=tuple(map(self._index_terms, passages)),
            is_new=not self._plan.is_indexed(ref.id),
        )

    def _check(self, ref: DocumentRef, document: Document) -> None:
        if (document.id, document.source) != (ref.id, self._plan.source):
            raise DocumentError(ref.id, f"another document came in its place ({document.id!r})")
        shown = (document.text, document.title, document.url or "", document.author or "")
        if not all(map(is_unicode, shown)):
            raise DocumentError(ref.id, "its text is not valid Unicode")
