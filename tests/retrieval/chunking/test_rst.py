"""reStructuredText is cut where its structure says."""

from __future__ import annotations

from footnote.connectors.base import Syntax
from footnote.retrieval.chunking import rst
from footnote.retrieval.chunking.elements import Kind
from footnote.retrieval.passages import Passage
from tests.retrieval.chunking import documents


def _cut(text: str) -> list[Passage]:
    return documents.cut(text, Syntax.RST)


def _headings(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [
        (element.heading, element.anchor)
        for element in rst.parse(text)
        if element.kind is Kind.HEADING
    ]


def _kinds(text: str) -> list[Kind]:
    return [element.kind for element in rst.parse(text)]


def test_levels_go_by_the_order_of_styles() -> None:
    """The first style is the outermost; a line above as well makes it another style."""
    text = "====\nBook\n====\n\nPart\n====\n\nChapter\n~~~~~~~\n\nPart two\n========\n"
    assert _headings(text) == [
        (("Book",), "book"),
        (("Book", "Part"), "part"),
        (("Book", "Part", "Chapter"), "chapter"),
        (("Book", "Part two"), "part-two"),
    ]


def test_names_are_without_markup() -> None:
    """Literals, emphasis, roles and targets of links are left out of a name."""
    text = "The ``run`` *of* :ref:`things` and `docs <https://x.example>`__\n" + "=" * 63
    assert _headings(text)[0] == (("The run of things and docs",), "the-run-of-things-and-docs")


def test_a_repeated_title_has_the_label_before_it_or_no_anchor() -> None:
    """Docutils numbers repeated ids by what else it numbered, so only a label is certain."""
    text = "Use\n===\n\na\n\nUse\n===\n\nb\n\n.. _the_label:\n\nUse\n===\n\nc"
    assert [anchor for _, anchor in _headings(text)] == ["use", "", "the-label"]


def test_a_literal_block_goes_with_its_introduction() -> None:
    """What is indented after "::" is one block, blank lines and lines like titles included."""
    text = "Run this::\n\n   one\n   ---\n\n   two\n\nThen go on."
    assert _kinds(text) == [Kind.PARAGRAPH, Kind.FENCE, Kind.PARAGRAPH]
    literal = "Run this::\n\n   one\n   ---\n\n   two"
    passages = _cut(f"{documents.prose(140)}\n\n{text}\n\n{documents.prose(140, 400)}")
    assert any(literal in passage.text for passage in passages)


def test_a_directive_is_one_block() -> None:
    """A directive ends where the indentation does, not at a blank line."""
    text = ".. note::\n\n   First.\n\n   Second.\n\nText."
    assert _kinds(text) == [Kind.QUOTE, Kind.PARAGRAPH]
    assert _kinds(text.replace("note", "code-block")) == [Kind.FENCE, Kind.PARAGRAPH]


def test_a_simple_table_with_a_blank_line_is_one_table() -> None:
    """Blank lines may stand between the rows of a simple table."""
    table = "=== ===\na   b\n=== ===\n1   2\n\n3   4\n=== ==="
    assert _kinds(f"{table}\n\ntext") == [Kind.TABLE, Kind.PARAGRAPH]
    assert _kinds("+---+\n| a |\n+---+\n\ntext") == [Kind.TABLE, Kind.PARAGRAPH]


def test_lists_hold_their_nested_lists() -> None:
    """Items with blank lines between them are one list, nested ones inside their item."""
    (found,) = rst.parse("- one\n\n  - inner\n  - inner two\n\n- two\n  goes on\n")
    assert found.kind is Kind.LIST
    assert len(found.parts) == 2
    assert [part.kind for part in found.parts[0].parts] == [Kind.PARAGRAPH, Kind.LIST]


def test_deep_nesting_is_no_trouble() -> None:
    """A thousand levels of lists are read."""
    text = "\n".join(f"{' ' * depth}- x" for depth in range(1000))
    assert _cut(text)
