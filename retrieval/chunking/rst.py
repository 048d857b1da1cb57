"""reStructuredText as elements: sections, lists, directives, literal blocks and tables."""

from __future__ import annotations

import re

from footnote.retrieval.chunking.elements import Element, Kind, Outline, Place, covering
from footnote.retrieval.chunking.lines import indent_of, is_blank, line_spans, trim
from footnote.retrieval.chunking.slugs import docutils_id
from footnote.retrieval.chunking.text import paragraphs

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_EXPLICIT = re.compile(r"\s*\.\.(?:\s+(?P<rest>.*))?$")
_LABEL = re.compile(r"_`?([^:`]+)`?:\s*$")
_CODE_DIRECTIVE = re.compile(
    r"(?:code|code-block|sourcecode|literalinclude|parsed-literal|math|doctest|testcode|prompt|raw|"
    r"highlight|graphviz|toctree|csv-table)::"
)
_ITEM = re.compile(r"\s*(?:[-*+•‣]|\(?(?:\d{1,3}|#|[a-zA-Z])[.)]|:[^:\s][^:]*:)(?:\s+|$)")
_GRID = re.compile(r"\s*\+(?:[-=]+\+)+\s*$")
_SIMPLE = re.compile(r"\s*={2,}(?:\s+={2,})+\s*$")
_MARKUP = re.compile(r":[\w:.+-]+:(?=`)|``|\*\*|(?<!\w)[*`]|[*`]_{0,2}(?!\w)|\\(?=\S)")
_LINK_TARGET = re.compile(r"(`[^`<]*?)\s*<[^`>]*>`")
_DEEPEST = 8
_SHORTEST_UNDERLINE = 4


def parse(text: str) -> tuple[Element, ...]:
    """The elements of a reStructuredText document, in order, covering all of its text."""
    return _Document(text).elements()


class _Document:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = line_spans(text)
        self._place = Place()
        self._outline = Outline()
        self._styles: list[str] = []
        self._anchors: set[str] = set()
        self._label = ""

    def elements(self) -> tuple[Element, ...]:
        index, last = 0, len(self._lines)
        found: list[Element] = []
        while index < last:
            after = self._heading_end(index)
            if after:
                found.append(self._heading(index, after))
                index = after
            else:
                index = self._block(index, last, 0, found)
        return covering(self._text, found, 0, len(self._text), self._place)

    def _line(self, index: int) -> str:
        return self._text[slice(*self._lines[index])] if index < len(self._lines) else ""

    def _is_blank(self, index: int) -> bool:
        return is_blank(self._text, *self._lines[index])

    def _indent(self, index: int) -> int:
        return indent_of(self._text, *self._lines[index])

    def _element(
        self, kind: Kind, first: int, last: int, parts: tuple[Element, ...] = ()
    ) -> Element:
        start, end = trim(self._text, self._lines[first][0], self._lines[last - 1][1])
        return Element(kind, start, end, self._place.heading, self._place.anchor, parts)

    def _heading_end(self, index: int) -> int:
        """The line after the heading that begins at a line, or 0 where none does."""
        first, second, third = (self._line(index + ahead) for ahead in range(3))
        if _ADORNMENT.match(first):
            overlined = second.strip() and not _ADORNMENT.match(second)
            return index + 3 if overlined and third.rstrip() == first.rstrip() else 0
        if not first.strip() or first[0].isspace() or not _ADORNMENT.match(second):
            return 0
        return index + 2 if len(second.rstrip()) >= min(_SHORTEST_UNDERLINE, len(first)) else 0

    def _heading(self, index: int, after: int) -> Element:
        overlined = after - index == 3  # noqa: PLR2004 - a line, the title, a line
        style = self._line(after - 1)[0] * (2 if overlined else 1)
        if style not in self._styles:
            self._styles.append(style)
        name = _plain(self._line(after - 2))
        anchor = docutils_id(name)
        if anchor in self._anchors:
            anchor = ""  # docutils numbers it by what else has no name, which is not known here
        self._anchors.add(anchor)
        heading = self._outline.enter(self._styles.index(style), name)
        self._place = Place(heading, anchor or self._label)
        self._label = ""
        return self._element(Kind.HEADING, index, after)

    def _block(self, index: int, last: int, depth: int, found: list[Element]) -> int:
        """Append the block that begins at a line, if any; returns the line after it."""
        if self._is_blank(index):
            return index + 1
        explicit = _EXPLICIT.match(self._line(index))
        if explicit:
            return self._explicit(index, last, explicit["rest"] or "", found)
        if _GRID.match(self._line(index)) or _SIMPLE.match(self._line(index)):
            return self._table(index, last, found)
        if _ITEM.match(self._line(index)):
            return self._list(index, last, depth, found)
        return self._paragraph(index, last, depth, found)

    def _explicit(self, index: int, last: int, rest: str, found: list[Element]) -> int:
        """A directive, comment, footnote or target, with all that is indented under it."""
        label = _LABEL.match(rest)
        if label:
            self._label = docutils_id(label[1])
        after = self._indented_end(index + 1, last, self._indent(index) + 1)
        if _CODE_DIRECTIVE.match(rest):
            found.append(self._element(Kind.FENCE, index, after))
            return after
        parts = tuple(
            self._element(Kind.PARAGRAPH, *each)
            for each in paragraphs(self._text, self._lines, index, after)
        )
        found.append(self._element(Kind.QUOTE, index, after, parts))
        return after

    def _table(self, index: int, last: int, found: list[Element]) -> int:
        after = index + 1
        borders = 1
        while after < last:
            if _SIMPLE.match(self._line(after)):
                borders += 1
            blank_inside = borders == 2 and not _GRID.match(self._line(index))  # noqa: PLR2004  two borders
            if self._is_blank(after) and not (blank_inside and self._border_follows(after, last)):
                break
            after += 1
        found.append(self._element(Kind.TABLE, index, after))
        return after

    def _border_follows(self, index: int, last: int) -> bool:
        """Whether a simple table goes on behind a blank line: rows are in its columns."""
        following = index + 1
        while following < last and not self._is_blank(following):
            if _SIMPLE.match(self._line(following)):
                return True
            following += 1
        return False

    def _list(self, index: int, last: int, depth: int, found: list[Element]) -> int:
        indent = self._indent(index)
        items = []
        after = index
        while after < last:
            following = after
            while following < last and self._is_blank(following):
                following += 1
            if (
                following == last
                or self._indent(following) != indent
                or not _ITEM.match(self._line(following))
                or self._heading_end(following)
            ):
                break
            after = self._indented_end(following + 1, last, indent + 1)
            items.append(self._item(following, after, depth + 1))
        if not items:
            return self._paragraph(index, last, depth, found)
        found.append(self._element(Kind.LIST, index, after, tuple(items)))
        return after

    def _item(self, first: int, last: int, depth: int) -> Element:
        """An item: its first paragraph with the marker, then the blocks under it."""
        index = first + 1
        while index < last and not self._is_blank(index) and not _ITEM.match(self._line(index)):
            index += 1
        parts = [self._element(Kind.PARAGRAPH, first, index)]
        while index < last:
            if depth < _DEEPEST:
                index = self._block(index, last, depth, parts)
            else:
                parts.append(self._element(Kind.PARAGRAPH, index, last))
                index = last
        start, end = trim(self._text, self._lines[first][0], self._lines[last - 1][1])
        return Element(
            Kind.ITEM,
            start,
            end,
            self._place.heading,
            self._place.anchor,
            covering(self._text, parts, start, end, self._place),
        )

    def _paragraph(self, index: int, last: int, depth: int, found: list[Element]) -> int:
        """Lines up to a blank one; then, where they end in "::", the literal block."""
        after = index + 1
        while after < last and not self._is_blank(after):
            if depth == 0 and self._heading_end(after):
                break
            after += 1
        found.append(self._element(Kind.PARAGRAPH, index, after))
        literal = self._indented_end(after, last, self._indent(index) + 1)
        is_literal = self._line(after - 1).rstrip().endswith("::")
        if is_literal and any(not self._is_blank(line) for line in range(after, literal)):
            found.append(self._element(Kind.FENCE, after, literal))
            return literal
        return after

    def _indented_end(self, index: int, last: int, indent: int) -> int:
        """The line after the last one that is indented at least so much, blank ones apart."""
        after = index
        while index < last:
            if not self._is_blank(index):
                if self._indent(index) < indent:
                    break
                after = index + 1
            index += 1
        return after


def _plain(title: str) -> str:
    """A title without inline markup."""
    return " ".join(_MARKUP.sub("", _LINK_TARGET.sub(r"\1`", title)).split())
