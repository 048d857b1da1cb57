"""A crawl: which pages of a site it lists, and how far it goes."""

from __future__ import annotations

import pytest

from footnote.connectors.base import CutShortError
from tests.connectors.website.reading import Reading, html
from tests.servers.website import Page, Site


async def test_it_follows_links_within_the_site(site: Site, reading: Reading) -> None:
    """Every page that links lead to is listed once, in order of its distance, then of the links."""
    site.pages |= {
        "/": html("start", "b", "/a?x=1#part", "https://other.example/", "mailto:a@b.example"),
        "/a?x=1": html("a", "/", "/b", "/deep/c"),
        "/b": html("b", "/deep/c?utm_source=mail"),
        "/deep/c": html("c", "../d"),
        "/d": html("d"),
    }
    listing = await reading.list()
    assert listing.error is None
    assert listing.paths == ["/", "/b", "/a?x=1", "/deep/c", "/d"]
    fetched = await reading.connector().fetch(f"docs:{site.url}/deep/c")
    assert fetched.title == "c"
    assert fetched.url == f"{site.url}/deep/c"
    assert "All about c." in fetched.text


async def test_the_order_is_always_the_same(site: Site, reading: Reading) -> None:
    """However many pages are on their way at once, they are listed in one order."""
    names = [f"/{number}" for number in range(30)]
    site.pages["/"] = html("start", *names)
    for number, name in enumerate(names):
        site.pages[name] = html(name, f"/{(number * 7) % 30}", f"/more/{number}")
        site.pages[f"/more/{number}"] = html(f"more {number}")
    orders = [(await reading.list(at_once=at_once)).paths for at_once in (1, 3, 16)]
    assert len(orders[0]) == 61
    assert orders[0] == orders[1] == orders[2]


async def test_the_scope_is_a_prefix_of_whole_segments(site: Site, reading: Reading) -> None:
    """Only pages below the prefixes are listed, and none that is ignored."""
    site.pages |= {
        "/": html("start", "/guide/", "/guide-old/", "/api", "/blog"),
        "/guide/": html("guide", "/guide/a", "/guide/drafts/b", "/guide/c.zip"),
        "/guide/a": html("a"),
        "/guide/drafts/b": html("b"),
        "/guide-old/": html("old"),
        "/api": html("api", "/api/v1"),
        "/api/v1": html("v1"),
        "/blog": html("blog"),
    }
    listing = await reading.list(
        prefixes=[f"{site.url}/guide/", f"{site.url}/api"], ignore=["drafts/"]
    )
    assert listing.error is None
    assert listing.paths == ["/guide/", "/api", "/guide/a", "/api/v1"]
    assert not {"/blog", "/guide-old/", "/guide/drafts/b"} & set(site.paths())
    below = await reading.list(url=f"{site.url}/guide/")
    assert below.paths == ["/guide/", "/guide/a", "/guide/drafts/b"]


async def test_depth_and_number_of_pages_have_limits(site: Site, reading: Reading) -> None:
    """The depth bounds what the source is; the number of pages cuts it short, and is told."""
    for number in range(10):
        site.pages[f"/{number or ''}"] = html(f"page {number}", f"/{number + 1}")
    listing = await reading.list(max_depth=3)
    assert (listing.paths, listing.error) == (["/", "/1", "/2", "/3"], None)
    listing = await reading.list(max_pages=5)
    assert listing.paths == ["/", "/1", "/2", "/3", "/4"]
    assert isinstance(listing.error, CutShortError)
    assert "only the first 5 pages are read: raise max_pages" in str(listing.error)


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        ('<meta name="robots" content="noindex">', {}),
        ('<meta name="Footnote" content="NOINDEX">', {}),
        ("", {"X-Robots-Tag": "noindex"}),
        ("", {"X-Robots-Tag": "none"}),
    ],
)
async def test_pages_that_want_no_robots_are_left_out(
    site: Site, reading: Reading, head: str, headers: dict[str, str]
) -> None:
    """A page may say that it is not to be indexed; on one's own site that need not be obeyed."""
    page = html("b", head=head)
    page.headers = headers
    site.pages |= {"/": html("start", "/b"), "/b": page}
    assert (await reading.list()).paths == ["/"]
    assert (await reading.list(obey_robots=False)).paths == ["/", "/b"]


async def test_robots_txt_is_obeyed(site: Site, reading: Reading) -> None:
    """What it forbids is never asked for, and its delay is kept; one's own may be ignored."""
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: footnote\nDisallow: /private\nCrawl-delay: 3"
    site.pages |= {
        "/robots.txt": Page(rules, type="text/plain"),
        "/": html("start", "/private/a", "/b"),
        "/private/a": html("private"),
        "/b": html("b"),
    }
    connector = reading.connector()
    listing = await reading.list(connector)
    assert listing.paths == ["/", "/b"]
    assert not any(path.startswith("/private") for path in site.paths())
    clock = connector._clock
    assert clock
    assert clock.now() - 1000 >= 3
    assert (await reading.list(obey_robots=False)).paths == ["/", "/private/a", "/b"]


async def test_a_page_has_one_address(site: Site, reading: Reading) -> None:
    """Copies are left out: by what a page calls its own address, by redirects, by same content."""
    canonical = f'<link rel="canonical" href="{site.url}/a">'
    site.pages |= {
        "/": html("start", "/a?print=1", "/moved", "/a", "/a/index.html", "/outside", "/lost"),
        "/a": html("a", "/c", head=canonical),
        "/a?print=1": html("a for print", head=canonical),
        "/a/index.html": html("a", "/c", head=canonical),
        "/moved": Page(status=301, headers={"Location": "/b"}, etag=False),
        "/b": html("b"),
        "/c": html("c"),
        "/c2": html("c"),
        "/outside": html("o", "/c2", head='<link rel="canonical" href="https://x.example/o">'),
        "/lost": html("lost", head=f'<link rel="canonical" href="{site.url}/none">'),
    }
    listing = await reading.list()
    assert listing.error is None
    assert sorted(listing.paths) == ["/", "/a", "/b", "/c", "/lost", "/outside"]


async def test_types_that_can_be_read(site: Site, reading: Reading) -> None:
    """Text, Markdown and other formats are documents too; pictures and programs are not."""
    site.pages |= {
        "/": html("start", "/a.txt", "/b.md", "/c.png", "/d.csv"),
        "/a.txt": Page(
            "Caf\xe9 opens at nine.".encode("latin-1"), type="text/plain; charset=latin-1"
        ),
        "/b.md": Page("# Bee\n\nBuzz.", type="text/markdown"),
        "/c.png": Page(b"\x89PNG", type="image/png"),
        "/d.csv": Page("day,open\nMonday,yes\n", type="text/csv"),
    }
    connector = reading.connector()
    listing = await reading.list(connector)
    assert listing.paths == ["/", "/a.txt", "/b.md", "/d.csv"]
    text = await connector.fetch(f"docs:{site.url}/a.txt")
    assert (text.text.strip(), text.title) == ("Caf\xe9 opens at nine.", "A")
    assert (await connector.fetch(f"docs:{site.url}/b.md")).title == "Bee"
    assert "Monday" in (await connector.fetch(f"docs:{site.url}/d.csv")).text


@pytest.mark.parametrize(
    ("type_", "encoding", "declared"),
    [
        ("text/html; charset=windows-1252", "windows-1252", ""),
        ("text/html", "windows-1252", '<meta charset="windows-1252">'),
        ("text/html", "utf-8", ""),
        ("text/html", "shift_jis", '<meta charset="shift_jis">'),
    ],
)
async def test_encodings(
    site: Site, reading: Reading, type_: str, encoding: str, declared: str
) -> None:
    """A page is read in the encoding that its header or it itself states."""
    words = "\u6642\u9593" if encoding == "shift_jis" else "Caf\xe9 \u2013 fa\xe7ade"
    page = f"<html><head>{declared}</head><body><h1>{words}</h1><p>Text</p></body></html>"
    site.pages["/"] = Page(page.encode(encoding), type=type_)
    assert (await reading.connector().fetch(f"docs:{site.url}/")).title == words
