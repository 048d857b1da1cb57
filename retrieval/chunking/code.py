"""Source code as elements: definitions and groups of lines, told by indentation alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote.retrieval.chunking.elements import Element, Kind
from footnote.retrieval.chunking.lines import indent_of, is_blank, line_spans, trim

_DEEPEST = 4
"""How deep definitions inside definitions are told apart; what is deeper is cut at lines."""

_CONTINUES = re.compile(
    r"\s*(?:[)\]}>]|(?:else|elif|elsif|except|rescue|finally|catch|ensure|then|end|fi|done|esac)\b)"
)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    indent: int
    blank: bool
    continues: bool


def parse(text: str) -> tuple[Element, ...]:
    """The top-level blocks of a source file, in order, covering all of it."""
    lines = [
        _Line(
            start,
            end,
            indent_of(text, start, end),
            is_blank(text, start, end),
            bool(_CONTINUES.match(text, start, end)),
        )
        for start, end in line_spans(text)
    ]
    outermost = min((line.indent for line in lines if not line.blank), default=0)
    return tuple(_blocks(text, list(_groups(lines, outermost)), outermost, 1))


def _blocks(
    text: str, groups: Sequence[Sequence[_Line]], level: int, depth: int
) -> Iterator[Element]:
    for group in groups:
        start, end = trim(text, group[0].start, group[-1].end)
        if start < end:
            yield Element(Kind.CODE, start, end, parts=_parts(text, group, level, depth))


def _parts(text: str, group: Sequence[_Line], level: int, depth: int) -> tuple[Element, ...]:
    """The blocks inside a block, at the next deeper level that it has."""
    inner = min(
        (line.indent for line in group if not line.blank and line.indent > level), default=0
    )
    if not inner or depth == _DEEPEST:
        return ()
    return tuple(_blocks(text, list(_groups(group, inner)), inner, depth + 1))


def _groups(lines: Sequence[_Line], level: int) -> Iterator[list[_Line]]:
    """Cut before each line of the level where a blank line or a deeper line went before it."""
    group: list[_Line] = []
    parted = False
    for line in lines:
        if parted and not line.blank and line.indent <= level and not line.continues:
            yield group
            group = []
            parted = False
        group.append(line)
        parted = parted or line.blank or line.indent > level
    if group:
        yield group
