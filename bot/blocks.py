"""Cutting a stream of text into finished blocks.

A block is a sentence, a list item, a table, a heading or a code fence. A block is finished when
nothing that may still come can change it. Citation markers behind a full stop belong to the
sentence before them, and a sentence is finished once the first word of the next one is complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import IncrementalNewlineDecoder
from typing import Protocol

from footnote.bot.citations import NUMBERS
from footnote.bot.markdown import FENCE, HEADING, LIST_ITEM
from footnote.retrieval.chunking.sentences import sentence_spans

_SPACE = re.compile(r"\s*")
_MARKERS = re.compile(rf"(?:\s*{NUMBERS})+")
_OPEN_MARKER = re.compile(r"\s*\[[\d\s,;\u2013-]*\]?\s*")
_TABLE = re.compile(r"[ \t]*\|")
_FENCE_LINE = re.compile(r"[ \t]*(`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})")
_OPENS_BLOCK = re.compile(r"[^\S\n]*\n|[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]|#{1,6}[ \t]|```|~~~|\|)")
_UNDECIDED = re.compile(r"[^\S\n]*(?:[-*+]|\d{1,3}[.)]?|#{1,6}|`{1,2}|~{1,2})?")

_STOP = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\uff61]")
_WORD_END = re.compile(r"\s|(?<=[\u3002\uff01\uff1f\uff61\]\u300d\u300f\u201d\uff09])\S")
_CODE = re.compile(r"(?<!`)(`+)(?!`)[^\n]+?(?<!`)\1(?!`)")
_LONGEST_CODE = 120
_NEAR = 120
"""How far behind a full stop its sentence may still be found to have ended."""
_WINDOW = 400
"""How much of an endless sentence is looked at."""


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


class _GoesOn(Protocol):
    """Whether a line belongs to the block before it; None while that is open."""

    def __call__(self, line: str, *, final: bool) -> bool | None: ...


class BlockSplitter:
    r"""Takes pieces and gives back each block as soon as it is finished.

    Blocks have "\n" at the end of a line, whether the pieces have that, "\r\n" or "\r".
    """

    def __init__(self) -> None:
        self._line_ends = IncrementalNewlineDecoder(None, translate=True)
        self._gap = ""
        self._rest = ""
        self._read = 0
        self._first = True

    def feed(self, piece: str) -> list[RawBlock]:
        """The blocks that this piece finishes."""
        self._rest += self._line_ends.decode(piece)
        return list(self._take(final=False))

    def finish(self) -> list[RawBlock]:
        """The blocks that are left when the stream has ended."""
        self._rest += self._line_ends.decode("", final=True)
        return list(self._take(final=True))

    def _take(self, *, final: bool) -> Iterator[RawBlock]:
        while self._skip_gap():
            starts_line = self._first or "\n" in self._gap
            end = self._end(final=final, starts_line=starts_line)
            if end is None:
                return
            text = self._rest[:end].rstrip()
            code = starts_line and _FENCE_LINE.match(text) is not None
            block = RawBlock(text, self._gap, code=code)
            # The white space behind it is the next block's gap.
            self._gap, self._rest = "", self._rest[len(text) :]
            self._read, self._first = 0, False
            yield block

    def _skip_gap(self) -> bool:
        """Move white space in front to the gap; False while nothing else is there.

        Leading spaces of a line stay, since they tell a nested list item from an outer one.
        """
        if self._read:
            return True
        space = _SPACE.match(self._gap + self._rest).group()  # type: ignore[union-attr]  # matches ""
        everything = self._gap + self._rest
        start = space.rfind("\n") + 1 or len(space)
        self._gap, self._rest = everything[:start], everything[start:]
        return len(space) < len(everything)

    def _end(self, *, final: bool, starts_line: bool) -> int | None:
        """Where the block ends that the rest begins with, or None while it may still go on."""
        rest = self._rest
        if not starts_line:
            return self._sentence_end(final=final)
        open_fence = FENCE.match(rest) and "\n" not in rest
        if not final and (open_fence or _UNDECIDED.fullmatch(rest)):
            return None
        if fence := _FENCE_LINE.match(rest):
            return self._fence_end(fence.group(1), final=final)
        for opening, goes_on in _LINE_BLOCKS:
            if opening.match(rest):
                return self._lines_end(goes_on, final=final)
        return self._sentence_end(final=final)

    def _fence_end(self, fence: str, *, final: bool) -> int | None:
        closing = re.compile(rf"\n[ \t]*{re.escape(fence)}{re.escape(fence[0])}*[ \t]*(\n|\Z)")
        found = closing.search(self._rest, self._read)
        if found and (final or found.group(1)):
            return found.end()
        self._read = max(self._rest.rfind("\n"), 0)
        return len(self._rest) if final else None

    def _lines_end(self, goes_on: _GoesOn, *, final: bool) -> int | None:
        """The end of a block that ends where the next line no longer belongs to it."""
        rest = self._rest
        while (line_break := rest.find("\n", self._read)) >= 0:
            belongs = goes_on(rest[line_break + 1 : line_break + _NEAR], final=final)
            if belongs is None:
                return None
            if not belongs:
                return line_break
            self._read = line_break + 1
        return len(rest) if final else None

    def _sentence_end(self, *, final: bool) -> int | None:
        """The end of the first sentence of a paragraph.

        It is looked for at the end of each word in turn, so that the answer does not depend on
        the pieces in which the text came.
        """
        rest = self._rest
        for word_end in _WORD_END.finditer(rest, self._read):
            if _may_begin_sentence(rest[max(0, word_end.start() - _NEAR) : word_end.end()]):
                end = _first_end(rest[: word_end.end()])
                if end is not None:
                    return end
            if word_end.group() == "\n":
                following = rest[word_end.end() : word_end.end() + _NEAR]
                if _OPENS_BLOCK.match(following):
                    return _last_end(rest[: word_end.start()])
                if not final and _UNDECIDED.fullmatch(following):
                    self._read = max(self._read, word_end.start())
                    return None
        self._read = len(rest)
        return _last_end(rest) if final else None


def _is_row(line: str, *, final: bool) -> bool | None:
    """Whether a line belongs to the table before it."""
    if not line.strip(" \t"):
        return False if final else None
    return _TABLE.match(line) is not None


def _continues_item(line: str, *, final: bool) -> bool | None:
    """Whether a line belongs to the list item before it."""
    if not line[:1].isspace() and line:
        return False
    if not final and _UNDECIDED.fullmatch(line):
        return None
    return bool(line.strip()) and _OPENS_BLOCK.match(line) is None


def _continues_heading(line: str, *, final: bool) -> bool:
    """A heading is one line."""
    del line, final
    return False


_LINE_BLOCKS: tuple[tuple[re.Pattern[str], _GoesOn], ...] = (
    (_TABLE, _is_row),
    (LIST_ITEM, _continues_item),
    (HEADING, _continues_heading),
)
"""How a table, a list item and a heading open, and which lines they go on with."""


def _may_begin_sentence(text: str) -> bool:
    """Whether the last word of a text may stand first in a sentence; a word in lower case cannot.

    This is the cheap part of `sentence_spans`, which most words need not see.
    """
    words = text.rsplit(None, 1)
    word = words[-1].rstrip(".,;:!?") if words else ""
    usual = word.isalpha() and word.islower()
    return not usual and any(map(str.isalnum, word)) and _STOP.search(text) is not None


def _first_end(text: str) -> int | None:
    """Where the first sentence of a growing text ends, or None while that is open."""
    start = 0
    if len(text) > _WINDOW:
        start = text.find(" ", len(text) - _WINDOW // 2) + 1
    spans = sentence_spans(text[start:])
    if not spans:
        return None
    end = start + spans[0][1]
    if markers := _MARKERS.match(text, end):
        end = markers.end()
    following = text[end:]
    if not any(map(str.isalnum, following)) or _OPEN_MARKER.fullmatch(following):
        return None
    return None if _opens_code(text[:end], text) else end


def _opens_code(before: str, text: str) -> bool:
    """Whether a code span begins in `before` that may still be closed."""
    line = before.rfind("\n") + 1
    opened = _CODE.sub(lambda code: " " * len(code.group()), text[line:])[: len(before) - line]
    tick = opened.rfind("`")
    tail = text[line + tick :]
    return tick >= 0 and len(tail) <= _LONGEST_CODE and "\n" not in tail


def _last_end(paragraph: str) -> int:
    """Where the first sentence of a finished paragraph ends."""
    beginning = paragraph[:_WINDOW]
    spans = sentence_spans(beginning)
    if beginning != paragraph and len(spans) < 3:  # noqa: PLR2004  the last may be cut off
        spans = sentence_spans(paragraph)
    if not spans:
        return len(paragraph)
    end = spans[0][1]
    if markers := _MARKERS.match(paragraph, end):
        end = markers.end()
    return end if paragraph[end:].strip() else len(paragraph)
