"""Links of passages as Slack takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from footnote.bot.platforms.pages import links
from footnote.bot.platforms.slack.limits import ADDRESS

_LOOKS_LIKE_ENTITY = re.compile(r"&(?=#?\w{1,31};)")


def address(url: str | None) -> str | None:
    """A passage's link as Slack can follow it, or None where it cannot."""
    return links.address(url, ADDRESS)


def linked(text: str, leads: Mapping[int, str]) -> str:
    """Markdown with its citation markers as links.

    The link is inside the brackets, "[[1](address)]", since Slack has been seen to end a label at
    the first bracket that closes.
    """
    return links.linked(text, leads, _link)


def _link(number: str, url: str) -> str:
    return f"[[{number}]({_LOOKS_LIKE_ENTITY.sub('&amp;', url)})]"
