"""The main part of a page: what it says itself, without the site around it.

Extractors were compared on pages of nine generators (docs/connectors/website.md): each loses the
anchors of headings, or whole texts, on some. So a page that names its main part is taken at its
word, and the extractor chooses where none is named.
"""

from __future__ import annotations

import html
import logging

from bs4 import BeautifulSoup, Tag
from readability import Document as Readability

_NAMED = (
    "div.theme-doc-markdown",  # Docusaurus
    "#mw-content-text .mw-parser-output",  # MediaWiki
    "#dokuwiki__content .page",  # DokuWiki
    "#main-content.wiki-content",  # Confluence
    "[itemprop=articleBody]",  # Read the Docs
)
_MARKED = ("[role=main]", "main")
_FURNITURE = (
    ".mw-editsection, .noprint, .navbox, .catlinks, #dw__toc, .toctree-wrapper, .headerlink, "
    ".theme-doc-toc-mobile, .theme-edit-this-page"
)
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_NO_CELLS = [*_HEADINGS, "table"]
"""What tables hold that only lay a page out."""
_TABLE_PARTS = ["tbody", "thead", "tfoot", "tr", "td", "th"]
_LEAST_SHARE = 0.25
"""Of the words of a page, what the extractor keeps at least where it has found the main part."""


def main_part(page: BeautifulSoup) -> str:
    """A page's head and its main part as a page of its own; the given one is changed.

    Where the main part has no heading of the first level, the page's own first one goes before it.
    """
    for element in page.select(_FURNITURE):
        element.decompose()
    for heading in page.find_all(_HEADINGS):
        _keep_anchor(heading)
    for table in page.find_all("table"):
        if table.find(_NO_CELLS):
            _unfold(table)
    part = _named(page) or _extracted(page)
    title = ""
    if part.find("h1") is None:
        first = page.find("h1")
        words = first.get_text(" ", strip=True) if isinstance(first, Tag) else ""
        title = f"<h1>{html.escape(words)}</h1>" if words else ""
    head = page.find("head") or ""
    return f"<html>{head}<body><main>{title}{part}</main></body></html>"


def _keep_anchor(heading: Tag) -> None:
    """Gives a heading the name of an empty link before it, which the extractor would drop."""
    before = heading.find_previous_sibling()
    if heading.get("id") or not isinstance(before, Tag) or before.get_text(strip=True):
        return
    if before.name == "a" and (name := before.get("id") or before.get("name")):
        heading["id"] = name


def _unfold(table: Tag) -> None:
    """Makes plain blocks of a table that only lays a page out; a table in its cells stays one."""
    for part in table.find_all(_TABLE_PARTS):
        if part.find_parent("table") is table:
            part.name = "div"
    table.name = "div"


def _named(page: BeautifulSoup) -> Tag | None:
    for selector in _NAMED:
        if (part := page.select_one(selector)) and part.get_text(strip=True):
            return part
    articles = page.find_all("article")
    if len(articles) == 1 and articles[0].get_text(strip=True):
        return articles[0]
    for selector in _MARKED:
        if (part := page.select_one(selector)) and part.get_text(strip=True):
            return part
    return None


def _extracted(page: BeautifulSoup) -> Tag:
    """What the extractor takes for the main part, or the body where it finds nothing of it."""
    body = page.find("body")
    whole = body if isinstance(body, Tag) else page
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    try:
        chosen = BeautifulSoup(Readability(str(page)).summary(), "lxml").find("body")
    except Exception:  # noqa: BLE001  it raises whatever odd markup leads it into
        return whole
    if not isinstance(chosen, Tag):
        return whole
    kept = len(chosen.get_text().split()) / max(1, len(whole.get_text().split()))
    return chosen if kept >= _LEAST_SHARE else whole
