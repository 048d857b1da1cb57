"""The only links that a message has: those that lead to the passages of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from footnote.bot.platforms.slack.limits import ADDRESS
from footnote.bot.questions import Citation

_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_KEPT = ";/?:@&=+$,#%~-._!"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LOOKS_LIKE_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_MARKER = re.compile(r"\[(\d{1,9})\]")


def address(url: str | None) -> str | None:
    """A passage's link as Slack can follow it, or None where it cannot.

    What Markdown or mrkdwn would take for the link's end is written as a percent sign and digits.
    """
    if url is None or not _WEB.match(url):
        return None
    followed = quote(_LONE_PERCENT.sub("%25", url), safe=_KEPT, errors="replace")
    return followed if len(followed) <= ADDRESS else None


def addresses(citations: Iterable[Citation]) -> dict[int, str]:
    """Where the markers of these citations lead, by number; a number without link is left out."""
    found = ((citation.number, address(citation.passage.url)) for citation in citations)
    return {number: url for number, url in found if url is not None}


def linked(text: str, leads: Mapping[int, str]) -> str:
    """Markdown with its citation markers as links.

    The link is inside the brackets, "[[1](address)]", since Slack has been seen to end a label at
    the first bracket that closes.
    """

    def link(marker: re.Match[str]) -> str:
        url = leads.get(int(marker[1]))
        if url is None:
            return marker.group()
        return f"[[{marker[1]}]({_LOOKS_LIKE_ENTITY.sub('&amp;', url)})]"

    return _MARKER.sub(link, text)
