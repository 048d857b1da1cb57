"""HTML pages: what is content, how it becomes Markdown, and where its anchors are."""

from __future__ import annotations

import pytest

from footnote.connectors.formats import read
from footnote.connectors.formats.base import FormatError, Parsed


def html(body: str, head: str = "") -> Parsed:
    """A page with this body."""
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return read(page.encode(), "page.html")


def test_only_content_stays() -> None:
    """Navigation, scripts, forms, headers, footers and asides around the content are left out."""
    parsed = html(
        "<header><h1>Acme</h1></header><nav>Home</nav><div role=navigation>Menu</div>"
        "<form><label>Search</label><input></form><p hidden>Secret</p>"
        "<p>Content.</p><!-- comment --><aside>Related</aside>"
        "<script>run()</script><style>p {}</style><footer>Imprint</footer>"
    )
    assert parsed.text == "Content.\n"


@pytest.mark.parametrize("inner", ["main", "article", "div role=main"])
def test_main_is_preferred(inner: str) -> None:
    """Where a page names its main part, only that is read, with the header that is its own."""
    end = inner.partition(" ")[0]
    parsed = html(
        f"<div>Cookie notice</div><{inner}><header><h1>Leave</h1></header><p>25 days.</p>"
        f"<aside class='admonition note'>Ask early.</aside></{end}><div>Ad</div>"
    )
    assert parsed.text == "# Leave\n\n25 days.\n\nAsk early.\n"


def test_a_form_around_the_page_is_content() -> None:
    """A form that holds paragraphs is the page, as some frameworks write it."""
    assert html("<form><p>Content.</p><input><button>Go</button></form>").text == "Content.\n"


def test_structure_becomes_markdown() -> None:
    """Headings, nested lists, tables, code and emphasis keep their structure; words no escapes."""
    parsed = html(
        "<h1>Leave</h1><p>Use <b>kube_pod_status</b> * <code>a_b</code>.</p>"
        "<ol><li>One<ul><li>Deep</ul><li>Two</ol>"
        "<table><tr><th>Kind<th>Days<tr><td>Sick<td>10 | 12<p>or more</table>"
        "<div class='highlight-python'><pre>def f():\n    return '```'\n</pre></div>"
        "<blockquote>Said.</blockquote>"
    )
    assert parsed.text == (
        "# Leave\n\nUse **kube_pod_status** * `a_b`.\n\n"
        "1. One\n   - Deep\n2. Two\n\n"
        "| Kind | Days |\n| --- | --- |\n| Sick | 10 \\| 12 or more |\n\n"
        "````python\ndef f():\n    return '```'\n````\n\n> Said.\n"
    )


def test_lines_of_code_end_where_they_are_seen_to_end() -> None:
    """Code whose lines are elements of their own keeps them."""
    lines = "<span>def f():<br></span><span>    return 1<br/></span>"
    code = html(f"<pre class='language-python'><code>{lines}</code></pre>")
    assert code.text == "```python\ndef f():\n    return 1\n```\n"


def test_links_and_pictures() -> None:
    """Whole addresses stay links; the page's own links and pictures become their words."""
    parsed = html(
        "<p><a href='https://a.example/b'>Out</a>, <a href='c.html'>in</a>, <a href='#d'>here</a>, "
        "<a href='javascript:e()'>run</a>, <img src='data:abc' alt='A  door'>.</p>"
    )
    assert parsed.text == "[Out](https://a.example/b), in, here, run, A door.\n"


def test_a_table_without_header_uses_its_first_row() -> None:
    """A table that marks no header still is a Markdown table."""
    parsed = html("<table><tr><td colspan=2>A<tr><td>b<td>c</table>")
    assert parsed.text == "| A | |\n| --- | --- |\n| b | c |\n"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("<h2 id='sick'>Sick</h2>", "sick"),
        ("<h2><a name='sick'></a>Sick</h2>", "sick"),
        ("<h2><a id='sick' class='anchor' href='#sick'>#</a>Sick</h2>", "sick"),
        ("<section id='sick'><h2>Sick<a href='#sick'>¶</a></h2></section>", "sick"),
        ("<h2 id='Sick days'><span id='x'>Sick</span></h2>", "Sick days"),
        ("<section id='sick'><span id='other'></span><h2>Sick</h2></section>", "sick"),
        ("<div><p>No.</p><a name='sick'></a><h2>Sick</h2></div>", "sick"),
        ("<div id='wrapper'><p>No.</p><h2>Sick</h2></div>", None),
        ("<p>No.</p><a name='other'>Text</a><h2>Sick</h2>", None),
    ],
)
def test_heading_anchors(heading: str, anchor: str | None) -> None:
    """A heading's anchor is a mark at the start of its line, and the sign beside it is gone."""
    parsed = html(f"<h1>Leave</h1><p>Text.</p>{heading}<p>More.</p>")
    assert "\n## Sick\n" in parsed.text
    start = parsed.text.index("## Sick")
    assert [(mark.start, mark.anchor, mark.label) for mark in parsed.marks] == (
        [(start, anchor, "")] if anchor else []
    )


def test_many_anchors_keep_their_places() -> None:
    """Each mark stands at its own heading, whatever text lies between."""
    names = [f"part-{number}" for number in range(30)]
    parsed = html("".join(f"<h2 id={name}>{name}</h2><ul><li>{name}</ul>" for name in names))
    assert [mark.anchor for mark in parsed.marks] == names
    for mark in parsed.marks:
        assert parsed.text[mark.start :].startswith(f"## {mark.anchor}\n")


def test_forged_places_do_no_harm() -> None:
    """A page that holds the signs used on the way changes no mark and breaks nothing."""
    parsed = html("<h1 id=a>A</h1><p>&#xFDD0;7&#xFDD1; \ufdd00\ufdd1 &#xFDD0;x</p>")
    assert [(mark.start, mark.anchor) for mark in parsed.marks] == [(0, "a")]


@pytest.mark.parametrize(
    ("body", "head", "title", "author"),
    [
        (
            "<h1>Leave</h1>x",
            "<title>Leave | Acme</title><meta name=author content=Ann>",
            "Leave",
            "Ann",
        ),
        ("x", "<title> Leave\n policy </title>", "Leave policy", None),
        ("x", "<title>Untitled Document 1</title>", None, None),
        ("<pre># not this</pre>", "", None, None),
    ],
)
def test_title(body: str, head: str, title: str | None, author: str | None) -> None:
    """The first heading is the title, else what the head says, where that says something."""
    parsed = html(body, head)
    assert (parsed.title, parsed.author) == (title, author)


def test_a_declared_encoding_is_used() -> None:
    """A page that declares an old encoding is read in it; one that declares none is refused."""
    page = "<html><head>{}</head><body>Café</body></html>"
    declared = page.format("<meta charset='windows-1252'>").encode("windows-1252")
    assert read(declared, "a.htm").text == "Café\n"
    for head in ("", "<meta charset='utf-8'>", "<meta charset='no-such'>", "<meta charset='hex'>"):
        with pytest.raises(FormatError, match="it is not UTF-8 text"):
            read(page.format(head).encode("windows-1252"), "a.htm")


def test_odd_pages() -> None:
    """XHTML, a bare word, a page without body and hostile nesting are read or refused cleanly."""
    xhtml = b'<?xml version="1.0" encoding="utf-8"?>\n<html><body><p>Text</p></body></html>'
    assert read(xhtml, "a.xhtml").text == "Text\n"
    assert read(b'<?xml version="1.0"?>\n<div><p>Text</p></div>', "a.html").text == "Text\n"
    assert read(b"page.html", "a.html").text == "page.html\n"
    with pytest.raises(FormatError, match="it has no text"):
        read(b"<html><head><title>Empty</title></head></html>", "a.html")
    with pytest.raises(FormatError, match="nested too deeply"):
        read(b"<div>" * 20_000 + b"text", "a.html")
