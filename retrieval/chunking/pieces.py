"""Pieces: elements cut until each fits into a passage, whole where they fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote.retrieval.chunking.elements import Element, Kind
from footnote.retrieval.chunking.lines import Span, line_spans, trim
from footnote.retrieval.chunking.measure import Budget
from footnote.retrieval.chunking.sentences import unit_spans

PROSE = frozenset({Kind.PARAGRAPH, Kind.LIST, Kind.ITEM, Kind.QUOTE})
"""Kinds that are made of sentences; the others are made of lines."""

_LEAD = 0.3
"""Most of a passage that headings and an introducing line may take before what they belong to."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A span that fits into one passage and is not parted.

    Attributes:
        start: First character, with the headings and introductions that lead to it.
        body: First character after these.
        end: One past the last character.
        kind: What it is a part of.
        origin: Where the element of the section that it is cut from starts; for code the innermost
            definition, since the end of one says nothing of the next.
        headed: True where a heading leads to it.
        fragment: True where it is less than a sentence or line.
    """

    start: int
    body: int
    end: int
    kind: Kind
    origin: int
    headed: bool = False
    fragment: bool = False


@dataclass(frozen=True, slots=True)
class _Lead:
    start: int
    headed: bool


def pieces(elements: Sequence[Element], text: str, budget: Budget) -> list[Piece]:
    """Cut a section's elements; the pieces in order cover all of their text.

    An element that fits, with the heading or the line ending in a colon that leads to it, is one
    piece. Else it is cut at its parts (items, rows), then at sentences or lines, then at words, and
    a run without spaces at characters.
    """
    return list(_Cut(text, budget).sequence(elements, None, None))


class _Cut:
    def __init__(self, text: str, budget: Budget) -> None:
        self._text = text
        self._budget = budget

    def sequence(
        self, elements: Sequence[Element], lead: _Lead | None, origin: int | None
    ) -> Iterator[Piece]:
        for index, element in enumerate(elements):
            start = lead.start if lead else element.start
            source = origin
            if source is None or element.kind is Kind.CODE:
                source = element.start
            if (
                index + 1 < len(elements)
                and self._introduces(element)
                and self._budget.share(start, element.end) <= _LEAD
            ):
                headed = element.kind is Kind.HEADING or bool(lead and lead.headed)
                lead = _Lead(start, headed)
                continue
            yield from self._element(element, lead, source)
            lead = None

    def _introduces(self, element: Element) -> bool:
        return element.kind is Kind.HEADING or (
            element.kind is Kind.PARAGRAPH and self._text[element.end - 1] == ":"
        )

    def _element(self, element: Element, lead: _Lead | None, origin: int) -> Iterator[Piece]:
        start = lead.start if lead else element.start
        if self._budget.fits(start, element.end):
            headed = element.kind is Kind.HEADING or bool(lead and lead.headed)
            yield Piece(start, element.start, element.end, element.kind, origin, headed)
        elif element.parts:
            yield from self.sequence(element.parts, lead, origin)
        else:
            yield from self._leaf(element, lead, origin)

    def _leaf(self, element: Element, lead: _Lead | None, origin: int) -> Iterator[Piece]:
        units = units_of(self._text, element.start, element.end, element.kind)
        for index, (body, end) in enumerate(units):
            first = lead if index == 0 else None
            start = first.start if first else body
            headed = bool(first and first.headed)
            if self._budget.fits(start, end):
                yield Piece(start, body, end, element.kind, origin, headed)
            else:
                yield from self._unit(Piece(start, body, end, element.kind, origin, headed))

    def _unit(self, whole: Piece) -> Iterator[Piece]:
        """Cut a sentence or a line that does not fit."""
        start, body, headed = whole.start, whole.body, whole.headed
        for end in self._cuts(whole):
            yield Piece(start, body, end, whole.kind, whole.origin, headed, fragment=True)
            start = body = trim(self._text, end, whole.end)[0]
            headed = False

    def _cuts(self, whole: Piece) -> Iterator[int]:
        """Where a unit ends its pieces: after the most words, or characters, that have room."""
        start = whole.start
        fitting: int | None = None
        for word in _WORD.finditer(self._text, whole.body, whole.end):
            if self._has_room(start, word.end()):
                fitting = word.end()
                continue
            if fitting is not None:
                yield fitting
                start = word.start()
            while start < word.end() and not self._has_room(start, word.end()):
                floor = max(start, word.start())
                start = self._within(start, floor, word.end())
                yield start
            fitting = word.end() if start < word.end() else None
        if fitting is not None:
            yield fitting

    def _has_room(self, start: int, end: int) -> bool:
        return self._budget.share(start, end) <= self._budget.room

    def _within(self, start: int, floor: int, end: int) -> int:
        """The last cut between `floor` and `end` that has room, at least one character on."""
        low, high = floor + 1, end
        while low < high:
            middle = (low + high + 1) // 2
            if self._has_room(start, middle):
                low = middle
            else:
                high = middle - 1
        # A token cut in two may count for more than its half.
        while low > floor + 1 and self._too_many(start, low):
            low = max(floor + 1, low - max(1, (low - floor) // 8))
        return low

    def _too_many(self, start: int, end: int) -> bool:
        return self._budget.measure.tokens_alone(start, end) > self._budget.max_tokens


def units_of(text: str, start: int, end: int, kind: Kind) -> list[Span]:
    """Trimmed spans of the sentences of prose, of the lines of anything else."""
    part = text[start:end]
    if kind in PROSE:
        return [(start + first, start + last) for first, last in unit_spans(part)]
    lines = (trim(part, *line) for line in line_spans(part))
    return [(start + first, start + last) for first, last in lines if first < last]
