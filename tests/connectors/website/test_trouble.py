"""What a site's troubles do to a listing: nothing that is there may seem to be gone."""

from __future__ import annotations

import ipaddress

import pytest

from footnote.connectors.base import CutShortError, DocumentError, SourceError
from footnote.connectors.http.addresses import AddressGuard
from footnote.connectors.website.connector import WebsiteConnector
from footnote.connectors.website.settings import WebsiteSettings
from tests.connectors.website.reading import Reading, html, sitemap
from tests.servers.website import Clock, Names, Page, Site, Trouble

DOWN = Trouble(500, lasting=True)


def chain(site: Site) -> None:
    """A start that leads to a and b; c is only reached through b, and d through c."""
    site.pages |= {
        "/": html("start", "/a", "/b"),
        "/a": html("a"),
        "/b": html("b", "/c"),
        "/c": html("c", "/d"),
        "/d": html("d"),
    }


async def test_a_new_page_that_fails_cuts_the_listing_short(site: Site, reading: Reading) -> None:
    """What it leads to is not known: it fails by name, the others are listed, nothing is whole."""
    chain(site)
    site.troubles["/b"].append(DOWN)
    connector = reading.connector()
    listing = await reading.list(connector)
    assert listing.paths == ["/", "/a", "/b"]
    assert listing.versions["/b"] == ""
    assert isinstance(listing.error, CutShortError)
    assert "/b leads to is not known" in str(listing.error)
    asked = len(site.asked)
    assert "500" in await reading.refusal(connector, "/b")
    assert len(site.asked) == asked


@pytest.mark.parametrize("trouble", [DOWN, Trouble(lasting=True), Trouble(403, lasting=True)])
async def test_a_known_page_that_fails_hides_nothing(
    site: Site, reading: Reading, trouble: Trouble
) -> None:
    """Where it leads is remembered: the listing is whole, and the page fails by name."""
    chain(site)
    before = await reading.list()
    site.troubles["/b"].append(trouble)
    connector = reading.connector()
    listing = await reading.list(connector)
    assert listing.error is None
    assert listing.paths == before.paths
    assert listing.versions["/b"] != before.versions["/b"]
    assert await reading.refusal(connector, "/b")
    site.troubles.clear()
    assert await reading.list() == before


async def test_a_site_that_is_down_is_left_alone(site: Site, reading: Reading) -> None:
    """After some pages in a row that fail the listing ends; the rest is not asked for."""
    names = [f"/{number}" for number in range(100)]
    site.pages["/"] = html("start", *names)
    for name in names:
        site.troubles[name].append(DOWN)
    listing = await reading.list()
    assert isinstance(listing.error, CutShortError)
    assert "fails page after page" in str(listing.error)
    assert len(set(site.paths())) < 40


async def test_a_page_of_a_sitemap_that_fails_is_reported_alone(
    site: Site, reading: Reading
) -> None:
    """No link of it matters there, so the listing is whole."""
    site.pages["/sitemap.xml"] = sitemap((f"{site.url}/a", ""), (f"{site.url}/b", ""))
    site.pages["/a"] = html("a")
    site.troubles["/b"].append(DOWN)
    listing = await reading.list()
    assert listing.error is None
    assert listing.versions["/b"] == ""
    assert listing.versions["/a"]


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_gone_is_gone(site: Site, reading: Reading, status: int) -> None:
    """A page that the site says is gone is no longer listed, and the listing is whole."""
    chain(site)
    await reading.list()
    site.pages["/a"] = Page("gone", status=status, etag=False)
    listing = await reading.list()
    assert (listing.paths, listing.error) == (["/", "/b", "/c", "/d"], None)


async def test_a_page_that_goes_between_listing_and_reading(site: Site, reading: Reading) -> None:
    """What the listing saw is what is read; where that is used up, the page is refused by name."""
    chain(site)
    connector = reading.connector()
    await reading.list(connector)
    del site.pages["/a"]
    assert (await connector.fetch(f"docs:{site.url}/a")).title == "a"
    assert await reading.refusal(connector, "/a") == "the server answers 404 Not Found"


@pytest.mark.parametrize("status", [401, 403])
async def test_a_page_behind_a_login_is_refused_by_name(
    site: Site, reading: Reading, status: int
) -> None:
    """It is a document that cannot be read, and is not tried again before that changes."""
    chain(site)
    site.pages["/a"] = Page("Log in.", status=status, etag=False)
    connector = reading.connector()
    listing = await reading.list(connector)
    assert listing.error is None
    assert listing.paths == ["/", "/a", "/b", "/c", "/d"]
    assert listing.versions["/a"]
    assert str(status) in await reading.refusal(connector, "/a")


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (Page("Log in.", status=401, etag=False), "401 Unauthorized. It wants a login: see"),
        (Page("", status=404, etag=False), "no page at"),
        (Page("", status=500, etag=False), "500 Internal Server Error"),
        (
            Page(status=302, headers={"Location": "https://login.example/"}, etag=False),
            "leads to https://login.example/: set url",
        ),
        (html("start", head='<meta name="robots" content="noindex,nofollow">'), "no page of"),
    ],
)
async def test_a_start_that_cannot_be_read_is_no_empty_site(
    site: Site, reading: Reading, page: Page, told: str
) -> None:
    """An expired login or a start that is gone ends the listing before anything is listed."""
    site.pages["/"] = page
    listing = await reading.list()
    assert listing.paths == []
    assert isinstance(listing.error, SourceError)
    assert not isinstance(listing.error, CutShortError)
    assert str(listing.error).startswith("Source docs: ")
    assert told in str(listing.error)


@pytest.mark.parametrize("trouble", [Trouble(500, lasting=True), Trouble(lasting=True)])
async def test_without_robots_txt_nothing_is_read(
    site: Site, reading: Reading, trouble: Trouble
) -> None:
    """Rules that cannot be had forbid everything."""
    chain(site)
    site.troubles["/robots.txt"].append(trouble)
    listing = await reading.list()
    assert listing.paths == []
    assert "/robots.txt cannot be read" in str(listing.error)


async def test_robots_txt_that_forbids_the_start_is_told(site: Site, reading: Reading) -> None:
    """The sentence says what to do where the site is one's own."""
    chain(site)
    site.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /", type="text/plain")
    assert "set obey_robots = false" in str((await reading.list()).error)


@pytest.mark.parametrize("body", [b"", b"\x00\xff" * 500, b"<!" * 900, b"<a href='http://[x'>" * 9])
async def test_odd_pages_stop_nobody(site: Site, reading: Reading, body: bytes) -> None:
    """Whatever a page holds, the listing goes on, and only that page may be refused."""
    chain(site)
    site.pages["/a"] = Page(body)
    connector = reading.connector()
    listing = await reading.list(connector)
    assert listing.error is None
    assert set(listing.paths) >= {"/", "/b", "/c", "/d"}
    for path in listing.paths:
        assert path == "/a" or not await reading.refusal(connector, path)


async def test_a_large_page_is_refused_by_name(site: Site, reading: Reading) -> None:
    """It is too large, and the others are read."""
    chain(site)
    site.pages["/a"] = html("a" * 2_000_000)
    connector = reading.connector(max_megabytes=1)
    listing = await reading.list(connector)
    assert listing.error is None
    assert "too large" in await reading.refusal(connector, "/a")


async def test_secrets_come_from_the_environment(
    site: Site, reading: Reading, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A header's value is read from its variable, which has to be set, and is never told."""
    chain(site)
    header = {"Authorization": "DOCS_LOGIN"}
    assert "DOCS_LOGIN, which is not set" in str((await reading.list(headers_env=header)).error)
    monkeypatch.setenv("DOCS_LOGIN", "Basic c2VjcmV0")
    assert (await reading.list(headers_env=header)).error is None
    assert {asked.headers["authorization"] for asked in site.asked} == {"Basic c2VjcmV0"}
    assert "c2VjcmV0" not in caplog.text


async def test_no_page_leads_into_the_network(site: Site, reading: Reading) -> None:
    """Links, redirects and sitemaps to private addresses are never followed, under any name."""
    names = Names({"docs.example": [["127.0.0.1"]], "inside.example": [["127.0.0.2"]]})
    guard = AddressGuard([ipaddress.ip_network("127.0.0.1")], names)
    home, inside = (f"http://{host}.example:{site.port}" for host in ("docs", "inside"))
    site.pages |= {
        "/": html("start", "/out", f"{inside}/secret", "/a"),
        "/out": Page(status=302, headers={"Location": f"{inside}/secret"}, etag=False),
        "/a": html("a"),
        "/secret": html("secret"),
        "/robots.txt": Page(f"Sitemap: {inside}/secret", type="text/plain"),
    }
    keys = WebsiteSettings(url=f"{home}/", prefixes=(f"{home}/", f"{inside}/"), sitemap="off")
    connector = WebsiteConnector("docs", keys, reading.folder, guard=guard, clock=Clock())
    listed: list[str] = []
    with pytest.raises(SourceError, match=r"127\.0\.0\.2, which is not a public address"):
        listed.extend([ref.id async for ref in connector.list()])
    assert "/secret" not in site.paths()
    with pytest.raises(DocumentError, match="not a public address"):
        await connector.fetch(f"docs:{inside}/secret")
    auto = keys.model_copy(update={"sitemap": "auto"})
    connector = WebsiteConnector("docs", auto, reading.folder, guard=guard, clock=Clock())
    with pytest.raises(SourceError, match="not a public address"):
        listed.extend([ref.id async for ref in connector.list()])
    assert "/secret" not in site.paths()
