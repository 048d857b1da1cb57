"""Cutting a document into passages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import quote

from footnote.connectors.base import Document, Mark, Syntax
from footnote.retrieval.chunking import code, markdown, rst, text
from footnote.retrieval.chunking.elements import Element
from footnote.retrieval.chunking.lines import line_spans
from footnote.retrieval.chunking.measure import Budget, Measure, TokenSpans
from footnote.retrieval.chunking.pack import pack
from footnote.retrieval.chunking.sections import Section, sections
from footnote.retrieval.embedder import Embedder
from footnote.retrieval.passages import Passage

RECIPE = "passages-1"
"""Names this way of cutting; another name makes every document new to a sync."""

_PARSERS: Mapping[Syntax, Callable[[str], tuple[Element, ...]]] = MappingProxyType(
    {
        Syntax.MARKDOWN: markdown.parse,
        Syntax.RST: rst.parse,
        Syntax.TEXT: text.parse,
        Syntax.CODE: code.parse,
    }
)
MAX_TOKENS = 220
"""Most tokens of what is embedded, however many an embedder reads: longer ones rank no better."""
_BESIDE = 2  # special tokens
_CONTEXT_SHARE = 3
_IN_FRAGMENT = "!$&'()*+,;=:@/?-._~%"


class Cutter:
    """Cuts documents into passages that an embedder can read as a whole.

    Args:
        token_spans: Character spans of a text's tokens, without special tokens.
        max_tokens: Most tokens of what is embedded: the line of context, then the text. A context
            of more than a third of them is counted as a third, so that the text keeps the rest;
            what is embedded is then longer by so much.
        max_words: Most words of a passage's text.
        overlap_words: How many words of a passage may repeat the one before it in its section.

    Raises:
        ValueError: The limits leave no room for new text in a passage.
    """

    def __init__(
        self,
        token_spans: TokenSpans,
        *,
        max_tokens: int = MAX_TOKENS,
        max_words: int = 150,
        overlap_words: int = 20,
    ) -> None:
        if max_tokens < 1 or not 0 <= overlap_words <= max_words // 2:
            raise ValueError(
                "max_tokens must be 1 or more, overlap_words at most half of max_words."
            )
        self._token_spans = token_spans
        self._max_tokens = max_tokens
        self._max_words = max_words
        self._overlap_words = overlap_words

    def cut(self, document: Document) -> tuple[Passage, ...]:
        """The passages of a document in order, which together cover all of its text.

        This is arithmetic on the calling thread: some milliseconds for a page, a second for a
        megabyte.
        """
        measure = Measure(document.text, self._token_spans)
        elements = _PARSERS[document.syntax](document.text)
        places = _Places(document)
        prefix = f"{document.id}#{document.content_hash[:8]}"
        passages: list[Passage] = []
        whole = Budget(measure, self._max_tokens, self._max_words, self._overlap_words)
        for section in sections(elements, whole):
            heading = _without_title(section.heading, document.title)
            budget = self._beside(" > ".join((document.title, *heading)), whole)
            for start, end in pack(section, document.text, budget, places.marks):
                url, place = places.of(start, end, section)
                passages.append(
                    Passage(
                        id=f"{prefix}.{len(passages)}",
                        document_id=document.id,
                        source=document.source,
                        title=document.title,
                        heading=heading,
                        text=document.text[start:end],
                        start=start,
                        end=end,
                        ordinal=len(passages),
                        url=url,
                        place=place,
                        restrictions=document.restrictions,
                    )
                )
        return tuple(passages)

    def _beside(self, context: str, whole: Budget) -> Budget:
        """What is left for a text beside its context."""
        context_tokens = len(self._token_spans(f"{context}\n"))
        taken = min(context_tokens, self._max_tokens // _CONTEXT_SHARE)
        return replace(whole, max_tokens=max(1, self._max_tokens - taken))


def cutter_for(embedder: Embedder) -> Cutter:
    """A cutter whose passages an embedder reads as a whole, its special tokens beside them."""
    return Cutter(
        embedder.token_spans, max_tokens=max(1, min(MAX_TOKENS, embedder.max_tokens - _BESIDE))
    )


class _Places:
    """Links and names of the places in one document.

    Attributes:
        marks: Where its marks begin.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self.marks = [mark.start for mark in document.marks]
        is_code = document.syntax is Syntax.CODE
        self._lines = [start for start, _ in line_spans(document.text)] if is_code else None

    def of(self, start: int, end: int, section: Section) -> tuple[str | None, str]:
        """The URL and the place of a passage.

        The mark before it names the place, else its heading; code is named by its lines.
        """
        mark = self._mark(start, end)
        if mark is not None:
            return mark.url or self._url(mark.anchor or section.anchor), mark.label
        if self._lines is None:
            return self._url(section.anchor), ""
        first, last = bisect_right(self._lines, start), bisect_right(self._lines, end)
        if first == last:
            return self._url(f"L{first}"), f"line {first}"
        return self._url(f"L{first}-L{last}"), f"lines {first}–{last}"  # noqa: RUF001 - a range

    def _mark(self, start: int, end: int) -> Mark | None:
        """The last mark at or before the first letter or digit, markup in front of it skipped."""
        text = self._document.text
        while start < end - 1 and not text[start].isalnum():
            start += 1
        index = bisect_right(self.marks, start)
        return self._document.marks[index - 1] if index else None

    def _url(self, anchor: str) -> str | None:
        """The document's URL at an anchor; one that has a fragment already is left as it is."""
        url = self._document.url
        if url is None or not anchor or "#" in url:
            return url
        return f"{url}#{quote(anchor, safe=_IN_FRAGMENT, errors='replace')}"


def _without_title(heading: tuple[str, ...], title: str) -> tuple[str, ...]:
    """The path without a first heading that only repeats the title."""
    if heading and heading[0].casefold() == " ".join(title.split()).casefold():
        return heading[1:]
    return heading
