"""Sitemaps (sitemaps.org 0.9): addresses and when they last changed, also from cut files."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from lxml import etree

_LARGEST = 52_428_800  # bytes of one sitemap, decompressed, as the protocol has it
_GZIP = b"\x1f\x8b"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SETTLING = timedelta(minutes=5)
_SETTLING_DAY = timedelta(hours=38)
"""A date ends at the latest 12 hours after the day of UTC, and clocks of servers may be wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One page as a sitemap names it.

    Attributes:
        address: The page.
        modified: When it last changed, as it is written; "" where that is not said.
    """

    address: str
    modified: str = ""

    def settled(self, checked_at: datetime) -> bool:
        """Whether a page that was looked at then cannot have changed since under this time."""
        moment = moment_of(self.modified)
        if moment is None:
            return False
        rough = _DATE.fullmatch(self.modified) is not None
        return checked_at > moment + (_SETTLING_DAY if rough else _SETTLING)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one file says.

    Attributes:
        pages: Pages.
        sitemaps: Further sitemaps.
        whole: False where the file breaks off or is damaged; what came before stands.
    """

    pages: Sequence[Entry]
    sitemaps: Sequence[str]
    whole: bool


def moment_of(written: str) -> datetime | None:
    """A time as sitemaps write it (W3C's profile of ISO 8601), aware, or None."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    if _DATE.fullmatch(written):
        moment = datetime.combine(moment.date(), time())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse(raw: bytes) -> Sitemap:
    """Read a sitemap, an index of sitemaps or a list of addresses, gzipped or not."""
    content, whole = _decompressed(raw)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return _of_xml(content, whole=whole)
    lines = content.decode("utf-8", "replace").split()
    pages = [Entry(line) for line in lines if line.startswith(("http://", "https://"))]
    return Sitemap(pages, (), whole and bool(pages) and len(pages) == len(lines))


def _decompressed(raw: bytes) -> tuple[bytes, bool]:
    if not raw.startswith(_GZIP):
        return raw, True
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = inflate.decompress(raw, _LARGEST)
    except zlib.error:
        return b"", False
    return content, inflate.eof


def _of_xml(content: bytes, *, whole: bool) -> Sitemap:
    pages: list[Entry] = []
    sitemaps: list[str] = []
    known = False
    elements = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True
    )
    try:
        for event, element in elements:
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if event == "start":
                known = known or name in {"urlset", "sitemapindex"}
            elif name in {"url", "sitemap"}:
                address, modified = _child(element, "loc"), _child(element, "lastmod")
                if address and name == "url":
                    pages.append(Entry(address, modified))
                elif address:
                    sitemaps.append(address)
                element.clear()
    except etree.XMLSyntaxError:
        whole = False
    return Sitemap(pages, sitemaps, whole and known)


def _child(element: etree._Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return (found.text or "").strip() if found is not None else ""
