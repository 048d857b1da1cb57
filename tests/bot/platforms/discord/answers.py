"""Markdown for answers in Discord, beyond what answers in Slack have of it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.questions import Block
from tests.bot.platforms.slack.answers import CITED, GAPS, LIVING, SHAPES
from tests.properties import texts

QUESTION_ID = "discord:18446744073709551615:18446744073709551614"
"""As long as one can be."""

OBEYED = (
    *LIVING,
    *r"""
    @everyone @here <@123> <@!123> <@&123> <#123> </ask:123> </ask me:123> <t:1618953630>
    <t:1:R> <:name:123> <a:name:123> <id:customize> <id:browse> <+15551234> <a@evil.example>
    <1@evil.example> \<@123> \@everyone ||x|| | || \|| discord.gg/evil https://discord.gg/evil
    discord://evil steam://run/1 [x](<https://evil.example>) [[1]](https://evil.example)
    [x]\(https://evil.example) \[x](https://evil.example) `https://evil.example/**`
    **`https://evil.example/**` `x**https://evil.example` `a||b` `_https://evil.example_`
    `<@123>` `@everyone` _`_ https://evil.example/_x_ https://evil.example/*a*
    """.split(),
)
"""What Discord obeys, and halves of it."""

FORMS = (
    *SHAPES,
    *r"** __ ~~ *** * _ ___ ~ || >>> > >> -# -#x #### ##### ######".split(),
    *r"``` ```` `` \` \\ \* \_ - +".split(),
    "\n>>> ", "\n-# ", "\n> > ", "\n#### ", "\n#### a ####\n", "\n- >>> ", "\n> -# ", "\n- -# ",
    "\n* ", "\n+ ", "\n- [ ] ", "\n- [x] ", "[^1]", "\n[^1]: ", "\n---\n", "\n***\n",
    "\n```\n**\n```\n", "\n```\n\n```\n", "\n```\n```\n", "\n```\na ```` b\n```\n", "\n```a b\n",
    "\n| a | b |\n|--|--|\n| `x` | **c** [1] |\n| <@123> | \\| |\n",
)  # fmt: skip
"""What Discord's Markdown is made of, and what other Markdown is that Discord does not know."""

PIECES = st.one_of(
    st.sampled_from(OBEYED), st.sampled_from(FORMS), st.sampled_from(["|", " ", "\n"]), texts(3)
)
MARKDOWN = st.lists(PIECES, max_size=16).map("".join)
BLOCKS = st.lists(st.builds(Block, MARKDOWN, GAPS, st.just(CITED)), max_size=6)


def components(message: DiscordMessage) -> list[dict[str, Any]]:
    """Its buttons and menus, in order."""
    return [each for row in json.loads(message.components) for each in row["components"]]


def named(message: DiscordMessage) -> list[str]:
    """What its buttons show, in order."""
    return [
        each["label"] if "label" in each else each["emoji"]["name"]
        for each in components(message)
        if each["type"] == 2
    ]
