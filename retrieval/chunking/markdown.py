"""Markdown (CommonMark with tables) as elements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType

from footnote.retrieval.chunking.elements import Element, Kind, Outline, Place, covering
from footnote.retrieval.chunking.lines import line_spans, trim
from footnote.retrieval.chunking.slugs import GithubSlugs

_KINDS = {
    "bullet_list": Kind.LIST,
    "ordered_list": Kind.LIST,
    "list_item": Kind.ITEM,
    "blockquote": Kind.QUOTE,
    "table": Kind.TABLE,
    "fence": Kind.FENCE,
    "code_block": Kind.FENCE,
    "html_block": Kind.HTML,
    "heading": Kind.HEADING,
}
_EXPLICIT_ANCHOR = re.compile(r"\s*\{:?\s*#([^\s{}]+)[^{}]*\}\s*$")


def parse(text: str) -> tuple[Element, ...]:
    """The elements of a Markdown document, in order, covering all of its text."""
    return _Document(text).elements()


class _Document:
    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [start for start, _ in line_spans(text)] + [len(text)]
        self._markdown = MarkdownIt("commonmark").enable("table").disable("inline")
        self._environment: EnvType = {}
        self._slugs = GithubSlugs()

    def elements(self) -> tuple[Element, ...]:
        tree = SyntaxTreeNode(self._markdown.parse(self._text, self._environment))
        outline = Outline()
        place = Place()
        found: list[Element] = []
        for node in tree.children:
            if node.type == "heading":
                # Text before a heading that the parser does not show belongs above the heading.
                start = self._span(node)[0]
                found += covering(self._text, (), found[-1].end if found else 0, start, place)
                name, anchor = self._heading(node)
                place = Place(outline.enter(int(node.tag[1]), name), anchor)
            else:
                self._count_headings_inside(node)
            found.append(self._element(node, place))
        return covering(self._text, found, 0, len(self._text), place)

    def _element(self, node: SyntaxTreeNode, place: Place) -> Element:
        start, end = self._span(node)
        parts: tuple[Element, ...] = ()
        if node.type == "table":
            parts = tuple(self._rows(node, place))
        elif node.type in {"bullet_list", "ordered_list", "list_item", "blockquote"}:
            children = [self._element(child, place) for child in node.children]
            parts = covering(self._text, children, start, end, place)
        kind = _KINDS.get(node.type, Kind.PARAGRAPH)
        return Element(kind, start, end, place.heading, place.anchor, parts)

    def _rows(self, table: SyntaxTreeNode, place: Place) -> Iterator[Element]:
        """The rows of the body, the first one with the table's head."""
        start = self._span(table)[0]
        for node in table.walk():
            if node.type == "tr" and node.parent is not None and node.parent.type == "tbody":
                end = self._span(node)[1]
                yield Element(Kind.TABLE, start, end, place.heading, place.anchor)
                start = trim(self._text, end, len(self._text))[0]

    def _span(self, node: SyntaxTreeNode) -> tuple[int, int]:
        first, last = node.map or (0, 0)
        return trim(self._text, self._starts[first], self._starts[last])

    def _heading(self, node: SyntaxTreeNode) -> tuple[str, str]:
        """Name without markup, and anchor."""
        content = node.children[0].content if node.children else ""
        explicit = _EXPLICIT_ANCHOR.search(content)
        if explicit:
            content = content[: explicit.start()]
        tokens: list[Token] = []
        self._markdown.inline.parse(content, self._markdown, self._environment, tokens)
        name = "".join(_shown(tokens))
        anchor = explicit[1] if explicit else self._slugs.of(name)
        return " ".join(name.split()), anchor

    def _count_headings_inside(self, node: SyntaxTreeNode) -> None:
        """Headings in lists and quotes open no section, but take their anchors."""
        if node.type in {"bullet_list", "ordered_list", "blockquote"}:
            for inner in node.walk():
                if inner.type == "heading":
                    self._heading(inner)


def _shown(tokens: list[Token]) -> Iterator[str]:
    """The text that a reader sees."""
    for token in tokens:
        if token.type in {"text", "text_special", "code_inline"}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
