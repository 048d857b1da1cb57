"""A website as a source, from the settings to an answer that links into it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Footnote
from tests.servers.website import Page, Site, website

QUESTION = "How many days of leave does every employee get?"
LEAVE = """<html><body><nav>Menu</nav><main><h1>Leave</h1><p>Ask early.</p>
<h2 id="days">Days of leave</h2>
<p>Every employee gets {days} days of annual leave in a calendar year.</p></main></body></html>"""
OLD = "2020-01-02"


@pytest.fixture
def site(footnote: Footnote, folder: Path) -> Iterator[Site]:
    """A site beside the command, which has a loop of its own, and settings that name it."""
    del footnote
    started, stop, sites = threading.Event(), asyncio.Event(), list[Site]()
    loop = asyncio.new_event_loop()

    async def served() -> None:
        async with website() as made:
            sites.append(made)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(served(),))
    thread.start()
    started.wait(20.0)
    (made,) = sites
    made.pages["/leave"] = Page(LEAVE.format(days=28))
    for name in ("travel", "canteen", "parking"):
        made.pages[f"/{name}"] = Page(f"<main><h1>{name}</h1><p>All about {name}.</p></main>")
    made.pages["/sitemap.xml"] = sitemap(made, "leave", "travel", "canteen", "parking")
    (folder / "footnote.toml").write_text(
        f'[sources.guide]\nkind = "website"\nurl = "{made.url}/"\naudience = ["everyone"]\n'
        'requests_per_second = 1000\nprivate_addresses = ["127.0.0.1"]\n',
        encoding="utf-8",
    )
    yield made
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def sitemap(site: Site, *names: str, time: str = OLD) -> Page:
    """A sitemap of some pages."""
    entries = (
        f"<url><loc>{site.url}/{name}</loc><lastmod>{time}</lastmod></url>" for name in names
    )
    return Page(f"<urlset>{''.join(entries)}</urlset>", type="text/xml")


def test_a_page_is_synced_asked_and_linked_at_its_section(
    footnote: Footnote, site: Site, folder: Path
) -> None:
    """The answer cites the page at its heading; a second sync asks for two files and no page."""
    ran = footnote("sync")
    assert (ran.code, ran.out[:40]) == (0, "guide: 4 listed; 4 new, 0 changed, 0 del")
    citations = json.loads(footnote("ask", "--json", QUESTION).out)["citations"]
    urls = {citation["url"] for citation in citations if "28 days" in citation["quote"]}
    assert urls == {f"{site.url}/leave#days"}
    assert (folder / ".footnote" / "sources" / "guide" / "pages.db").is_file()
    site.asked.clear()
    assert "0 new, 0 changed, 0 deleted, 0 failed" in footnote("sync").out
    assert site.paths() == ["/robots.txt", "/sitemap.xml"]


def test_an_edit_is_answered_and_what_is_gone_is_deleted(footnote: Footnote, site: Site) -> None:
    """The next sync has the changed page alone, and drops the one that the sitemap dropped."""
    footnote("sync")
    site.pages["/leave"] = Page(LEAVE.format(days=31))
    site.pages["/sitemap.xml"] = sitemap(site, "leave", "travel", "canteen", time="2021-01-01")
    assert "3 listed; 0 new, 1 changed, 1 deleted" in footnote("sync").out
    assert "31 days" in footnote("ask", QUESTION).out


def test_a_listing_that_is_cut_short_deletes_nothing(footnote: Footnote, site: Site) -> None:
    """What came is indexed, what did not come stays, and the exit code is an error."""
    footnote("sync")
    site.pages["/new"] = Page("<main><h1>New</h1><p>Newly told.</p></main>")
    whole = sitemap(site, "new", "travel", "leave", "canteen").raw
    site.pages["/sitemap.xml"] = Page(whole[: whole.index(b"leave")], type="text/xml")
    ran = footnote("sync", "--confirm")
    assert ran.code == 1
    assert "2 listed; 1 new, 0 changed, 0 deleted" in ran.out
    assert "/sitemap.xml breaks off or is damaged. Nothing was deleted." in ran.err
    assert "28 days" in footnote("ask", QUESTION).out


def test_a_private_address_is_refused_in_a_sentence(
    footnote: Footnote, site: Site, folder: Path
) -> None:
    """Without the setting that allows it, nothing on this machine is asked."""
    settings = folder / "footnote.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()[:-1]
    settings.write_text("\n".join(lines), encoding="utf-8")
    ran = footnote("sync")
    assert ran.code == 1
    assert "127.0.0.1, which is not a public address: where that is meant, add it to" in ran.err
    assert site.asked == []
    assert "Traceback" not in ran.err


def test_a_wrong_key_has_its_line(footnote: Footnote, site: Site, folder: Path) -> None:
    """A value that cannot be used is told with the line where it stands."""
    del site
    with (folder / "footnote.toml").open("a", encoding="utf-8") as file:
        file.write('headers_env = { Authorization = "not a name" }\n')
    ran = footnote("sync")
    assert ran.code == 1
    assert "footnote.toml, line 7" in ran.err
    assert "environment variable" in ran.err
