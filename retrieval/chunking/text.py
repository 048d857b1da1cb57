"""Plain text as elements: paragraphs between blank lines."""

from __future__ import annotations

from footnote.retrieval.chunking.elements import Element, Kind
from footnote.retrieval.chunking.lines import is_blank, line_spans, trim


def parse(text: str) -> tuple[Element, ...]:
    """The paragraphs of a plain text, in order, covering all of it."""
    lines = line_spans(text)
    return tuple(
        Element(Kind.PARAGRAPH, *trim(text, lines[first][0], lines[last - 1][1]))
        for first, last in paragraphs(text, lines, 0, len(lines))
    )


def paragraphs(
    text: str, lines: list[tuple[int, int]], first: int, last: int
) -> list[tuple[int, int]]:
    """Ranges [first, last) of lines that stand between blank lines."""
    found = []
    begun: int | None = None
    for index in range(first, last):
        if is_blank(text, *lines[index]):
            if begun is not None:
                found.append((begun, index))
            begun = None
        elif begun is None:
            begun = index
    if begun is not None:
        found.append((begun, last))
    return found
