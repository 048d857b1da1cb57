"""Lines of prose or Markdown as blocks: what belongs to one paragraph, and what stands alone.

This reads any stretch of a document, such as a passage that begins inside a list or a fence, and
therefore knows less of Markdown than its parser does.
"""

# ruff: noqa: RUF001 - the marks of other languages are meant

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from footnote.retrieval.chunking.lines import Span, line_spans

_FENCE = re.compile(r"\s*(?:>\s*)*(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")
_HEADING = re.compile(r"\s{0,3}#{1,6}(?:\s+|$)")
_ADORNMENT = re.compile(r"\s*([^\w\s])\1{2,}\s*$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_ALONE = re.compile(
    r"""\s*(?:
        </?[a-zA-Z!?][^<>]*>(?:\s*</?[a-zA-Z][^<>]*>)*\s*$   # nothing but tags
        | \[[^\]]+\]:\s*\S+(?:\s+["'(].*)?$                  # the target of a link
        | \.\.\s                                             # a directive
    )""",
    re.VERBOSE,
)
_QUOTE = re.compile(r"(?:\s{0,3}>\s?)+")
_BULLET = re.compile(r"\s*(?:[-*+•‣◦▪·]|:(?=\s))\s+(?:\[[ xX]\]\s+)?")
_NUMBER = re.compile(r"\s*(?:\(?(\d{1,3})[.)]|\(?([a-zA-Z]|[ivx]{2,4})\))\s+")
_WIDEST = 72
_SHORT = 0.7


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that no sentence crosses.

    Attributes:
        start: First character, a marker of a list, quote or heading included.
        content: First character after such markers.
        end: One past the last character.
        prose: False where it is one unit as it stands: a heading, a row, a line of code.
    """

    start: int
    content: int
    end: int
    prose: bool


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a text in order; only whitespace lies between them."""
    lines = [span for span in line_spans(text) if text[span[0] : span[1]].strip()]
    in_fence = _lines_of_fences(text, lines)
    in_table = _lines_of_tables(text, lines)
    pending: list[Block] = []
    for index, (start, end) in enumerate(lines):
        apart = bool(pending) and _is_apart(text, pending[-1].end, start)
        block = _read(text, start, end, in_fence=index in in_fence, in_table=index in in_table)
        if block is not None:
            yield from _joined(text, pending, title=not apart and _is_title(text, pending, block))
            pending = []
            yield block
            continue
        free = apart or not pending or _is_item(text, pending[0]) or _ends(text, pending[-1].end)
        line = _marked(text, start, end, free=free)
        if apart or (line.content > line.start and not _quote_goes_on(text, line, pending)):
            yield from _joined(text, pending)
            pending = []
        pending.append(line)
    yield from _joined(text, pending)


def _read(text: str, start: int, end: int, *, in_fence: bool, in_table: bool) -> Block | None:
    """A line that is a block by itself, or None for a line of prose."""
    heading = None if in_fence else _HEADING.match(text, start, end)
    if heading:
        return Block(start, heading.end(), end, prose=False)
    line = text[start:end]
    if in_fence or in_table or _FENCE.match(line) or _ADORNMENT.match(line) or _ALONE.match(line):
        return Block(start, start, end, prose=False)
    return None


def _marked(text: str, start: int, end: int, *, free: bool) -> Block:
    """A line of prose with the marker in front of it left out.

    A number opens an item in a list, after a line that has ended, or where it is 1: a wrapped line
    of a paragraph may well begin with "12." (CommonMark 0.31, section 5.3).
    """
    quote = _QUOTE.match(text, start, end)
    content = quote.end() if quote else start
    bullet = _BULLET.match(text, content, end)
    number = _NUMBER.match(text, content, end)
    if bullet:
        content = bullet.end()
    elif number and (free or quote or number[1] == "1"):
        content = number.end()
    return Block(start, content, end, prose=True)


def _quote_goes_on(text: str, line: Block, pending: Sequence[Block]) -> bool:
    """Whether the marker is only the ">" of the paragraph that is being read."""
    if not pending or text[line.start : line.content].strip(" \t>"):
        return False
    before = text[pending[-1].start : pending[-1].content]
    return before.strip(" \t").startswith(">")


def _is_item(text: str, line: Block) -> bool:
    """Whether the line begins an item of a list."""
    return bool(text[line.start : line.content].strip(" \t>"))


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether there is a blank line between two lines."""
    return len(line_spans(text[start:end])) > 2  # noqa: PLR2004 - the ends of two lines


def _ends(text: str, end: int) -> bool:
    """Whether a line ends like a sentence or an introduction."""
    return text[end - 4 : end].rstrip(" *_)'\"”’").endswith((".", "!", "?", ":", ";"))


def _is_title(text: str, pending: Sequence[Block], below: Block) -> bool:
    """Whether the line below makes a title of the one line before it."""
    rule = _ADORNMENT.match(text[below.start : below.end])
    if not rule or len(pending) != 1:
        return False
    title = pending[0].end - pending[0].content
    return rule[1] in "=-" or len(rule[0].strip()) >= title


def _joined(text: str, lines: Sequence[Block], *, title: bool = False) -> Iterator[Block]:
    """One block of the lines, or more where a line was ended on purpose."""
    if not lines:
        return
    width = min(max(line.end - line.start for line in lines), _WIDEST)
    first = lines[0]
    for line, following in pairwise(lines):
        if not title and _ended_on_purpose(text, line, following, width):
            yield Block(first.start, first.content, line.end, prose=True)
            first = following
    yield Block(first.start, first.content, lines[-1].end, prose=not title)


def _ended_on_purpose(text: str, line: Block, following: Block, width: int) -> bool:
    """Whether a line ends though the first word of the next, which begins one, had ample room."""
    word = text[following.content : following.end].split(maxsplit=1)
    if not word or not word[0].lstrip("*_(\"'“‘`")[:1].isupper():
        return False  # a link, too, which is seldom broken and thus leaves a short line behind
    if text[line.start : line.end].endswith(("  ", "\\")):
        return True
    return line.end - line.start + 1 + len(word[0]) <= _SHORT * width


def _lines_of_fences(text: str, lines: Sequence[Span]) -> set[int]:
    """Lines of code and of the fences around them; a fence without its partner is left out."""
    fences = []
    for index, (start, end) in enumerate(lines):
        fence = _FENCE.match(text[start:end])
        if fence and not _is_underline(text, lines, index, fence):
            fences.append((index, fence["mark"], fence["info"].strip()))
    inside: set[int] = set()
    for position, (index, mark, _) in enumerate(fences):
        if index in inside:
            continue
        for other, other_mark, info in fences[position + 1 :]:
            if other_mark.startswith(mark):
                if not info:
                    inside.update(range(index, other + 1))
                break
    return inside


def _is_underline(text: str, lines: Sequence[Span], index: int, fence: re.Match[str]) -> bool:
    """Whether a run of "~" underlines a title, as in reStructuredText."""
    if index == 0 or fence["info"].strip():
        return False
    start, end = lines[index - 1]
    title = text[start:end].strip()
    return not _is_apart(text, end, lines[index][0]) and 0 < len(title) <= len(fence["mark"])


def _lines_of_tables(text: str, lines: Sequence[Span]) -> set[int]:
    """Lines that are rows of a table with pipes."""
    rows: set[int] = set()
    in_table = False
    for index, (start, end) in enumerate(lines):
        piped = "|" in text[start:end]
        rule = piped and bool(_TABLE_RULE.match(text[start:end]))
        in_table = piped and (in_table or rule)
        if rule and index and "|" in text[slice(*lines[index - 1])]:
            rows.add(index - 1)
        if in_table or text[start:end].lstrip().startswith("|"):
            rows.add(index)
    return rows
