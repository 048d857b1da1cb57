"""The segments of a block's Markdown, found line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from footnote.bot.platforms.pages import safety
from footnote.bot.platforms.pages.segments import Code, Prose, Segment, Table

_FENCE = re.compile(
    r"(?P<before>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)"
    r"(?:(?P<ticks>`{3,})(?P<lang>[^`]*)|(?P<waves>~{3,})(?P<other>.*))"
)
_LANGUAGE = re.compile(r"[\w+#.-]{0,30}")
_FRAME = " \t>"
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")


def segments(text: str) -> tuple[Segment, ...]:
    """The segments of a block's Markdown, in order; a fence that is left open ends with it."""
    return tuple(_segments(safety.cleaned(text).split("\n")))


def _segments(lines: Sequence[str]) -> Iterator[Segment]:
    prose: list[str] = []
    at = 0
    while at < len(lines):
        found = _code(lines, at) or _table(lines, at)
        if found is None:
            prose.append(lines[at])
            at += 1
            continue
        yield from _paragraphs(prose)
        prose = []
        before, segment, at = found
        yield from _paragraphs([before])
        yield segment
    yield from _paragraphs(prose)


def _paragraphs(lines: list[str]) -> Iterator[Segment]:
    if text := "\n".join(lines).rstrip().lstrip("\n"):
        yield Prose(text)


def _code(lines: Sequence[str], at: int) -> tuple[str, Segment, int] | None:
    """What stands before the fence that opens here, what is within, and the line behind it."""
    fence = _FENCE.fullmatch(lines[at])
    if fence is None:
        return None
    marks, about = fence["ticks"] or fence["waves"], (fence["lang"] or fence["other"] or "").strip()
    before = fence["before"]
    within: list[str] = []
    at += 1
    while at < len(lines):
        line = _unframed_code(lines[at], len(before))
        at += 1
        if _closes(line, marks):
            break
        within.append(line)
    if not _LANGUAGE.fullmatch(about):
        within.insert(0, about)
        about = ""
    return before.strip(_FRAME), Code(about, tuple(within)), at


def _unframed_code(line: str, width: int) -> str:
    """A line of code without the indentation, or the signs of a quotation, before its fence."""
    indent = len(line) - len(line.lstrip(_FRAME))
    return line[min(indent, width) :]


def _closes(line: str, marks: str) -> bool:
    line = line.strip(" \t")
    return len(line) >= len(marks) and not line.strip(marks[0])


def _table(lines: Sequence[str], at: int) -> tuple[str, Segment, int] | None:
    if at + 1 == len(lines) or "|" not in lines[at] or not _is_rule(lines[at + 1]):
        return None
    end = at + 2
    while end < len(lines) and "|" in lines[end] and not _FENCE.fullmatch(lines[end]):
        end += 1
    return "", Table((lines[at], lines[at + 1]), tuple(lines[at + 2 : end])), end


def _is_rule(line: str) -> bool:
    return "|" in line and _RULE.fullmatch(line) is not None
