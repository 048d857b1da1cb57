"""Cutting a stream of text into finished blocks.

A block is a sentence, a list item, a table, a heading or a code fence. A block is finished when
nothing that may still come can change it; citation markers behind a full stop belong to the
sentence before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from footnote.bot.markdown import FENCE, HEADING, LIST_ITEM
from footnote.retrieval.chunking.sentences import sentence_spans

_LEADING_SPACE = re.compile(r"\s*")
_MARKERS = re.compile(r"\s*(?:\[\d+(?:\s*[,;]\s*\d+)*\]\s*)+")
_OPEN_MARKERS = re.compile(r"\s*(?:\[[\d\s,;]*\]?\s*)*")
_PARAGRAPH_END = re.compile(
    r"\n(?=[ \t]*\n|[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]|#{1,6}[ \t]|[ \t]*(?:```|~~~|\|))"
)
_UNDECIDED = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)]?|#{1,6}|`{1,2}|~{1,2})?")

_LINE_BLOCKS = (
    (re.compile(r"[ \t]*\|"), re.compile(r"\n(?![ \t]*\|)")),
    (LIST_ITEM, re.compile(r"\n(?![ \t]+[^\s\-*+\d])")),
    (HEADING, re.compile(r"\n")),
)
"""How a table, a list item and a heading open, and the line break at which each ends."""


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A finished block as the generator wrote it.

    Attributes:
        text: Its Markdown.
        gap: The white space before it.
        code: True for a code fence, in which nothing is a citation.
    """

    text: str
    gap: str
    code: bool = False


class BlockSplitter:
    """Takes pieces and gives back each block as soon as it is finished."""

    def __init__(self) -> None:
        self._buffer = ""

    def feed(self, piece: str) -> list[RawBlock]:
        """The blocks that this piece finishes."""
        self._buffer += piece
        return list(self._take(final=False))

    def finish(self) -> list[RawBlock]:
        """The blocks that are left when the stream has ended."""
        return list(self._take(final=True))

    def _take(self, *, final: bool) -> Iterator[RawBlock]:
        while True:
            gap = _LEADING_SPACE.match(self._buffer).group()  # type: ignore[union-attr]  # matches ""
            # Leading spaces of a line tell a nested list item from an outer one.
            indent = gap[gap.rfind("\n") + 1 :] if "\n" in gap else ""
            start = len(gap) - len(indent)
            rest = self._buffer[start:]
            end = self._end(rest, final=final)
            if not end:
                return
            text = rest[:end].rstrip()
            # The white space behind it is the next block's gap.
            self._buffer = rest[len(text) or end :]
            if text:
                yield RawBlock(text, gap[:start], code=FENCE.match(text) is not None)

    def _end(self, rest: str, *, final: bool) -> int:
        """Where the first block of `rest` ends, or 0 while it may still go on."""
        if not rest.strip() or (not final and _UNDECIDED.fullmatch(rest)):
            return 0
        if fence := FENCE.match(rest):
            return _fence_end(rest, fence.group(1), final=final)
        for opening, border in _LINE_BLOCKS:
            if opening.match(rest):
                return _line_block_end(rest, border, final=final)
        return _sentence_end(rest, final=final)


def _fence_end(rest: str, fence: str, *, final: bool) -> int:
    closing = re.compile(rf"\n[ \t]*{re.escape(fence)}{re.escape(fence[0])}*[ \t]*(\n|$)")
    found = closing.search(rest)
    if found and (final or found.group(1)):
        return found.end()
    return len(rest) if final else 0


def _line_block_end(rest: str, border: re.Pattern[str], *, final: bool) -> int:
    """The end of a block that ends where the next line no longer belongs to it."""
    for found in border.finditer(rest):
        following = rest[found.end() :]
        if final or following.strip(" \t"):
            return found.end()
    return len(rest) if final else 0


def _sentence_end(rest: str, *, final: bool) -> int:
    border = _PARAGRAPH_END.search(rest)
    paragraph = rest[: border.start()] if border else rest
    whole = final or border is not None
    spans = sentence_spans(paragraph)
    if not spans:
        return len(paragraph) if whole else 0
    end = spans[0][1]
    if markers := _MARKERS.match(paragraph, end):
        end = markers.end()
    remainder = paragraph[end:]
    if not remainder.strip():
        return max(len(paragraph), 1) if whole else 0
    if not whole and _OPEN_MARKERS.fullmatch(remainder):
        return 0
    return end
