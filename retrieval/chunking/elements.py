"""Elements: the pieces of structure that every syntax is turned into before it is cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from footnote.retrieval.chunking.lines import trim


class Kind(StrEnum):
    """What an element is, which decides where it may be cut."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    ITEM = "item"
    QUOTE = "quote"
    TABLE = "table"
    FENCE = "fence"
    HTML = "html"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Element:
    """A span of a document that belongs together.

    Attributes:
        kind: What it is.
        start: First character; never whitespace.
        end: One past the last character, which is never whitespace either.
        heading: Names of the headings above it, outermost first; a heading's own name included.
        anchor: URL fragment of the nearest heading, or "".
        parts: Where it is cut when it does not fit as a whole: elements in order that cover all
            of its text, or none, and then it is cut at lines or sentences by its kind.
    """

    kind: Kind
    start: int
    end: int
    heading: tuple[str, ...] = ()
    anchor: str = ""
    parts: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the outline of a document an element stands."""

    heading: tuple[str, ...] = ()
    anchor: str = ""


class Outline:
    """The headings above the current position."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, name: str) -> tuple[str, ...]:
        """Begin a section; its heading path, this heading included unless it has no name."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        self._open.append((level, name))
        return tuple(each for _, each in self._open if each)


def covering(
    text: str, parts: Iterable[Element], start: int, end: int, place: Place
) -> tuple[Element, ...]:
    """The parts, with a paragraph for each stretch of text between `start` and `end` outside them.

    Parsers leave out what they do not show, such as link definitions; a passage must not. They may
    take signs for text that are whitespace here; such parts are dropped.
    """
    covered: list[Element] = []
    for part in parts:
        if part.start >= part.end:
            continue
        covered += _gap(text, start, part.start, place)
        covered.append(part)
        start = part.end
    return (*covered, *_gap(text, start, end, place))


def _gap(text: str, start: int, end: int, place: Place) -> list[Element]:
    start, end = trim(text, start, end)
    if start >= end:
        return []
    return [Element(Kind.PARAGRAPH, start, end, place.heading, place.anchor)]
