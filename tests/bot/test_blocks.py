"""Cutting a stream into blocks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import strategies as st

from footnote.bot.blocks import BlockSplitter, RawBlock
from tests.growth import BELOW_CUBE, BELOW_SQUARE, growth
from tests.properties import holds_for

PROSE = (
    "Staff get 28 days.|Why? Because.|See e.g. the list.|at 5 p.m. Italy|Mr. Low left|iPhone|(see|"
    '“Ja.”|"Quote."|**bold. Bold**|`a. B`|`open. Code|這是。|那是」|....|!|.|1|*|-| |  |\t'
).split("|")
MARKERS = " [1]|[2]| [1, 3]|[1-3]|[4](https://x.example)|[|]".split("|")
STRUCTURE = (
    *("\n", "\n\n", "\n \n", "\r\n", "\r", "\n\u3000", "\x0c\n"),
    *("- item", "  - nested", "12. step", "# Head", "##"),
    *("``` sh\nx. Y\n```", "```", "~~~", "```no. Fence``` here", "| a | b |", "|---|", "|"),
)
FRAGMENTS = (*PROSE, *MARKERS, *STRUCTURE)
texts = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(" ".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("\n".join),
    st.text(st.sampled_from('aA. \n\r[]12`-|#*~!?"。,'), max_size=40),
    st.text(max_size=40),
)


def split(pieces: Sequence[str]) -> list[RawBlock]:
    """The blocks of a stream."""
    splitter = BlockSplitter()
    return [block for piece in pieces for block in splitter.feed(piece)] + splitter.finish()


def texts_of(text: str) -> list[str]:
    """The texts of the blocks of a text."""
    return [block.text for block in split([text])]


@st.composite
def cut_texts(draw: st.DrawFn) -> list[str]:
    """A text in random pieces, some of them empty."""
    text = draw(texts)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


@holds_for(cut_texts(), examples=80)
def test_pieces_do_not_matter(pieces: list[str]) -> None:
    """However a text is cut into pieces, the blocks are the same: none is given out too early."""
    whole = "".join(pieces)
    assert split(pieces) == split([whole]) == split(list(whole))


@holds_for(texts, examples=60)
def test_nothing_is_lost(text: str) -> None:
    """Joined, gaps and texts give the text back but for white space around it and line ends."""
    blocks = split([text])
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(block.gap + block.text for block in blocks).strip() == lines.strip()
    for block in blocks:
        assert not block.gap.strip()
        assert block.text.strip()
        assert block.text == block.text.rstrip()


@pytest.mark.parametrize(
    ("before", "after", "block"),
    [
        ("Staff get 28 days. Ask", " ", "Staff get 28 days."),
        ("Staff get 28 days.\n", "\n", "Staff get 28 days."),
        ("Staff get 28 days. [1] Ask", " ", "Staff get 28 days. [1]"),
        ("Staff get 28 days [1][2]. Ask", "\n", "Staff get 28 days [1][2]."),
        ("No stop here\n-", " ", "No stop here"),
        ("- one\n", "-", "- one"),
        ("- one\n ", "\n", "- one"),
        ("- one\n\u3000", "\n", "- one"),
        ("- one\n  -", " ", "- one"),
        ("- one\n  ", "```", "- one"),
        ("## Head", "\n", "## Head"),
        ("| a |\n| b |\n", "x", "| a |\n| b |"),
        ("```\nx\n```", "\n", "```\nx\n```"),
        ("Run `a. B", "` now. Then ", "Run `a. B` now."),
        ("It ends at 5 p.m. It", " ", "It ends at 5 p.m."),
        ("這是", "。那", "這是。"),
        ("Staff get 28 days.\r\n", "\r\n", "Staff get 28 days."),
        ("No stop here\r\r", "Ask", "No stop here"),
    ],
)
def test_a_block_comes_as_soon_as_it_is_finished(before: str, after: str, block: str) -> None:
    """A block is given out with the piece that finishes it, and with none before."""
    splitter = BlockSplitter()
    assert splitter.feed(before) == []
    assert [found.text for found in splitter.feed(after)][:1] == [block]


def test_markers_stay_with_their_sentence() -> None:
    """Citations after a full stop belong to the sentence before them."""
    assert texts_of("A one. [1][2] B two.[3] C three [4, 5]. [6-8]\n\nD four.\n[9]") == [
        "A one. [1][2]",
        "B two.[3]",
        "C three [4, 5]. [6-8]",
        "D four.\n[9]",
    ]


def test_a_link_is_no_marker() -> None:
    """A link after a full stop opens the next sentence."""
    assert texts_of("See it. [1](https://x.example) tells more.") == [
        "See it.",
        "[1](https://x.example) tells more.",
    ]


def test_structures_are_one_block_each() -> None:
    """A fence, a table, a heading and every item, nested ones included, are single blocks."""
    blocks = [
        "## What to do. Now",
        "- One. Two.\n  goes on here",
        "  - Nested. Item.",
        "    1. Deeper",
        "- Last",
        "```sh\nmake. It\n\n- no item\n```",
        "| a. B | c |\n|---|---|\n| d | e |",
        "The end.",
    ]
    text = "\n".join(blocks[:6]) + "\n\n" + "\n".join(blocks[6:])
    assert texts_of(text) == blocks
    assert [block.code for block in split([text])] == [index == 5 for index in range(8)]


def test_a_fence_in_an_item_is_a_block() -> None:
    """Code below a list item is code, with its indentation, and the list goes on after it."""
    assert split(["1. Run:\n   ```sh\n   make\n\n   x\n   ```\n2. Done"]) == [
        RawBlock("1. Run:", ""),
        RawBlock("   ```sh\n   make\n\n   x\n   ```", "\n", code=True),
        RawBlock("2. Done", "\n"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Run `a. B` now.",
        "He said 'No. Never.' to it",
        "Version 3.11. 4 is out",
        "```x. Y``` is code in a line",
        "It is C. # is no heading here",
    ],
)
def test_signs_inside_a_line_open_nothing(text: str) -> None:
    """Fences and headings count at the start of a line, and no sentence ends inside code."""
    blocks = split([text])
    assert not any(block.code for block in blocks)
    assert not any(block.text.startswith(("B`", "Y```")) for block in blocks)
    assert not any(block.text.startswith("# ") and "\n" in block.gap for block in blocks)


def test_an_open_fence_ends_with_the_stream() -> None:
    """Code whose end never came is still code."""
    assert split(["```\nx = 1\n"]) == [RawBlock("```\nx = 1", "", code=True)]


@pytest.mark.parametrize("width", [50_000, 4], ids=["at once", "token by token"])
@pytest.mark.parametrize("opening", ["", "```\n"], ids=["text", "code"])
@pytest.mark.parametrize(
    "unit",
    [
        *("This is a sentence. ", "word ", "a. ", "E. g. ", "... ", "這是。", "[1]", "`", "*"),
        *("- item\n", "x = 1\n", "| a |\n", "Short line\n", "\n"),
    ],
)
def test_length_costs_little(opening: str, unit: str, width: int) -> None:
    """6,000 characters of anything take time like their square at most, however they come."""

    def work(length: int) -> None:
        text = opening + unit * (length // len(unit))
        split([text[place : place + width] for place in range(0, len(text), width)])

    assert growth(work, 6_000) < BELOW_CUBE


def test_a_long_answer_costs_little() -> None:
    """50,000 characters of prose take time in proportion, token by token."""
    line = "The team lead has to agree first, e.g. by mail. Then the desk books. [1]\n"

    def blocks_of(lines: int) -> list[RawBlock]:
        text = line * lines
        return split([text[place : place + 4] for place in range(0, len(text), 4)])

    assert growth(blocks_of, 700) < BELOW_SQUARE
    assert len(blocks_of(700)) == 1400
