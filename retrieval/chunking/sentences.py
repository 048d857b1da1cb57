"""Sentences of prose or Markdown as exact spans."""

# ruff: noqa: RUF001 - the marks of other languages are meant

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from footnote.retrieval.chunking.abbreviations import (
    BEFORE_NUMBER,
    MAYBE_LAST,
    NEVER_LAST,
    OFTEN_FIRST,
)
from footnote.retrieval.chunking.blocks import Block, blocks
from footnote.retrieval.chunking.lines import Span, trim

_END = re.compile(
    r"""(?P<mark>[.!?…]+|[。！？｡]+)
        (?:\]\([^()\s]*\)|["'”’»)\]}*_`」』）】]|\[\^?\w{1,4}\]   # the ends of links, quotes, notes
            |\s*<br\s*/?>|</[a-zA-Z]\w{0,15}>)*                   # and tags
        (?P<apart>(?:\s(?:''|'(?=\s'')|\)|\]))*)                        # the same, spaced out
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[^\s(\[{<\"'“‘`*_/–—-]*\Z")
_OPENING = re.compile(r"(?:[\"'“‘«(\[*_¿¡]|``\s?|<[a-zA-Z][^<>]{0,80}>)*")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_CAMEL = re.compile(r"[a-z]+[A-Z]")
_CODE = re.compile(r"(?<!`)(`+)(?![`\s])[^`\n]{1,120}(?<!\s)\1(?!`)")
_URL = re.compile(r"(?:https?://|www\.)", re.IGNORECASE)
_LONGEST_ABBREVIATION = 16
_AHEAD = 200
"""How many characters of the next sentence are looked at."""


def sentence_spans(text: str) -> list[Span]:
    """The sentences of a text in order, each without whitespace at its ends.

    A heading, a row of a table, a line of code and a line of nothing but tags are one each. Markers
    of lists, quotes and headings belong to no sentence, nor do lines without a letter or a digit.

    Args:
        text: Prose, Markdown, or text whose tokens are set apart by spaces ("word .").
    """
    found = []
    for block in blocks(text):
        for span in _sentences(text, block):
            start, end = trim(text, max(span[0], block.content), span[1])
            if any(map(str.isalnum, text[start:end])):
                found.append((start, end))
    return found


def unit_spans(text: str) -> list[Span]:
    """The same sentences with their markers, and all other text besides: nothing is left out."""
    return [span for block in blocks(text) for span in _sentences(text, block)]


def _sentences(text: str, block: Block) -> Iterator[Span]:
    """Consecutive trimmed spans that cover the block."""
    start = block.start
    if block.prose:
        for end in _boundaries(text, block):
            if any(map(str.isalpha, text[max(start, block.content) : end])):
                yield trim(text, start, end)
                start = end
    start, end = trim(text, start, block.end)
    if start < end:
        yield start, end


def _boundaries(text: str, block: Block) -> Iterator[int]:
    """Where sentences end, the end of the block apart."""
    code = deque(span.span() for span in _CODE.finditer(text, block.content, block.end))
    for end in _END.finditer(text, block.content, block.end):
        while code and code[0][1] <= end.start():
            code.popleft()
        if code and code[0][0] < end.start():
            continue
        if end.end() < block.end and _is_boundary(text, end, block):
            yield end.end()


def _is_boundary(text: str, end: re.Match[str], block: Block) -> bool:
    mark = end["mark"]
    if mark[0] in "。！？｡":
        return True
    if not text[end.end()].isspace() and not end[0].endswith(">"):
        return False
    following = text[end.end() : min(block.end, end.end() + _AHEAD)].lstrip()
    opening = _OPENING.match(following)
    following = following[opening.end() :] if opening else following
    if not _may_begin(following):
        return False
    return mark != "." or not _is_abbreviation(text, end.start(), block.content, following)


def _may_begin(following: str) -> bool:
    """Whether a sentence may begin with this text, its opening quotes taken off."""
    if not following:
        return True
    if following[0] in ",;:.!?)]}–—-/%&=+":
        return bool(re.match(r"[-+.]\w|-{2,}\w", following))
    return (
        not following[0].islower() or bool(_CAMEL.match(following)) or bool(_URL.match(following))
    )


def _is_abbreviation(text: str, stop: int, floor: int, following: str) -> bool:
    """Whether the full stop at `stop` belongs to an abbreviation inside a sentence."""
    before = text[max(floor, stop - _LONGEST_ABBREVIATION) : stop].rstrip()
    word_before = _WORD_BEFORE.search(before)
    word = word_before[0] if word_before else ""
    if len(word) > 1 and word.isupper() and word.isalpha():
        return False
    if word.isdigit() and before[: -len(word)].rstrip().endswith(":"):
        return True
    lowered = word.lower()
    if lowered in NEVER_LAST:
        return True
    if lowered in BEFORE_NUMBER and (following[:1].isdigit() or following[:1] in {"#", "§"}):
        return True
    if lowered in MAYBE_LAST or _DOTTED.fullmatch(word):
        first = _FIRST_WORD.match(following)
        return first is None or first[0].lower() not in OFTEN_FIRST
    return False
