"""What a website costs: `python -m tests.benchmarks.website [--pages N] [--json]`.

How fast pages are listed and read against a bare client's loop over the same addresses, on a
server on loopback that takes 50 ms for each answer; and how many requests a sync makes in which
nothing changed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp

from footnote.connectors.website.connector import WebsiteConnector
from tests.connectors.website.reading import Reading, html, sitemap
from tests.servers.website import Site, website

LATENCY_S = 0.05
AT_ONCE = 8
FANNED = 100
OLD = "2020-01-02T03:04:05Z"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Attributes:
        pages: How many pages the speed was measured on.
        bare_per_s: Pages a second of a bare client's loop.
        footnote_per_s: Pages a second listed and read.
        ratio: The second to the first.
        listed: How many pages the requests were counted on.
        sitemap_requests: Requests in a sync where nothing changed, with a sitemap with times.
        sitemap_s: Seconds that its listing took.
        crawl_requests: The same for a crawl.
        crawl_s: Seconds that its listing took.
    """

    pages: int
    bare_per_s: float
    footnote_per_s: float
    ratio: float
    listed: int
    sitemap_requests: int
    sitemap_s: float
    crawl_requests: int
    crawl_s: float


async def measure(pages: int, listed: int) -> Measured:
    """Measure on so many pages, and count on so many."""
    bare, own = await _speed(pages)
    by_sitemap, by_crawl = await _unchanged(listed)
    return Measured(
        pages,
        round(pages / bare, 1),
        round(pages / own, 1),
        round(bare / own, 2),
        listed,
        by_sitemap[0],
        by_sitemap[1],
        by_crawl[0],
        by_crawl[1],
    )


async def _speed(count: int) -> tuple[float, float]:
    """Seconds of the bare loop, and of listing and reading everything."""
    async with website() as site:
        addresses = _filled(site, count)
        site.latency_s = LATENCY_S
        started = time.perf_counter()
        async with aiohttp.ClientSession() as session:
            for address in addresses:
                async with session.get(address) as response:
                    await response.read()
        bare = time.perf_counter() - started
        with tempfile.TemporaryDirectory() as folder:
            connector = _connector(site, folder)
            started = time.perf_counter()
            ids = [ref.id async for ref in connector.list()]
            for start in range(0, len(ids), AT_ONCE):
                await asyncio.gather(*map(connector.fetch, ids[start : start + AT_ONCE]))
            return bare, time.perf_counter() - started


async def _unchanged(count: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """Requests and seconds of a second listing, by sitemap and by crawl."""
    found: list[tuple[int, float]] = []
    for mode in ("auto", "off"):
        async with website() as site:
            _filled(site, count)
            with tempfile.TemporaryDirectory() as folder:
                first = [ref async for ref in _connector(site, folder, sitemap=mode).list()]
                site.asked.clear()
                started = time.perf_counter()
                again = [ref async for ref in _connector(site, folder, sitemap=mode).list()]
                assert again == first
                assert len(first) >= count
                found.append((len(site.asked), round(time.perf_counter() - started, 1)))
    return found[0], found[1]


def _filled(site: Site, count: int) -> list[str]:
    """A site of so many pages, all in its sitemap, each reached from the start in two steps."""
    addresses = [f"/{number}" for number in range(count)]
    site.pages |= {address: html(f"page {address}") for address in addresses}
    hubs = range(0, count, FANNED)
    site.pages["/"] = html("start", *(f"/hub/{start}" for start in hubs))
    for start in hubs:
        site.pages[f"/hub/{start}"] = html(f"hub {start}", *addresses[start : start + FANNED])
    site.pages["/sitemap.xml"] = sitemap(*((site.url + address, OLD) for address in addresses))
    return [site.url + address for address in addresses]


def _connector(site: Site, folder: str, **keys: object) -> WebsiteConnector:
    settings = {"requests_per_second": 1000, "at_once": AT_ONCE, "max_pages": 1_000_000, **keys}
    return Reading(site, Path(folder)).connector(**settings)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--listed", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    measured = asdict(asyncio.run(measure(options.pages, options.listed)))
    lines = [json.dumps(measured)] if options.json else [f"{k}: {v}" for k, v in measured.items()]
    print("\n".join(lines))  # noqa: T201  the output


if __name__ == "__main__":
    main()
