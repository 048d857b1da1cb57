"""The main part of pages of different generators, with all that makes it citable."""

from __future__ import annotations

import pytest

from footnote.connectors.formats.base import FormatError, Parsed
from footnote.connectors.website.memory import Content
from footnote.connectors.website.texts import read_page
from tests.connectors.website.handbook_page import PAGES, kept


def parsed(html: str) -> Parsed:
    """A page as it is read."""
    return read_page(Content("text/html", "utf-8", "", html.encode()))


@pytest.mark.parametrize("generator", PAGES)
def test_the_text_is_kept_and_the_site_left_out(generator: str) -> None:
    """Every sentence, heading, table row, line of code and anchor stays, hardly a word more."""
    page = parsed(PAGES[generator].read_text(encoding="utf-8"))
    found = kept(page.text, {mark.anchor for mark in page.marks})
    assert found.sentences == 1.0
    assert found.extra <= 2
    assert (found.headings, found.anchors) == (3, 3)
    assert found.table
    assert found.code
    assert found.nested
    assert page.title == "Annual leave"
    assert page.text.startswith("# Annual leave\n")
    assert page.text.count("# Annual leave") == 1


def test_a_page_without_any_known_sign_is_extracted() -> None:
    """Where no name tells which part is the text, the extractor finds it."""
    wiki = PAGES["dokuwiki"].read_text(encoding="utf-8")
    page = parsed(wiki.replace("dokuwiki__", "x__").replace("dw__", "y__"))
    found = kept(page.text, {mark.anchor for mark in page.marks})
    assert (found.sentences, found.headings, found.anchors) == (1.0, 3, 3)
    assert found.extra <= 20


@pytest.mark.parametrize(
    "body",
    [
        "<div><p>Short.</p></div>",
        "<div>" + "<p>One line.</p>" * 3 + "</div><div><a href=x>More</a></div>",
        "Text without any element",
    ],
)
def test_little_is_kept_whole(body: str) -> None:
    """A page from which the extractor would take nothing is read as it is."""
    assert parsed(f"<html><body>{body}</body></html>").text.strip()


@pytest.mark.parametrize("html", ["", "<html><body></body></html>", "<div>" * 5000 + "x"])
def test_pages_without_text_are_refused(html: str) -> None:
    """Nothing, and hostile nesting, is refused with a reason."""
    with pytest.raises(FormatError):
        parsed(html)


def test_a_table_that_lays_out_is_no_table() -> None:
    """Cells with headings become text; the tables inside them stay."""
    page = parsed(
        "<table><tr><td>Menu</td><td><h1>Leave</h1><table><tr><th>Day</th></tr><tr><td>1</td></tr>"
        "</table></td></tr></table>"
    )
    assert "# Leave" in page.text
    assert "| Day |\n| --- |\n| 1 |" in page.text
