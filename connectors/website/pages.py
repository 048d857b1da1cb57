"""What one answer of a site is: a document, a way to others, both, or neither."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from footnote.connectors.website.urls import tidied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnote.connectors.http.replies import Reply

HTML = frozenset({"text/html", "application/xhtml+xml"})
SUFFIXES = MappingProxyType(
    {
        "text/html": "html",
        "application/xhtml+xml": "html",
        "text/plain": "txt",
        "text/markdown": "md",
        "text/x-rst": "rst",
        "text/csv": "csv",
        "application/pdf": "pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    }
)
"""From a type of content to the suffix whose reader reads it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is for the walk over its site.

    Attributes:
        version: Of its content, as a listing gives it; "" where it is no document.
        canonical: The address that it calls its own; its own where it names none.
        links: Where it leads, tidied, in order, each once.
    """

    version: str
    canonical: str
    links: Sequence[str] = ()


def is_readable(reply: Reply) -> bool:
    """Whether an answer's content is of a type that is read."""
    return reply.media_type in SUFFIXES


def examine(reply: Reply, address: str, *, obey_robots: bool) -> Page:
    """Look at a page that was fetched whole.

    Args:
        reply: The page, of a type that is read.
        address: Its tidied address.
        obey_robots: Whether what it says to robots counts.
    """
    version = hashlib.blake2b(reply.body, digest_size=16).hexdigest()
    told = _words(", ".join(reply.headers.getall("X-Robots-Tag", [])))
    if reply.media_type not in HTML:
        return Page("" if obey_robots and told & {"noindex", "none"} else version, address)
    try:
        soup = BeautifulSoup(reply.body, "lxml", from_encoding=reply.charset)
        return _of_html(soup, reply.url, address, version, told, obey_robots=obey_robots)
    except Exception:  # noqa: BLE001  the parser raises whatever odd markup leads it into
        return Page(version, address)


def _of_html(  # noqa: PLR0913  what is known of a page before it is looked into
    soup: BeautifulSoup,
    url: str,
    address: str,
    version: str,
    told: set[str],
    *,
    obey_robots: bool,
) -> Page:
    base = _base(soup, url)
    told |= {word for meta in _robots(soup) for word in _words(meta)}
    if not obey_robots:
        told = set()
    return Page(
        version="" if told & {"noindex", "none"} else version,
        canonical=_canonical(soup, base) or address,
        links=() if told & {"nofollow", "none"} else tuple(dict.fromkeys(_links(soup, base))),
    )


def _words(told: str) -> set[str]:
    """The directives to every robot, of a header or a meta element."""
    return {word.strip().lower() for word in told.split(",") if word.strip()}


def _robots(soup: BeautifulSoup) -> Iterator[str]:
    for meta in soup.find_all("meta"):
        if str(meta.get("name") or "").lower() in {"robots", "footnote"}:
            yield str(meta.get("content") or "")


def _base(soup: BeautifulSoup, address: str) -> str:
    base = soup.find("base", href=True)
    return _joined(address, str(base["href"])) if isinstance(base, Tag) else address


def _canonical(soup: BeautifulSoup, base: str) -> str | None:
    for link in soup.find_all("link", href=True):
        if "canonical" in (word.lower() for word in link.get_attribute_list("rel") if word):
            return tidied(_joined(base, str(link["href"])))
    return None


def _links(soup: BeautifulSoup, base: str) -> Iterator[str]:
    for link in soup.find_all(["a", "area"], href=True):
        if "nofollow" in (link.get_attribute_list("rel") or ()):
            continue
        if target := tidied(_joined(base, str(link["href"]))):
            yield target


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target.strip())
    except ValueError:
        return ""
