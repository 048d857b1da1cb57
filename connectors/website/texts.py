"""From what a page held to text."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from footnote.connectors.formats import read
from footnote.connectors.formats.base import FormatError, Parsed
from footnote.connectors.website.main_part import main_part
from footnote.connectors.website.pages import HTML, SUFFIXES

if TYPE_CHECKING:
    from footnote.connectors.website.memory import Content


def read_page(content: Content) -> Parsed:
    """The text of a page, in the encoding that its header states, or else as it says itself.

    Raises:
        FormatError: No text can be had from it.
    """
    suffix = SUFFIXES.get(content.media_type)
    if suffix is None:
        raise FormatError(f"it is of a type that cannot be read ({content.media_type})")
    if content.media_type in HTML:
        return read(_main_part(content), "page.html")
    body = content.body
    if content.charset and content.media_type.startswith("text/"):
        with suppress(LookupError, ValueError):  # a wrong header: the reader finds out for itself
            body = body.decode(content.charset).encode()
    return read(body, f"page.{suffix}")


def _main_part(content: Content) -> bytes:
    try:
        page = BeautifulSoup(content.body + b"\n", "lxml", from_encoding=content.charset)
        return main_part(page).encode("utf-8", "replace")
    except RecursionError as error:
        raise FormatError("its elements are nested too deeply") from error
