"""Sitemaps: what is read of them, and when they say that nothing changed."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from footnote.connectors.base import CutShortError, SourceError
from footnote.connectors.website.sitemaps import Entry, parse
from tests.connectors.website.reading import Reading, html, sitemap
from tests.servers.website import Page, Site, Trouble

OLD = "2020-01-02T03:04:05Z"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def index(*addresses: str) -> Page:
    """An index of sitemaps."""
    entries = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return Page(f"<sitemapindex>{entries}</sitemapindex>", type="text/xml")


async def test_robots_txt_names_an_index_of_zipped_sitemaps(site: Site, reading: Reading) -> None:
    """What the sitemaps name is listed, no link is followed, and other sites are left out."""
    zipped = Page(
        gzip.compress(sitemap((f"{site.url}/b", ""), ("https://x.example/", "")).raw),
        type="application/gzip",
    )
    site.pages |= {
        "/robots.txt": Page(f"Sitemap: {site.url}/maps.xml\n", type="text/plain"),
        "/maps.xml": index(f"{site.url}/1.xml", f"{site.url}/2.xml.gz", f"{site.url}/3.txt"),
        "/1.xml": sitemap((f"{site.url}/a", OLD), (f"{site.url}/none", "")),
        "/2.xml.gz": zipped,
        "/3.txt": Page(f"{site.url}/c\n", type="text/plain"),
        "/a": html("a", "/linked"),
        "/b": html("b"),
        "/c": html("c"),
        "/linked": html("linked"),
    }
    connector = reading.connector()
    listing = await reading.list(connector)
    assert listing.error is None
    assert listing.paths == ["/a", "/b", "/c"]
    fetched = await connector.fetch(f"docs:{site.url}/a")
    assert fetched.modified_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


async def test_the_rules_are_read_once(site: Site, reading: Reading) -> None:
    """However many pages ask for them at once, robots.txt is fetched once a listing."""
    site.pages["/map.xml"] = sitemap(*((f"{site.url}/{number}", "") for number in range(20)))
    site.pages |= {f"/{number}": html(str(number)) for number in range(20)}
    listing = await reading.list(sitemap=f"{site.url}/map.xml", at_once=10)
    assert len(listing.paths) == 20
    assert site.paths().count("/robots.txt") == 1


async def test_the_usual_place_is_tried(site: Site, reading: Reading) -> None:
    """Without a word in robots.txt, /sitemap.xml is; whatever is no sitemap leads to a crawl."""
    site.pages |= {"/": html("start", "/b"), "/a": html("a"), "/b": html("b")}
    site.pages["/sitemap.xml"] = sitemap((f"{site.url}/a", ""))
    assert (await reading.list()).paths == ["/a"]
    assert (await reading.list(sitemap="off")).paths == ["/", "/b"]
    site.pages["/sitemap.xml"] = html("Every address answers with this page.")
    assert (await reading.list()).paths == ["/", "/b"]


@pytest.mark.parametrize("zipped", [False, True])
async def test_a_sitemap_that_breaks_off_is_never_complete(
    site: Site, reading: Reading, *, zipped: bool
) -> None:
    """What it lists before the break is listed, and then that it was cut short."""
    pages = [(f"{site.url}/{number}", "") for number in range(200)]
    site.pages |= {f"/{number}": html(str(number)) for number in range(200)}
    raw = sitemap(*pages).raw
    whole = gzip.compress(raw) if zipped else raw
    site.pages["/map.xml"] = Page(whole[: len(whole) // 2], type="application/xml")
    listing = await reading.list(sitemap=f"{site.url}/map.xml")
    assert 0 < len(listing.paths) < 200
    assert isinstance(listing.error, CutShortError)
    assert "/map.xml breaks off or is damaged" in str(listing.error)


@pytest.mark.parametrize("status", [403, 404, 429, 500])
async def test_a_sitemap_that_is_missing_is_no_empty_one(
    site: Site, reading: Reading, status: int
) -> None:
    """One that is named and cannot be read, the second of an index too, ends the listing."""
    site.troubles["/map.xml"].append(Trouble(status, lasting=True))
    site.pages["/maps.xml"] = index(f"{site.url}/one.xml", f"{site.url}/map.xml")
    site.pages["/one.xml"] = sitemap((f"{site.url}/a", ""))
    site.pages["/a"] = html("a")
    for name in ("map.xml", "maps.xml"):
        listing = await reading.list(sitemap=f"{site.url}/{name}")
        assert listing.paths == []
        assert f"map.xml cannot be read: the server answers {status}" in str(listing.error)
    site.pages["/robots.txt"] = Page(f"Sitemap: {site.url}/map.xml", type="text/plain")
    assert isinstance((await reading.list()).error, SourceError)


async def test_an_empty_sitemap_is_no_empty_site(site: Site, reading: Reading) -> None:
    """A sitemap without any page of the source is a mistake that is told."""
    site.pages["/map.xml"] = sitemap(("https://x.example/", ""))
    listing = await reading.list(sitemap=f"{site.url}/map.xml")
    assert "lists no page of the source" in str(listing.error)


@pytest.mark.parametrize(
    ("written", "later", "settled"),
    [
        ("2026-05-04T11:00:00Z", timedelta(), True),
        ("2026-05-04T11:58:00+00:00", timedelta(), False),
        ("2026-05-04T11:58:00+00:00", timedelta(minutes=10), True),
        ("2026-05-04", timedelta(), False),
        ("2026-05-04", timedelta(days=1), False),
        ("2026-05-04", timedelta(days=2), True),
        ("2027-01-01", timedelta(), False),
        ("yesterday", timedelta(days=9), False),
        ("", timedelta(days=9), False),
    ],
)
def test_a_time_is_only_believed_once_it_is_over(
    written: str, later: timedelta, *, settled: bool
) -> None:
    """A page can change twice on one day: its date says nothing before that day is over."""
    assert Entry("https://a.example/", written).settled(NOW + later) is settled


@pytest.mark.parametrize(
    "raw", [b"", b"<", b"<html><body>x</body></html>", b"\x1f\x8bnonsense", b"a b"]
)
def test_what_is_no_sitemap_is_not_whole(raw: bytes) -> None:
    """Anything else gives no page, and does not pass for a complete listing."""
    parsed = parse(raw)
    assert not parsed.pages
    assert not parsed.whole


def test_a_zipped_list_that_breaks_off_is_not_whole() -> None:
    """Where a line ends by chance, only the missing end of the file tells."""
    lines = "".join(f"https://a.example/{number}\n" for number in range(500)).encode()
    assert parse(gzip.compress(lines)).whole
    assert not parse(gzip.compress(lines)[:-8]).whole


def test_entities_are_not_resolved() -> None:
    """A sitemap cannot read files or grow without bounds."""
    raw = b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/hostname">]><urlset><url><loc>&x;</loc></url></urlset>'
    assert [entry.address for entry in parse(raw).pages] == []
