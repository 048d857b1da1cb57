"""What a listing asks a site for when nothing, or little, has changed since the last one."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from footnote.connectors.website import looking
from tests.connectors.website.reading import Reading, html, sitemap
from tests.servers.website import Page, Site

OLD = "2020-01-02T03:04:05Z"
COUNT = 40


def crawled(site: Site) -> None:
    """A site of pages that link to each other."""
    site.pages["/"] = html("start", *(f"/{number}" for number in range(COUNT)))
    site.pages |= {f"/{number}": html(str(number)) for number in range(COUNT)}


def listed(site: Site, time: str = OLD) -> None:
    """The same pages in a sitemap, with the time of their last change."""
    crawled(site)
    pages = [(f"{site.url}/{number}", time) for number in range(COUNT)]
    site.pages["/sitemap.xml"] = sitemap(*pages)


async def test_a_first_sync_asks_for_each_page_once(site: Site, reading: Reading) -> None:
    """What was read for the listing is not asked for again to be indexed, and what is used goes."""
    crawled(site)
    connector = reading.connector()
    for path in (await reading.list(connector)).paths:
        await connector.fetch(f"docs:{site.url}{path}")
    assert len(site.paths()) == COUNT + 1 + len(["/robots.txt", "/sitemap.xml"])
    site.asked.clear()
    await connector.fetch(f"docs:{site.url}/1")
    assert site.paths() == ["/1"]


async def test_an_unchanged_crawl_sends_no_content(site: Site, reading: Reading) -> None:
    """Each page is asked whether it changed, answers that it did not, and keeps its version."""
    crawled(site)
    first = await reading.list()
    site.asked.clear()
    again = await reading.list()
    assert again == first
    assert len(site.paths(304)) == COUNT + 1
    assert site.paths(200) == []
    assert len(site.asked) == COUNT + 3


async def test_an_unchanged_sitemap_is_two_requests(site: Site, reading: Reading) -> None:
    """Pages whose time in the sitemap is the old one are not asked at all."""
    listed(site)
    first = await reading.list()
    assert len(first.paths) == COUNT
    site.asked.clear()
    assert await reading.list() == first
    assert site.paths() == ["/robots.txt", "/sitemap.xml"]


async def test_a_changed_page_is_asked_for_alone(site: Site, reading: Reading) -> None:
    """A new time in the sitemap is one more request, and a new version where the page is new."""
    listed(site)
    first = await reading.list()
    changed = [(f"{site.url}/{n}", "2021-01-01" if n in {3, 4} else OLD) for n in range(COUNT)]
    site.pages["/sitemap.xml"] = sitemap(*changed)
    site.pages["/3"] = html("three")
    site.asked.clear()
    again = await reading.list()
    assert sorted(site.paths()[2:]) == ["/3", "/4"]
    assert {path for path in first.paths if again.versions[path] != first.versions[path]} == {"/3"}
    connector = reading.connector()
    assert (await connector.fetch(f"docs:{site.url}/3")).title == "three"
    assert len(site.asked) == 4


@pytest.mark.parametrize("time", ["", datetime.now(UTC).date().isoformat(), "2999-01-01"])
async def test_times_that_say_nothing_are_not_believed(
    site: Site, reading: Reading, time: str
) -> None:
    """Without a time, or with that of today, each page itself is asked."""
    listed(site, time)
    await reading.list()
    site.pages["/3"] = html("three, later on the same day")
    site.asked.clear()
    await reading.list()
    assert len(site.paths(304)) == COUNT - 1
    assert site.paths(200)[1:] == ["/3"]


async def test_a_time_is_not_believed_for_ever(
    site: Site, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sitemap that forgets to tell a change is found out in a fortnight at most."""
    listed(site)
    await reading.list()
    site.pages["/3"] = html("three")

    class Later(datetime):
        """Two weeks later."""

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # always aware
            del tz
            return datetime.now(UTC) + timedelta(days=14)

    monkeypatch.setattr(looking, "datetime", Later)
    site.asked.clear()
    await reading.list()
    assert "/3" in site.paths(200)


async def test_a_page_without_validators_keeps_its_version(site: Site, reading: Reading) -> None:
    """A server that sends everything each time changes nothing by that."""
    page = html("start")
    page.etag = False
    site.pages["/"] = page
    first = await reading.list()
    assert await reading.list() == first


async def test_last_modified_is_a_validator_too(site: Site, reading: Reading) -> None:
    """A page without ETag is asked for by its time."""
    page = html("start")
    page.etag, page.modified = False, "Wed, 21 Oct 2015 07:28:00 GMT"
    site.pages["/"] = page
    connector = reading.connector()
    first = await reading.list(connector)
    fetched = await connector.fetch(f"docs:{site.url}/")
    assert fetched.modified_at == datetime(2015, 10, 21, 7, 28, tzinfo=UTC)
    site.asked.clear()
    assert await reading.list() == first
    assert site.paths(304) == ["/"]


async def test_what_is_remembered_can_be_lost(site: Site, reading: Reading) -> None:
    """Without it every page is asked for once more, and has the version that it had."""
    crawled(site)
    first = await reading.list()
    shutil.rmtree(reading.folder)
    assert await reading.list() == first
    (reading.folder / "pages.db").write_bytes(b"no database" * 1000)
    assert await reading.list() == first


async def test_a_listing_that_was_killed_is_not_repeated(site: Site, reading: Reading) -> None:
    """What was looked at before a crash is not sent again."""
    crawled(site)
    listing = reading.connector().list()
    for _ in range(20):
        await anext(listing)
    await listing.aclose()  # type: ignore[attr-defined]  # a generator
    done = len(site.paths(200))
    site.asked.clear()
    again = await reading.list()
    assert len(again.paths) == COUNT + 1
    assert 20 <= len(site.paths(304)) <= done


async def test_another_meaning_of_pages_forgets_what_they_were(
    site: Site, reading: Reading
) -> None:
    """What was left out by a rule that no longer holds is found, though it did not change."""
    site.pages |= {
        "/": html("start", "/b"),
        "/b": html("b", head='<meta name="robots" content="noindex">'),
        "/robots.txt": Page(status=404),
    }
    assert (await reading.list()).paths == ["/"]
    assert (await reading.list(obey_robots=False)).paths == ["/", "/b"]
