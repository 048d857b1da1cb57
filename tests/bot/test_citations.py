"""Markers, numbers and addresses in an answer's text."""

from __future__ import annotations

import re

import pytest
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from footnote.bot.citations import (
    Numbering,
    addresses,
    cited_numbers,
    without_foreign_links,
    without_markers,
)
from tests.growth import BELOW_SQUARE, growth
from tests.properties import holds_for

KNOWN = "https://docs.example/a_(b)/page"
SOURCES = f"More at {KNOWN}, or write to [us](https://docs.example/help?x=1#top)."

FRAGMENTS = (
    *("https://evil.example/x", "HTTP://EVIL.example", KNOWN, "https://docs.example"),
    *("www.evil.example", "htt", "ps://evil.example", "https:", "//evil.example"),
    *("javascript:alert(1)", "mailto:a@evil.example", "a@evil.example", "word", '"t"', "&", ":"),
    *("[", "]", "(", ")", "<", ">", "![", "](", "][", "[x]:", "[x]", "[1]", "[9]", "|", "!", "'"),
    *("`", "``", "\\", "*", "_", "\n", " ", "\n> ", "\n- ", "\n\n"),
    *('<a href="', "<img src=", "<b title=", "</a>", "="),
)

NESTS = (
    *(
        ("<a ", "=>"),
        ("<a \\<", "\\`=>"),
        ("</a", ">"),
        ("<a@", ">"),
        ("<http://", ">"),
        ("(", ")"),
    ),
    *(
        ("[a", "](x)"),
        ("[a", "][x]"),
        ("![", "](x)"),
        ("[", "]"),
        ("[1", "]"),
        ("htt", "ps://e.x)"),
    ),
)


class TestMarkers:
    """What is a citation marker."""

    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("One [1] two[2].", (1, 2)),
            ("One [3, 1; 2].", (3, 1, 2)),
            ("One [2-4] and [6\u20137, 9].", (2, 3, 4, 6, 7, 9)),
            ("One [4-2].", (4, 2)),
            ("One [2][2] [2].", (2,)),
            ("A [1](https://x.example) link", ()),
            ("Code `arr[1]` and ``x[2] ` y``", ()),
            ("No [x], [1.5], [2024], [ 1 ] or []", ()),
            ("[1]\n- [2]", (1, 2)),
        ],
    )
    def test_numbers(self, text: str, numbers: tuple[int, ...]) -> None:
        """Commas, semicolons and ranges count; links, code and years do not."""
        assert cited_numbers(text) == numbers

    @pytest.mark.parametrize(
        ("text", "without"),
        [
            ("Staff get 28 days [1].", "Staff get 28 days."),
            ("Staff get 28 days. [1][2-4]", "Staff get 28 days."),
            ("Use `arr[1]` [2] here", "Use `arr[1]` here"),
            ("  - nested [1]", "  - nested"),
            ("A [1](https://x.example) link", "A [1](https://x.example) link"),
            ("Note [1]: this", "Note: this"),
            ("One [1][2] two[3]three", "One two three"),
            ("(see it [1]).", "(see it)."),
            ("https:[1]//evil.example", "https: //evil.example"),
            ("[1]", ""),
        ],
    )
    def test_without_markers(self, text: str, without: str) -> None:
        """Markers go with the space before them; code, links and indentation stay."""
        assert without_markers(text) == without


class TestNumbering:
    """Shown numbers."""

    def test_numbers_follow_first_use(self) -> None:
        """Numbers run from 1 in reading order, and a passage keeps its number."""
        numbering = Numbering()
        assert numbering.renumber("A [7]. B [3][7].", {3, 7}.__contains__) == "A [1]. B [2][1]."
        assert numbering.renumber("C [3, 5].", {3, 5}.__contains__) == "C [2][3]."
        assert numbering.of(7) == 1

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("A [9].", "A."),
            ("A [9] b [1], c.", "A b [1], c."),
            ("A [8-9][1].", "A [1]."),
            ("A [0-2] b", "A [1][2] b"),
            ("[1] A", "[1] A"),
            ("| a [2] |\n| [1] |", "| a [1] |\n| [2] |"),
            ("  - a [1]", "  - a [1]"),
            ("`x[9]` [1]", "`x[9]` [1]"),
        ],
    )
    def test_unknown_numbers_vanish(self, text: str, shown: str) -> None:
        """An unknown number goes with its brackets and leaves no gap in text or numbers."""
        assert Numbering().renumber(text, {1, 2}.__contains__) == shown

    @holds_for(
        st.lists(
            st.lists(st.sampled_from("word|[1]|[3, 2]|[9]|[2-4]|`[4]`|[12;4]|.|\n".split("|"))).map(
                " ".join
            ),
            max_size=5,
        ),
        st.frozensets(st.sampled_from([1, 2, 3, 4, 9])),
    )
    def test_no_gaps(self, texts: list[str], known: frozenset[int]) -> None:
        """First uses read 1, 2, 3 … over all blocks, and each stands for one known number."""
        numbering = Numbering()
        used = [
            number
            for text in texts
            for number in cited_numbers(numbering.renumber(text, known.__contains__))
        ]
        meant = [number for text in texts for number in cited_numbers(text) if number in known]
        assert list(dict.fromkeys(used)) == list(range(1, len(set(used)) + 1))
        assert used == [numbering.of(number) for number in meant]


class TestForeignLinks:
    """Addresses that could be followed."""

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            (f"See {KNOWN}.", f"See `{KNOWN}`."),
            (f"See [the page]({KNOWN}).", "See the page."),
            (f"See <{KNOWN}>", f"See `{KNOWN}`"),
            (f"See `{KNOWN}` now", f"See `{KNOWN}` now"),
            (f"Run `curl {KNOWN}`", f"Run `curl {KNOWN}`"),
            ("Run `curl https://evil.example`", "Run `curl `"),
            ("See `https://evil.example` now", "See  now"),
            ("See https://evil.example/x (https://evil.example).", "See."),
            ("See https://docs.example now", "See  now"),
            ("See HTTPS://EVIL.example", "See"),
            ("See www.evil.example", "See"),
            ("See [x][y] and [1][2]", "See x and [1][2]"),
            ("[x]: https://evil.example", ""),
            ("[x]: /there 'Title'", ""),
            ("[1]: Staff get 28 days.", "[1] : Staff get 28 days."),
            ("[a](javascript:alert(1)) b", "a b"),
            ("[a [b] c](javascript:x)", "a [b] c"),
            ("<javascript:x> <ftp://evil.example/> y", "y"),
            ("Mail <hr@docs.example>", "Mail hr@docs.example"),
            ('<a href="//evil.example">here</a> <b>', "here <b>"),
            ("Set <your name>, if 1 <2", "Set <your name>, if 1 <2"),
            ('<a title="`>` href=">', ""),
            ("<a b `c` d>", "< a b `c` d>"),
            (f"`a` {KNOWN}[9]`b`", f"`a` `{KNOWN}`[9]`b`"),
            (f"{KNOWN}`b`", f"`{KNOWN}` `b`"),
            ("hthttps://evil.example tps://evil.example", "ht tps://evil.example"),
            ("A [b](c d e) f", "A [b] (c d e) f"),
            ("  - nested https://evil.example", "  - nested"),
        ],
    )
    def test_examples(self, text: str, shown: str) -> None:
        """Links keep their words; an address is code where the sources hold it, or is gone."""
        assert without_foreign_links(text, SOURCES) == shown

    @holds_for(
        st.lists(st.sampled_from(FRAGMENTS), max_size=16).map("".join),
        examples=80,
    )
    def test_nothing_can_be_followed(self, text: str) -> None:
        """Read by a Markdown parser, no link, image or foreign address is left in any text."""
        _assert_dead(text)

    @holds_for(
        *(st.lists(st.sampled_from(FRAGMENTS), max_size=4).map("".join) for _ in range(3)),
        st.sampled_from(NESTS),
        st.integers(1, 40),
    )
    def test_no_depth_brings_a_link_to_life(
        self, before: str, middle: str, after: str, nest: tuple[str, str], depth: int
    ) -> None:
        """What is nested deeper than the rounds of removal reach is as dead as the rest."""
        _assert_dead(f"{before}{nest[0] * depth}{middle}{nest[1] * depth}{after}")

    @pytest.mark.parametrize("depth", [1, 7, 8, 9, 60])
    @pytest.mark.parametrize("nest", NESTS)
    def test_nothing_closes_up_to_an_address(self, nest: tuple[str, str], depth: int) -> None:
        """Whatever is taken out of the middle of an address, it does not come together."""
        inside = nest[0] * depth + nest[1] * depth
        _assert_dead(f"htt{inside}ps://evil.example/x")
        _assert_dead(f"[x](java{inside}script:alert(1))")
        _assert_dead(f"<a href{inside}='//evil.example'>x</a>")

    def test_only_whole_addresses_are_known(self) -> None:
        """The beginning of a known address is another address."""
        assert addresses(SOURCES) == {KNOWN, "https://docs.example/help?x=1#top"}


@pytest.mark.parametrize(
    "pattern",
    [
        *(("**a* ",), (" ",), ("[1]",), ("[1,",), ("[",), ("<a href=",), ("http://",), ("a ( ",)),
        *(("http://(",), ("`",), ("<a ",), ("<!",), ("</a ",), ("<http://",), ("[x]: ",)),
        *(("](",), ("\\",), ("[a](",), ("[a](x ",), ("<a ", "="), ("[a](", " "), *NESTS),
    ],
    ids="".join,
)
def test_length_costs_in_proportion(pattern: tuple[str, ...]) -> None:
    """40,000 characters of anything, nested or not, take four times as long as 10,000."""

    def work(length: int) -> None:
        each = length // sum(map(len, pattern))
        text = "".join(part * each for part in pattern)
        without_markers(text)
        without_foreign_links(text, "")

    assert growth(work, 40_000) < BELOW_SQUARE


def _assert_dead(text: str) -> None:
    """Read by a Markdown parser, the text as shown has no link, image or foreign address."""
    shown = Numbering().renumber(without_foreign_links(text, SOURCES), {1}.__contains__)
    reader = MarkdownIt("commonmark").enable("table")
    for token in _flat(reader.parse(f"{shown}\n\n[x] [x][x] [1]\n")):
        assert token.type not in {"link_open", "image"}, (shown, token)
        if token.type == "code_inline":
            assert addresses(token.content) <= addresses(SOURCES), shown
        elif token.type not in {"code_block", "fence"}:
            assert not re.search(r"https?://\w|\bwww\.\w", token.content, re.IGNORECASE), shown
            assert not re.search(r"<[^>]*(?:href|src)\s*=[^<>]*>", token.content), shown


def _flat(tokens: list[Token]) -> list[Token]:
    """Tokens without the ones that only hold others."""
    return [
        leaf for token in tokens for leaf in (_flat(token.children) if token.children else [token])
    ]
