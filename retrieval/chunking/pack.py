"""Packing: the pieces of one section into passages of about the same length, with overlap."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from footnote.retrieval.chunking.elements import Kind
from footnote.retrieval.chunking.lines import Span
from footnote.retrieval.chunking.measure import Budget
from footnote.retrieval.chunking.pieces import PROSE, Piece, pieces, units_of
from footnote.retrieval.chunking.sections import Section

_LONGEST_OVERLAP = 1.5
"""A sentence that is by itself longer than the overlap is repeated up to this many times of it."""

_WORD = re.compile(r"\S+")


def pack(section: Section, text: str, budget: Budget, marks: Sequence[int] = ()) -> Iterator[Span]:
    """Spans of a section's passages in order.

    A section that fits is one passage. Else each passage takes pieces until it is as near as can be
    to an equal part of what is left, and begins with the last sentences of the one before it, as
    far as there is room. An overlap that reached back over a mark would put the passage in the
    wrong place; it ends there.

    Args:
        section: What to cut.
        text: The document's text.
        budget: How much a passage may hold.
        marks: Starts of the document's marks in order.

    Yields:
        Trimmed spans with rising starts and ends, which together cover the section's text.
    """
    if budget.fits(section.start, section.end):
        yield section.start, section.end
        return
    queue = pieces(section.elements, text, budget)
    shares = [budget.share(piece.body, piece.end) for piece in queue]
    left = sum(shares)
    first, previous = 0, 0
    while first < len(queue):
        floor = max(queue[previous].start + 1, _last_mark(marks, queue[first].start))
        start = _overlapped(queue[previous:first], queue[first], floor, text, budget)
        last = _end(queue, first, start, left, budget)
        yield start, queue[last - 1].end
        left -= sum(shares[first:last])
        previous, first = first, last


def _end(queue: Sequence[Piece], first: int, start: int, left: float, budget: Budget) -> int:
    """Index after the last piece of the passage that begins with piece `first`."""
    aim = left / max(1, math.ceil(left / budget.room))
    last = first + 1
    taken = budget.share(queue[first].start, queue[first].end)
    while last < len(queue) and budget.fits(start, queue[last].end):
        more = budget.share(queue[first].start, queue[last].end)
        if more - aim > aim - taken:
            break
        taken = more
        last += 1
    return last


def _last_mark(marks: Sequence[int], position: int) -> int:
    index = bisect_right(marks, position)
    return marks[index - 1] if index else 0


def _overlapped(
    before: Sequence[Piece], piece: Piece, floor: int, text: str, budget: Budget
) -> int:
    """Where the passage that begins with a piece starts, its overlap included."""
    for start in reversed(_overlaps(before, piece, floor, text, budget)):
        if budget.fits(start, piece.end):
            return start
    return piece.start


def _overlaps(
    before: Sequence[Piece], piece: Piece, floor: int, text: str, budget: Budget
) -> list[int]:
    """Starts, the nearest first, of sentences or lines from `floor` on that may be repeated."""
    starts: list[int] = []
    if piece.headed:
        return starts
    for each in reversed(before):
        if each.kind is Kind.HTML or not _go_together(each, piece):
            break
        for start, _ in reversed(_units(each, text)):
            words = budget.measure.words(start, piece.start)
            most = budget.overlap_words * (1 if starts else _LONGEST_OVERLAP)
            if start < floor or words > most:
                return starts
            starts.append(start)
    return starts


def _go_together(before: Piece, piece: Piece) -> bool:
    """Whether they are cut from the same element, or both are prose."""
    return before.origin == piece.origin or {before.kind, piece.kind} <= PROSE


def _units(piece: Piece, text: str) -> list[Span]:
    if piece.fragment:
        return [word.span() for word in _WORD.finditer(text, piece.body, piece.end)]
    return units_of(text, piece.body, piece.end, piece.kind)
