"""Prose of an answer as Discord's Markdown, alive in nothing but its citation markers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from footnote.bot.platforms.discord.emphasis import balanced
from footnote.bot.platforms.discord.safety import without_mentions, without_orders
from footnote.bot.platforms.pages import links, prose
from footnote.bot.platforms.pages.safety import BREAK

_FRAME = r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"
_BULLET = re.compile(r"^([ \t>]*)[*+](?=[ \t])", re.MULTILINE)
_QUOTE = re.compile(r"^([ \t]*)>(?:[ \t]*>)*[ \t]?", re.MULTILINE)
_QUOTES_ALL = re.compile(r">(?=>)")
_SMALL = re.compile(r"-(?=#+(?:\s|\Z))")
_LOW_HEADING = re.compile(rf"^({_FRAME})#{{4,6}}[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
_BRACKET = re.compile(r"\\.|\[(?:\d{1,9}\])?")
_STRONG = re.compile(r"\*\*|__")
_TICK_BEFORE_TICK = re.compile("`(?=`)")
_LINE_IN_ADDRESS = re.compile(r"_(?![A-Za-z0-9])")
_WAVE_IN_ADDRESS = re.compile("~(?=~)")


def inert(text: str, leads: Mapping[int, str]) -> str:
    """The Markdown with citation markers as links, and with no other link, mention or tag.

    Headings that Discord does not know are strong words, and quotations within quotations are one.

    Args:
        text: Markdown without code fences, clean already.
        leads: Where citation markers lead, by number.
    """
    return prose.inert(
        text,
        broken=lambda hidden: without_orders(_structured(hidden)),
        linked=lambda hidden, spans: _linked(balanced(hidden, spans), leads),
        code=_code,
    )


def _structured(hidden: str) -> str:
    """The Markdown with only such lines as Discord knows, and nothing that takes in the rest."""
    hidden = _QUOTES_ALL.sub(f">{BREAK}", _QUOTE.sub(r"\1> ", hidden))
    hidden = _BULLET.sub(r"\1-", hidden)
    return _SMALL.sub(f"-{BREAK}", _LOW_HEADING.sub(_strong, hidden))


def _strong(heading: re.Match[str]) -> str:
    return f"{heading[1]}**{_STRONG.sub('', heading[2])}**"


def _code(span: str) -> str:
    """A code span in at most two backticks, since Discord takes three for a fence."""
    ticks = len(span) - len(span.lstrip("`"))
    within = without_mentions(_TICK_BEFORE_TICK.sub(f"`{BREAK}", span[ticks:-ticks]))
    around = "``" if "`" in within else "`"
    before = " " if within.startswith("`") else ""
    behind = " " if within.endswith("`") else ""
    return f"{around}{before}{within}{behind}{around}"


def _linked(hidden: str, leads: Mapping[int, str]) -> str:
    """The text with its citation markers as links, and every other bracket escaped.

    Discord looks for a link's end beyond lines and code, from any bracket that opens.
    """

    def as_link(bracket: re.Match[str]) -> str:
        if bracket.group().startswith("\\"):
            return bracket.group()
        linked = links.linked(bracket.group(), leads, _link)
        return f"\\{linked}" if linked == bracket.group() else linked

    return _BRACKET.sub(as_link, hidden)


def _link(number: str, url: str) -> str:
    """A link that shows no preview, in which nothing ends the emphasis around it."""
    url = _WAVE_IN_ADDRESS.sub("%7E", _LINE_IN_ADDRESS.sub("%5F", url))
    return f"[[{number}]](<{url}>)"
