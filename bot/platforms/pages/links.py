"""The only links that a message has: those that lead to the passages of its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote

from footnote.bot.questions import Citation

_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_KEPT = ";/?:@&=+$,#%~-._!"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MARKER = re.compile(r"\[(\d{1,9})\]")


def address(url: str | None, longest: int) -> str | None:
    """A passage's link as a platform can follow it, or None where it cannot.

    What a platform's markup would take for the link's end is written as a percent sign and digits.

    Args:
        url: The link of the passage, as its source gives it.
        longest: So many characters at most.
    """
    if url is None or not _WEB.match(url):
        return None
    followed = quote(_LONE_PERCENT.sub("%25", url), safe=_KEPT, errors="replace")
    return followed if len(followed) <= longest else None


def addresses(citations: Iterable[Citation], longest: int) -> dict[int, str]:
    """Where the markers of these citations lead, by number; a number without link is left out."""
    found = ((citation.number, address(citation.passage.url, longest)) for citation in citations)
    return {number: url for number, url in found if url is not None}


def linked(text: str, leads: Mapping[int, str], link: Callable[[str, str], str]) -> str:
    """The text with its citation markers as links.

    Args:
        text: Text with markers such as [1].
        leads: Where they lead, by number; the others stay as they are.
        link: A marker's number and address as the platform writes a link.
    """

    def as_link(marker: re.Match[str]) -> str:
        url = leads.get(int(marker[1]))
        return marker.group() if url is None else link(marker[1], url)

    return _MARKER.sub(as_link, text)
