"""How Discord's messages show the segments of an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from footnote.bot.platforms.discord import limits
from footnote.bot.platforms.discord.prose import inert
from footnote.bot.platforms.discord.safety import without_mentions
from footnote.bot.platforms.discord.tables import aligned, listed
from footnote.bot.platforms.pages.safety import BREAK
from footnote.bot.platforms.pages.segments import Code, Prose, Segment, Table

LEFT_OUT = "*The rest is left out here: it is too long for Discord.*"

_LANGUAGE = re.compile(r"[A-Za-z0-9_+.#-]*")
_TWO_TICKS = re.compile("``(?=`)")


@dataclass(frozen=True, slots=True)
class DiscordPaper:
    """The content of a message, or an embed of it with another room."""

    room: int = limits.CONTENT
    longest_link: int = limits.ADDRESS
    left_out: str = LEFT_OUT

    def size(self, text: str) -> int:
        """How much room a text takes at most, however Discord counts."""
        return limits.size(text)

    def written(self, segment: Segment, leads: Mapping[int, str]) -> str:
        """A segment as Discord's Markdown; what would show nothing is a sign of no width."""
        text = _written(segment, leads)
        return text if text.strip() else BREAK


def _written(segment: Segment, leads: Mapping[int, str]) -> str:
    match segment:
        case Prose(text):
            return inert(text, leads)
        case Table() as table:
            columns = aligned(table)
            return inert(listed(table), leads) if columns is None else _fenced("", columns)
        case Code(language, lines):
            return _fenced(language, "\n".join(lines))


def _fenced(language: str, code: str) -> str:
    """Code in a fence; Discord knows only one of three backticks, so that none may be within.

    A fence with nothing in it would end at the next one.
    """
    if not _LANGUAGE.fullmatch(language):
        language, code = "", f"{language}\n{code}"
    code = _TWO_TICKS.sub(f"``{BREAK}", without_mentions(code))
    return f"```{language}\n{code if code.strip() else BREAK}\n```"
