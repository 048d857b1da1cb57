"""What stands below answers in Discord."""

from __future__ import annotations

import json
from typing import Any

from footnote.bot.platforms.discord.messages import DiscordMessage

QUESTION_ID = "discord:18446744073709551615:18446744073709551614"
"""As long as one can be."""


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
