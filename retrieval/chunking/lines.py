"""Lines of a text and the trimming of spans: character offsets, nothing copied."""

from __future__ import annotations

import re

Span = tuple[int, int]

_LINE_BREAK = re.compile(r"\r\n?|\n")


def line_spans(text: str) -> list[Span]:
    r"""Spans of all lines, blank ones included, without their ends ("\n", "\r\n" or "\r")."""
    spans = []
    start = 0
    for line_break in _LINE_BREAK.finditer(text):
        spans.append((start, line_break.start()))
        start = line_break.end()
    spans.append((start, len(text)))
    return spans


def trim(text: str, start: int, end: int) -> Span:
    """The span without the whitespace at its ends; an empty span where nothing else is in it."""
    part = text[start:end]
    kept = part.lstrip()
    start += len(part) - len(kept)
    return start, start + len(kept.rstrip())


def is_blank(text: str, start: int, end: int) -> bool:
    """Whether a span holds nothing but whitespace."""
    return not text[start:end].strip()


def indent_of(text: str, start: int, end: int) -> int:
    """Width of the whitespace that a line begins with, a tab being four columns."""
    line = text[start:end]
    return len(line[: len(line) - len(line.lstrip())].expandtabs(4))
