"""A block as runs of lines of one kind: prose, tables and code, each of which can be cut in two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from footnote.bot.platforms.pages.cutting import border, longest, whole


class Measure(Protocol):
    """Says how much of a message a segment takes."""

    @property
    def most(self) -> int:
        """No segment of more signs than this fits a message."""
        ...

    def fills(self, segment: Segment) -> float:
        """How much of a message's room a segment takes: up to 1 it fits."""
        ...


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, headings and lists."""

    text: str

    def cut(self, measure: Measure) -> Iterator[Segment]:
        """At the ends of paragraphs, lines, sentences or words, whichever comes latest."""
        rest = self.text
        while rest:
            length = longest(rest, measure.most, lambda part: measure.fills(Prose(part)))
            if length < len(rest):
                length = border(rest, length)
            if part := rest[:length].rstrip():
                yield Prose(part)
            rest = rest[length:].lstrip("\n") if length < len(rest) else ""


@dataclass(frozen=True, slots=True)
class Code:
    """What stands in a code fence."""

    language: str
    lines: tuple[str, ...]

    def cut(self, measure: Measure) -> Iterator[Segment]:
        """Between lines, and only a line that is too long for a message within."""
        lines = self.lines
        while lines:
            length = longest(lines, measure.most, lambda part: measure.fills(self._of(part)))
            if measure.fills(self._of(lines[:length])) <= 1:
                yield self._of(lines[:length])
                lines = lines[length:]
            else:
                end = self._fitting(lines[0], measure)
                lines = (lines[0][:end], lines[0][end:], *lines[1:])

    def _fitting(self, line: str, measure: Measure) -> int:
        fits = longest(line, measure.most, lambda part: measure.fills(self._of((part,))))
        return whole(line, fits)

    def _of(self, lines: tuple[str, ...]) -> Code:
        return Code(self.language, lines)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its head, the rule below it, and its rows, each a line of Markdown."""

    head: tuple[str, str]
    rows: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it."""
        return (*self.head, *self.rows)

    def cut(self, measure: Measure) -> Iterator[Segment]:
        """Between rows, each part with the head; a row that is too long for a message as prose."""
        rows = self.rows
        if not rows:
            yield from self._as_prose(()).cut(measure)
        while rows:
            length = longest(rows, measure.most, lambda part: measure.fills(self._of(part)))
            part = self._of(rows[:length])
            if measure.fills(part) <= 1:
                yield part
            else:
                yield from self._as_prose(rows[:length]).cut(measure)
            rows = rows[length:]

    def _of(self, rows: tuple[str, ...]) -> Table:
        return Table(self.head, rows)

    def _as_prose(self, rows: tuple[str, ...]) -> Prose:
        return Prose("\n".join((*self.head, *rows)))


Segment = Prose | Code | Table
