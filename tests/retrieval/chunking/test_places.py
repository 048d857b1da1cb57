"""A passage links to its place: the mark before it, else its heading."""

from __future__ import annotations

from footnote.connectors.base import Mark, Syntax
from footnote.retrieval.chunking.cutter import Cutter
from footnote.retrieval.passages import Passage
from tests.retrieval.chunking.documents import document, prose, token_spans

_PAGE = "https://docs.example/page"


def _cut(
    text: str,
    syntax: Syntax = Syntax.MARKDOWN,
    *,
    url: str | None = _PAGE,
    marks: tuple[Mark, ...] = (),
) -> list[Passage]:
    return list(Cutter(token_spans).cut(document(text, syntax, url=url, marks=marks)))


def test_pages_of_a_pdf_are_anchor_and_place() -> None:
    """A passage is placed on the page that it begins on."""
    pages = [prose(140, 1000 * number) for number in range(3)]
    starts = [sum(len(page) + 2 for page in pages[:number]) for number in range(3)]
    marks = tuple(Mark(at, f"page={n + 1}", f"page {n + 1}") for n, at in enumerate(starts))
    passages = _cut("\n\n".join(pages), Syntax.TEXT, marks=marks)
    for passage in passages:
        number = 1 + max(n for n in range(3) if starts[n] <= passage.start)
        assert passage.url == f"{_PAGE}#page={number}"
        assert passage.place == f"page {number}"
    assert {passage.place for passage in passages} == {"page 1", "page 2", "page 3"}


def test_marks_go_before_headings() -> None:
    """Where a mark stands at or before the passage, the heading's anchor is not used."""
    text = f"## One\n\n{prose(60)}\n\n## Two\n\n{prose(60, 100)}"
    passages = _cut(text, marks=(Mark(text.index("Two"), "sec-2", "Section 2"),))
    assert [passage.url for passage in passages] == [f"{_PAGE}#one", f"{_PAGE}#sec-2"]
    assert [passage.place for passage in passages] == ["", "Section 2"]


def test_a_mark_with_an_address_of_its_own_is_linked_there() -> None:
    """As a message of a chat is; that address is a part of the document's content."""
    text = f"{prose(60)}\n\n{prose(300, 100)}"
    at = text.index("\n\n") + 2
    own, other = (Mark(at, "", "Ann", f"https://chat.example/{name}") for name in "ab")
    urls = [passage.url for passage in _cut(text, marks=(Mark(0, "x", ""), own))]
    assert urls == [f"{_PAGE}#x"] + ["https://chat.example/a"] * 2
    one, two, none = (document(text, marks=(mark,)) for mark in (own, other, Mark(at, "", "Ann")))
    assert len({one.content_hash, two.content_hash, none.content_hash}) == 3


def test_every_passage_of_a_section_links_to_its_heading() -> None:
    """Later passages of a section have its anchor, and text above all headings has none."""
    passages = _cut(f"{prose(60)}\n\n## One\n\n{prose(300, 100)}")
    assert [passage.url for passage in passages] == [_PAGE] + [f"{_PAGE}#one"] * 3


def test_a_document_without_a_url_has_no_links() -> None:
    """No URL is made up."""
    assert [passage.url for passage in _cut("## One\n\ntext", url=None)] == [None]


def test_a_url_with_a_fragment_is_left_alone() -> None:
    """A document that is a part of a page keeps its own link."""
    assert [passage.url for passage in _cut("## One\n\ntext", url=f"{_PAGE}#part")] == [
        f"{_PAGE}#part"
    ]


def test_anchors_are_quoted() -> None:
    """Signs that end a link in a message are percent-encoded, letters of other scripts too."""
    assert _cut("## A {#a|b>}\n\ntext")[0].url == f"{_PAGE}#a%7Cb%3E"
    assert _cut("## Ü\n\ntext")[0].url == f"{_PAGE}#%C3%BC"
