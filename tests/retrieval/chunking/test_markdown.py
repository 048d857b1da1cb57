"""Markdown is cut where its structure says, under the right headings and anchors."""

from __future__ import annotations

import pytest

from footnote.retrieval.chunking import markdown
from footnote.retrieval.chunking.elements import Kind
from tests.retrieval.chunking.documents import cut, prose


def _kinds(text: str) -> list[Kind]:
    return [element.kind for element in markdown.parse(text)]


def _headings(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [
        (element.heading, element.anchor)
        for element in markdown.parse(text)
        if element.kind is Kind.HEADING
    ]


def test_a_heading_path_names_all_headings_above() -> None:
    """The path goes down with deeper headings and back up, also over a skipped level."""
    text = "# A\n\n### B\n\n## C\n\n#### D\n\n# E\n"
    assert [path for path, _ in _headings(text)] == [
        ("A",),
        ("A", "B"),
        ("A", "C"),
        ("A", "C", "D"),
        ("E",),
    ]


def test_setext_headings_are_headings() -> None:
    """A title over "===" is of level 1, one over "---" of level 2, over several lines too."""
    assert _headings("One\n===\n\nTwo\nlines\n---\n\ntext") == [
        (("One",), "one"),
        (("One", "Two lines"), "two-lines"),
    ]


def test_a_fence_of_tildes_holds_what_looks_like_markup() -> None:
    """Inside "~~~", "# x" is no heading, "```" no fence and a rule of dashes no title."""
    text = "~~~sh\n# not a heading\n```\n- no item\nno title\n---\n~~~\n\n# Real\n\ntext"
    assert _kinds(text) == [Kind.FENCE, Kind.HEADING, Kind.PARAGRAPH]
    assert [path for path, _ in _headings(text)] == [("Real",)]


def test_a_longer_fence_holds_a_shorter_one() -> None:
    """Four backticks are closed by four, not by the three inside."""
    assert _kinds("````\n```\ncode\n```\n# no\n````\n\n# yes") == [Kind.FENCE, Kind.HEADING]


def test_markup_is_left_out_of_names_but_not_of_text() -> None:
    """A heading's name is what a reader sees: no emphasis, code signs, link target or escape."""
    text = "## Use `pip` **now** [here](https://x.example/y) \\#1 &amp; ![alt](i.png)\n\ntext"
    (passage,) = cut(text)
    assert passage.heading == ("Use pip now here #1 &",)
    assert passage.text == text


def test_repeated_headings_get_the_anchors_of_github() -> None:
    """A second "Setup" is "setup-1", and one named "Setup 1" does not take that again."""
    text = "# Setup\n\n# Setup\n\n# Setup 1\n\n# Setup\n"
    assert [anchor for _, anchor in _headings(text)] == ["setup", "setup-1", "setup-1-1", "setup-2"]


@pytest.mark.parametrize(
    ("name", "anchor"),
    [
        ("Links & policies", "links--policies"),
        ("What's new in 3.11?", "whats-new-in-311"),
        ("Über_uns & 日本", "über_uns--日本"),
        ("`--flag` option", "--flag-option"),
    ],
)
def test_anchors_are_those_of_github(name: str, anchor: str) -> None:
    """Signs are dropped, spaces become hyphens, letters of all scripts stay."""
    assert _headings(f"## {name}") == [((name.replace("`", ""),), anchor)]


def test_headings_in_quotes_take_anchors_but_open_no_section() -> None:
    """GitHub numbers a heading inside a quote too, so the next one of its name is "-1"."""
    assert _headings("> # Note\n\n# Note\n") == [(("Note",), "note-1")]


@pytest.mark.parametrize("written", ["{#given}", "{: #given .class}", "{#given .class}"])
def test_an_explicit_anchor_is_kept_and_left_out_of_the_name(written: str) -> None:
    """`{#id}` names the anchor, and the name ends before it."""
    (passage,) = cut(f"## A name {written}\n\ntext")
    assert passage.heading == ("A name",)
    assert passage.url == "https://docs.example/page#given"


def test_a_table_stays_whole_where_it_fits() -> None:
    """A table between long paragraphs is in one passage."""
    table = "| Name | Rate |\n|------|------|\n" + "\n".join(f"| n{i} | {i} |" for i in range(15))
    passages = cut(f"{prose(120)}\n\n{table}\n\n{prose(120, 500)}")
    assert sum(table in passage.text for passage in passages) == 1


def test_a_table_that_does_not_fit_is_cut_at_rows() -> None:
    """Every passage of it begins and ends with a whole row; its head stays with the first one."""
    rows = [f"| name {i} | some words about {i} |" for i in range(60)]
    passages = cut("\n".join(["| Name | About |", "|---|---|", *rows]))
    assert len(passages) > 2
    assert passages[0].text.startswith("| Name | About |\n|---|---|\n| name 0 |")
    for passage in passages:
        lines = passage.text.split("\n")
        assert lines[-1] in rows
        assert lines[0] in {*rows, "| Name | About |"}


def test_a_fence_stays_whole_where_it_fits() -> None:
    """A fence with blank lines between long paragraphs is in one passage."""
    fence = "```python\n" + "\n\n".join(f"value_{i} = {i}" for i in range(12)) + "\n```"
    passages = cut(f"{prose(120)}\n\n{fence}\n\n{prose(120, 500)}")
    assert sum(fence in passage.text for passage in passages) == 1


def test_a_fence_that_does_not_fit_is_cut_at_lines() -> None:
    """No line of code is cut in two."""
    lines = [f"set option {i} to value {i}" for i in range(80)]
    for passage in cut("```\n" + "\n".join(lines) + "\n```"):
        assert set(passage.text.split("\n")) <= {"```", *lines}


def test_a_nested_list_that_does_not_fit_is_cut_at_items() -> None:
    """Items stay whole with what is nested in them."""
    items = [f"- Item {i}\n  - {prose(12, i * 50)}\n  - Last of {i}" for i in range(12)]
    passages = cut("\n".join(items))
    assert len(passages) > 1
    for item in items:
        assert any(item in passage.text for passage in passages)


def test_an_item_that_does_not_fit_is_cut_at_the_items_inside() -> None:
    """A cut inside a long item lies before one of its own items."""
    inner = [f"  - {prose(18, i * 50)}" for i in range(20)]
    passages = cut("- Outer:\n" + "\n".join(inner))
    assert len(passages) > 1
    assert passages[0].text.startswith("- Outer:\n  - Word0")
    for passage in passages[1:]:
        assert passage.text.startswith("- Word")


def test_blocks_are_told_apart() -> None:
    """Each kind of block is known as what it is."""
    text = "text\n\n- item\n\n> quote\n\n| a |\n|---|\n| b |\n\n<div>\nx\n</div>\n\n    code\n"
    assert _kinds(text) == [
        Kind.PARAGRAPH,
        Kind.LIST,
        Kind.QUOTE,
        Kind.TABLE,
        Kind.HTML,
        Kind.FENCE,
    ]


def test_signs_that_are_whitespace_here_make_no_passage() -> None:
    """Markdown takes a control sign for text where Python takes it for whitespace."""
    assert [passage.text for passage in cut("# A\n\n\x1f\n\ntext\n\n\x1f\n")] == [
        "# A\n\n\x1f\n\ntext"
    ]


def test_what_the_parser_does_not_show_is_in_a_passage() -> None:
    """Targets of links, which Markdown does not show, are covered, under the section above them."""
    text = "# A\n\nSee [x].\n\n[x]: https://x.example\n\n# B\n\nMore " + prose(60)
    passages = cut(text)
    assert [passage.heading for passage in passages if "https://x" in passage.text] == [("A",)]
    assert cut("[x]: https://x.example\n\n# A\n\n" + prose(60))[0].heading == ()
