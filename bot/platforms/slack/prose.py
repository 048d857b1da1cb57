"""Prose of an answer as Slack's Markdown, alive in nothing but its citation markers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from footnote.bot.markdown import hide_code, show_code
from footnote.bot.platforms.pages import prose
from footnote.bot.platforms.pages.safety import without_addresses
from footnote.bot.platforms.slack.links import linked
from footnote.bot.platforms.slack.safety import without_mentions

_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE)


def inert(text: str, leads: Mapping[int, str]) -> str:
    """The Markdown with citation markers as links, and with no other link, mention or tag.

    Args:
        text: Markdown without code fences, clean already.
        leads: Where citation markers lead, by number.
    """
    return prose.inert(
        text,
        broken=without_mentions,
        linked=lambda hidden, _: linked(hidden, leads),
        code=_code,
    )


def inert_code(code: str) -> str:
    """Code in which nobody is called; it stays as it is else, so that it can be copied."""
    return without_mentions(code)


def worded(text: str) -> str:
    """The Markdown without the signs of headings, and with strong words as mrkdwn marks them."""
    hidden, spans = hide_code(text)
    hidden = _HEADING.sub("", prose.decoded(hidden)).replace("**", "*")
    return show_code(hidden, spans)


def _code(span: str) -> str:
    """A code span; one that a table may cut in two is treated as if it were no code."""
    span = inert_code(span)
    return without_addresses(span) if "|" in span else span
