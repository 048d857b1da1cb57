"""The platforms whose messages are pages of an answer, each as its own readers see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from footnote.bot.platforms.discord import paper as discord_paper
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.rendering import render as in_discord
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.slack import paper as slack_paper
from footnote.bot.platforms.slack.rendering import render as in_slack
from footnote.bot.questions import Block, View
from tests.bot.platforms.answers import WIKI
from tests.bot.platforms.discord import limits as discord_limits
from tests.bot.platforms.discord import readers as discord_readers
from tests.bot.platforms.slack import limits as slack_limits
from tests.bot.platforms.slack import readers as slack_readers

ENDLESS = RenderOptions(messages=1_000)


@dataclass(frozen=True, slots=True)
class Medium:
    """A platform.

    Attributes:
        name: Its name.
        render: The messages of a view.
        text: The part of the answer that a message shows.
        below: What stands below that.
        alive: What of a message would do something, but for the links that are allowed.
        beyond_limits: The platform's limits that a message breaks.
        letters: The letters and digits of a text, in order, without where links lead.
        room: Signs that a message holds at most.
        link: A citation of number 1 as it is written.
        left_out: What is said where the rest is left out.
        shows_tables: Whether tables are shown as such, and not written another way.
    """

    name: str
    render: Callable[[View, RenderOptions], Sequence[Any]]
    text: Callable[[Any], str]
    below: Callable[[Any], list[Any]]
    alive: Callable[[Any, Iterable[str]], list[str]]
    beyond_limits: Callable[[Any], list[str]]
    letters: Callable[[str], str]
    room: int
    link: str
    left_out: str
    shows_tables: bool

    def words_of(self, blocks: Iterable[Block]) -> str:
        """The letters and digits of blocks, in order."""
        return "".join(self.letters(block.text) for block in blocks)

    def shown(self, messages: Iterable[Any]) -> str:
        """The letters and digits that messages show, in order."""
        return "".join(self.letters(self.text(message)) for message in messages)

    def keeps_order(self, blocks: Iterable[Block]) -> bool:
        """Whether all is shown in the order in which it is written."""
        return self.shows_tables or not any("|" in block.text for block in blocks)


def _below_in_discord(message: DiscordMessage) -> list[Any]:
    return [*json.loads(message.embeds), *json.loads(message.components)]


SLACK = Medium(
    name="slack",
    render=in_slack,
    text=lambda message: message.markdown,
    below=lambda message: message.blocks_below,
    alive=slack_readers.alive,
    beyond_limits=slack_limits.beyond_limits,
    letters=slack_readers.letters,
    room=slack_limits.MARKDOWN,
    link=f"[[1]({WIKI})]",
    left_out=slack_paper.LEFT_OUT,
    shows_tables=True,
)
DISCORD = Medium(
    name="discord",
    render=in_discord,
    text=lambda message: message.content,
    below=_below_in_discord,
    alive=discord_readers.alive,
    beyond_limits=discord_limits.beyond_limits,
    letters=discord_readers.letters,
    room=discord_limits.CONTENT,
    link=f"[[1]](<{WIKI}>)",
    left_out=discord_paper.LEFT_OUT,
    shows_tables=False,
)

in_each_medium = pytest.mark.parametrize("medium", [SLACK, DISCORD], ids=lambda medium: medium.name)
