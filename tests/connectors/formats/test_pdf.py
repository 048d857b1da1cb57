"""PDF: pages, hyphens, properties."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from footnote.connectors.base import Mark, Syntax
from footnote.connectors.formats import read
from footnote.connectors.formats.base import FormatError
from tests.connectors.samples import pdf


def test_each_page_is_marked() -> None:
    """Pages are parted by a blank line, and a mark opens each at its first character."""
    parsed = read(pdf([["First page.", "Its end."], [], ["Third page."]]), "a.pdf")
    assert parsed.text == "First page.\nIts end.\n\nThird page.\n"
    assert parsed.syntax is Syntax.TEXT
    assert parsed.marks == (
        Mark(0, "page=1", "page 1"),
        Mark(parsed.text.index("Third"), "page=3", "page 3"),
    )


def test_words_cut_at_a_line_end_are_mended() -> None:
    """A cut word loses its hyphen; a compound keeps it where the text writes it so elsewhere."""
    lines = ["An exam-", "ple of a self-", "hosted bot, since 2019-", "2020, by Smith-"]
    text = read(pdf([[*lines, "Jones, which is self-hosted."]]), "a.pdf").text
    assert text == (
        "An example of a self-hosted bot, since 2019-2020, by Smith-Jones, which is self-hosted.\n"
    )


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Travel guide", "Travel guide"),
        ("untitled", None),
        ("Microsoft Word - travel.doc", None),
        ("travel_final2.docx", None),
        ("", None),
    ],
)
def test_properties(title: str, kept: str | None) -> None:
    """Title and author come from the properties where a person wrote them."""
    parsed = read(pdf([["Text."]], title=title, author="Ann Lee"), "a.pdf")
    assert (parsed.title, parsed.author) == (kept, "Ann Lee")


def test_reading_in_threads() -> None:
    """Many threads may read at once, although the library may not."""
    files = [pdf([[f"Page {page} of {number}."] for page in range(5)]) for number in range(4)]
    with ThreadPoolExecutor(8) as threads:
        texts = list(threads.map(lambda raw: read(raw, "a.pdf").text, files * 10))
    assert texts[:4] * 10 == texts
    assert "Page 4 of 3." in texts[3]


def test_a_damaged_file_is_refused_or_read() -> None:
    """A file cut anywhere is an error with a reason, or as much text as the library can save."""
    whole = pdf([["Some text."], ["More text."]])
    for end in range(0, len(whole), 97):
        try:
            assert read(whole[:end], "a.pdf").text.strip()
        except FormatError as error:
            assert error.reason in {  # noqa: PT017 - either outcome is right
                "it is broken, or not a PDF file",
                "it has no text, perhaps it is scanned",
            }
