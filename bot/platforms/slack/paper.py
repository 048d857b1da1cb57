"""How Slack's messages show the segments of an answer, and how they say them aloud."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from footnote.bot.markdown import unframed
from footnote.bot.platforms.pages.segments import Code, Prose, Segment, Table
from footnote.bot.platforms.slack import limits, mrkdwn
from footnote.bot.platforms.slack.prose import inert, inert_code, worded

LEFT_OUT = "_The rest is left out here: it is too long for Slack._"

_TICKS = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class SlackPaper:
    """The `markdown` block of a message."""

    room: int = limits.MARKDOWN
    longest_link: int = limits.ADDRESS
    left_out: str = LEFT_OUT

    def size(self, text: str) -> int:
        """How much room a text takes at most, however Slack counts."""
        return limits.size(text)

    def written(self, segment: Segment, leads: Mapping[int, str]) -> str:
        """A segment as Markdown."""
        match segment:
            case Prose(text):
                return inert(text, leads)
            case Table() as table:
                return inert("\n".join(table.lines), leads)
            case Code(language, lines):
                return _fenced(language, inert_code("\n".join(lines)))


def spoken(segment: Segment) -> str:
    """A segment as mrkdwn for notifications and screen readers, with nothing alive.

    Headings lose their signs and strong words have Slack's; each row of a table is a line with
    dots between its cells; code is in a fence, which Slack's own markup knows too.
    """
    match segment:
        case Prose(text):
            return mrkdwn.spoken(worded(text))
        case Table(head, rows):
            lines = "\n".join(unframed(row) for row in (head[0], *rows))
            return mrkdwn.spoken(worded(lines))
        case Code(_, lines):
            return "```\n" + mrkdwn.spoken("\n".join(lines)) + "\n```"


def _fenced(language: str, code: str) -> str:
    """Code in a fence of its own that begins its line, which nothing within can end."""
    longest = max((len(ticks) for ticks in _TICKS.findall(code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"
