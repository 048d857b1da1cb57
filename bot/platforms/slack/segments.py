"""A block as runs of lines of one kind: prose, tables and code, each of which can be cut in two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from footnote.bot.markdown import unframed
from footnote.bot.platforms.slack import mrkdwn, safety
from footnote.bot.platforms.slack.limits import MARKDOWN
from footnote.bot.platforms.slack.prose import inert, inert_code, worded

_FENCE = re.compile(
    r"(?P<before>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)"
    r"(?:(?P<ticks>`{3,})(?P<lang>[^`]*)|(?P<waves>~{3,})(?P<other>.*))"
)
_LANGUAGE = re.compile(r"[\w+#.-]{0,30}")
_TICKS = re.compile(r"`+")
_FRAME = " \t>"
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_BORDERS = ("\n\n", "\n", ". ", " ")
_OPEN_MARKER = re.compile(r"\[\d{0,9}\Z")
_JOINER = "\u200d"
_LONGEST_SIGN = 32
_CAUTION = 0.97

Parts = TypeVar("Parts", str, tuple[str, ...])

Fills = Callable[["Segment"], float]
"""How much of a message's room a segment takes: up to 1 it fits."""


class Segment(Protocol):
    """Lines of one kind."""

    def markdown(self, leads: Mapping[int, str]) -> str:
        """As Markdown, with citation markers as links and nothing else alive."""
        ...

    def spoken(self) -> str:
        """As mrkdwn for a screen reader, with nothing alive."""
        ...

    def cut(self, fills: Fills) -> Iterator[Segment]:
        """Itself in as few parts as fit, nothing of it lost."""
        ...


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, headings and lists."""

    text: str

    def markdown(self, leads: Mapping[int, str]) -> str:
        """As Markdown."""
        return inert(self.text, leads)

    def spoken(self) -> str:
        """The text without the signs of headings, and with strong words as Slack marks them."""
        return mrkdwn.spoken(worded(self.text))

    def cut(self, fills: Fills) -> Iterator[Segment]:
        """At the ends of paragraphs, lines, sentences or words, whichever comes latest."""
        rest = self.text
        while rest:
            length = _longest(rest, fills, Prose)
            if length < len(rest):
                length = _border(rest, length)
            if part := rest[:length].rstrip():
                yield Prose(part)
            rest = rest[length:].lstrip("\n") if length < len(rest) else ""


@dataclass(frozen=True, slots=True)
class Code:
    """What stands in a code fence."""

    language: str
    lines: tuple[str, ...]

    def markdown(self, leads: Mapping[int, str]) -> str:  # noqa: ARG002  code has no markers
        """In a fence of its own that begins its line, which nothing within can end."""
        code = inert_code("\n".join(self.lines))
        longest = max((len(ticks) for ticks in _TICKS.findall(code)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{self.language}\n{code}\n{fence}"

    def spoken(self) -> str:
        """The lines in a fence, which Slack's own markup knows too."""
        return "```\n" + mrkdwn.spoken("\n".join(self.lines)) + "\n```"

    def cut(self, fills: Fills) -> Iterator[Segment]:
        """Between lines, and only a line that is too long for a message within."""
        lines = self.lines
        while lines:
            length = _longest(lines, fills, self._of)
            if fills(self._of(lines[:length])) <= 1:
                yield self._of(lines[:length])
                lines = lines[length:]
            else:
                line = lines[0]
                end = _whole(line, _longest(line, fills, lambda part: self._of((part,))))
                lines = (line[:end], line[end:], *lines[1:])

    def _of(self, lines: tuple[str, ...]) -> Code:
        return Code(self.language, lines)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its head, the rule below it, and its rows."""

    head: tuple[str, str]
    rows: tuple[str, ...]

    def markdown(self, leads: Mapping[int, str]) -> str:
        """As Markdown."""
        return inert("\n".join((*self.head, *self.rows)), leads)

    def spoken(self) -> str:
        """A line for each row, with dots between its cells."""
        rows = "\n".join(unframed(row) for row in (self.head[0], *self.rows))
        return mrkdwn.spoken(worded(rows))

    def cut(self, fills: Fills) -> Iterator[Segment]:
        """Between rows, each part with the head; a row that is too long for a message as prose."""
        rows = self.rows
        if not rows:
            yield from self._as_prose(()).cut(fills)
        while rows:
            length = _longest(rows, fills, self._of)
            part = self._of(rows[:length])
            if fills(part) <= 1:
                yield part
            else:
                yield from self._as_prose(rows[:length]).cut(fills)
            rows = rows[length:]

    def _of(self, rows: tuple[str, ...]) -> Table:
        return Table(self.head, rows)

    def _as_prose(self, rows: tuple[str, ...]) -> Prose:
        return Prose("\n".join((*self.head, *rows)))


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


def _longest(whole: Parts, fills: Fills, segment: Callable[[Parts], Segment]) -> int:
    """About how much of the start of a text, or of lines, fits a message as a segment; at least 1.

    None that is longer than a message can fit one.
    """
    length = min(len(whole), MARKDOWN)
    while length > 1 and (share := fills(segment(whole[:length]))) > 1:
        length = max(1, min(length - 1, int(length / share * _CAUTION)))
    return length


def _border(text: str, end: int) -> int:
    """The last good place to cut in the second half of the first `end` signs, or `end`."""
    for border in _BORDERS:
        found = text.rfind(border, end // 2, end)
        if found >= 0:
            return found + len(border)
    return _whole(text, end)


def _whole(text: str, end: int) -> int:
    """A place to cut at or before `end` where no marker, and nothing read as one sign, is cut."""
    marker = _OPEN_MARKER.search(text, max(0, end - _LONGEST_SIGN), end)
    cut = marker.start() if marker else end
    for at in range(cut, max(1, cut - _LONGEST_SIGN), -1):
        behind = text[at : at + 1] or " "
        if _JOINER not in (text[at - 1], behind) and unicodedata.category(behind)[0] != "M":
            return at
    return max(1, end)
