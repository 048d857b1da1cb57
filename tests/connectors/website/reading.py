"""Connectors for a site on loopback, whose waits pass at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote.connectors.base import DocumentError, SourceError
from footnote.connectors.website.connector import WebsiteConnector
from footnote.connectors.website.settings import WebsiteSettings
from tests.servers.website import Clock, Page, Site


def html(text: str, *links: str, head: str = "") -> Page:
    """A page with a title, a text and links."""
    anchors = "".join(f'<a href="{link}">to {link}</a> ' for link in links)
    body = f"<main><h1>{text}</h1><p>All about {text}.</p>{anchors}</main>"
    return Page(f"<html><head>{head}</head><body>{body}</body></html>")


def sitemap(*pages: tuple[str, str]) -> Page:
    """A sitemap of addresses, each with the time of its last change or ""."""
    entries = "".join(
        f"<url><loc>{address}</loc>{f'<lastmod>{time}</lastmod>' if time else ''}</url>"
        for address, time in pages
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Page(f'<urlset xmlns="{space}">{entries}</urlset>', type="application/xml")


@dataclass(frozen=True, slots=True)
class Listing:
    """What one listing gave.

    Attributes:
        versions: The version of each document, by its path on the site.
        error: What ended it, or None.
    """

    versions: dict[str, str]
    error: SourceError | None

    @property
    def paths(self) -> list[str]:
        """The documents in order."""
        return list(self.versions)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads a site.

    Attributes:
        site: The site.
        folder: Where connectors remember.
    """

    site: Site
    folder: Path

    def connector(self, **keys: Any) -> WebsiteConnector:
        """A connector with these settings; another process would have another one."""
        settings = WebsiteSettings.model_validate(
            {
                "url": f"{self.site.url}/",
                "private_addresses": ["127.0.0.1"],
                "requests_per_second": 1000,
                **keys,
            }
        )
        return WebsiteConnector("docs", settings, self.folder, clock=Clock())

    async def list(self, connector: WebsiteConnector | None = None, **keys: Any) -> Listing:
        """What a connector lists, with what ends it."""
        prefix = f"docs:{self.site.url}"
        versions: dict[str, str] = {}
        try:
            async for ref in (connector or self.connector(**keys)).list():
                assert ref.id.startswith(prefix)
                assert ref.id not in versions
                versions[ref.id.removeprefix(prefix)] = ref.version
        except SourceError as error:
            return Listing(versions, error)
        return Listing(versions, None)

    async def refusal(self, connector: WebsiteConnector, path: str) -> str:
        """Why a page cannot be fetched."""
        try:
            await connector.fetch(f"docs:{self.site.url}{path}")
        except DocumentError as error:
            return error.reason
        return ""
