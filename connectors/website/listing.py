"""How a site is listed: by its sitemap where it has one, else by a crawl from its first page."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yarl import URL

from footnote.connectors.base import CutShortError, SourceError
from footnote.connectors.http.replies import HttpError, told_status
from footnote.connectors.website.sitemaps import Entry, Sitemap, parse
from footnote.connectors.website.urls import tidied
from footnote.connectors.website.walking import Bounds, Found, Walk

if TYPE_CHECKING:
    from footnote.connectors.http.client import HttpClient
    from footnote.connectors.website.looking import Look, Looker
    from footnote.connectors.website.robots import Robots

AUTO = "auto"
OFF = "off"

_FINE = 200
_MISSING = frozenset({401, 403, 404, 410})
_LOGIN = frozenset(map(told_status, (401, 403)))
_MOST_SITEMAPS = 1000


@dataclass(frozen=True, slots=True)
class Site:
    """A site that can be listed.

    Attributes:
        url: Where it begins.
        sitemap: "auto", "off" or the sitemap's address.
        client: Fetches sitemaps.
        robots: Names sitemaps, and says what may be fetched.
        looker: Looks at pages.
        bounds: How far a walk goes.
    """

    url: str
    sitemap: str
    client: HttpClient
    robots: Robots
    looker: Looker
    bounds: Bounds

    async def documents(self) -> AsyncGenerator[Found, None]:
        """The site's documents, each once.

        Raises:
            CutShortError: There may be more.
            SourceError: It cannot be listed at all.
        """
        lacking = ""
        entries: list[Entry] | None = None
        if self.sitemap != OFF:
            entries, lacking = await self._entries()
        if entries is None:
            first = Entry(tidied(self.url) or self.url)
            walk = Walk(self.looker, self.robots, self.bounds, {first: await self._first(first)})
            entries = [first]
        else:
            walk = Walk(self.looker, self.robots, replace(self.bounds, max_depth=0))
        count = 0
        async with aclosing(walk.documents(entries)) as documents:
            async for found in documents:
                count += 1
                yield found
        if lacking:
            raise CutShortError(lacking)
        if not count:
            raise SourceError(f"no page of {self.url} can be read: check url, prefixes and ignore.")

    async def _entries(self) -> tuple[list[Entry] | None, str]:
        """What the sitemaps list within the scope, and what is lacking there as a sentence.

        None where there is no sitemap with a page of the source, and none has to be.
        """
        named = [self.sitemap] if self.sitemap != AUTO else await self.robots.sitemaps(self.url)
        must_be = bool(named)
        waiting = list(named) or [str(URL(self.url).origin() / "sitemap.xml")]
        seen: set[str] = set()
        found: dict[str, Entry] = {}
        lacking = ""
        while waiting:
            address = tidied(waiting.pop(0))
            if address is None or address in seen:
                continue
            if len(seen) == _MOST_SITEMAPS:
                return list(found.values()), f"only {_MOST_SITEMAPS:,} sitemaps are read."
            sitemap = await self._sitemap(address, must_be=must_be or bool(seen))
            seen.add(address)
            if sitemap is None:
                return None, ""
            for entry in sitemap.pages:
                page = tidied(entry.address)
                if page and self.bounds.scope.holds(page):
                    found.setdefault(page, replace(entry, address=page))
            waiting += sitemap.sitemaps
            if not sitemap.whole:
                lacking = lacking or f"{address} breaks off or is damaged."
        if found or lacking:
            return list(found.values()), lacking
        if self.sitemap != AUTO:
            raise SourceError(f"{self.sitemap} lists no page of the source: check prefixes.")
        return None, ""

    async def _sitemap(self, address: str, *, must_be: bool) -> Sitemap | None:
        """One sitemap; None where it is not there and need not be.

        Raises:
            SourceError: It cannot be read.
        """
        try:
            reply = await self.client.get_following(address)
        except HttpError as error:
            raise SourceError(f"the sitemap {address} cannot be read: {error.reason}.") from error
        if reply.status == _FINE:
            sitemap = parse(reply.body)
            # Where nobody names it, whatever else the site answers there is no sitemap.
            return sitemap if must_be or sitemap.pages or sitemap.sitemaps else None
        if reply.status in _MISSING and not must_be:
            return None
        raise SourceError(f"the sitemap {address} cannot be read: {told_status(reply.status)}.")

    async def _first(self, entry: Entry) -> Look:
        """The page where a crawl begins.

        Raises:
            SourceError: It cannot begin there.
        """
        address = entry.address
        if not await self.robots.allow(address):
            raise SourceError(
                f"the site's robots.txt forbids to read {address}: ask whoever runs it, or set "
                "obey_robots = false where it is your own."
            )
        look = await self.looker.look(entry)
        if look.target and not self.bounds.scope.holds(look.target):
            raise SourceError(f"{address} leads to {look.target}: set url to where it leads.")
        if look.failure:
            login = " It wants a login: see headers_env." if look.failure in _LOGIN else ""
            raise SourceError(f"{address} cannot be read: {look.failure}.{login}")
        if not look.target and look.page is None:
            raise SourceError(f"there is no page at {address} that can be read.")
        return look
