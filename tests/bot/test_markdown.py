"""Small questions about Markdown."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from footnote.bot.markdown import hide_code, plain, show_code, unframed, unlinked
from tests.growth import BELOW_SQUARE, growth
from tests.properties import holds_for


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[the guide](https://x.example/a_(b) 'A title')", "the guide"),
        ("[the guide](<https://x.example/a b>)", "the guide"),
        ("[a [very] good guide](/there)", "a [very] good guide"),
        ("![a picture](p.png) of it", "a picture of it"),
        ("[![logo](l.png)](https://x.example)", "logo"),
        ("[the guide][here] and [that][]", "the guide and that"),
        ("28 days [1][2] or [1, 2][3]", "28 days [1][2] or [1, 2][3]"),
        ("a list[0] (of one)", "a list[0] (of one)"),
    ],
)
def test_links_show_their_words(text: str, words: str) -> None:
    """Links and images are reduced to what they show; citations side by side are no link."""
    assert unlinked(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- **Bold** and _slanted_ and `code`", "Bold and slanted and code"),
        ("12. An item\n    that goes on", "An item that goes on"),
        ("## A heading", "A heading"),
        ("> quoted\n> twice", "quoted twice"),
        ("***both*** <b>tags</b> <br/>", "both tags"),
        ("<https://x.example> or <mailto:a@x.example> or <a@x.example>",
         "https://x.example or a@x.example or a@x.example"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("**a _b_ c**", "a b c"),
        (" \n ", ""),
    ],
)  # fmt: skip
def test_plain_is_one_line_of_words(text: str, words: str) -> None:
    """No list marker, link, emphasis, heading sign, tag or line break is left."""
    assert plain(text) == words


@holds_for(st.text(st.sampled_from("ab`\\ \n|[1]"), max_size=40), examples=100)
def test_hidden_code_comes_back(text: str) -> None:
    """What is hidden is shown again, character for character."""
    hidden, spans = hide_code(text)
    assert show_code(hidden, spans) == text
    assert all(span.startswith("`") and span.endswith("`") for span in spans)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("`a[1]` and ``b ` c``", ["`a[1]`", "``b ` c``"]),
        ("\\`no` code`", ["` code`"]),
        ("a ` stray\nand `code`", ["`code`"]),
        ("| ` | `a` |", ["`a`"]),
        ("```three``` x `", ["```three```"]),
    ],
)
def test_code_is_what_markdown_says(text: str, spans: list[str]) -> None:
    """Runs of equal length pair up; an escaped or stray backtick opens nothing."""
    assert hide_code(text)[1] == spans


def test_code_is_not_escaped_by_what_closes_up_to_it() -> None:
    """A backslash that has lost what it stood before leaves the code behind it code."""
    hidden, spans = hide_code(r"\gone`code`")
    assert show_code(hidden.replace("gone", ""), spans) == "\\ `code`"
    assert show_code(hidden.replace("gone", "\\"), spans) == "\\\\`code`"


@pytest.mark.parametrize(
    "unit", ["**a* ", " ", "[", "(", "<", "[a](", "`", "_a", "<a ", "![", "[a][", "`a ``b ", "\\"]
)
def test_length_costs_little(unit: str) -> None:
    """50,000 characters of anything take time in proportion."""

    def work(length: int) -> None:
        text = unit * (length // len(unit))
        plain(text)
        hide_code(text)

    assert growth(work, 50_000) < BELOW_SQUARE


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("| `gate` | how sure it is |", "`gate` · how sure it is"),
        ("| a \\| b | c |", "a \\| b · c"),
        ("no row | at all", "no row | at all"),
    ],
)
def test_a_row_is_its_cells(text: str, shown: str) -> None:
    """A row of a table is read without its frame, and nothing else is touched."""
    assert unframed(text) == shown
