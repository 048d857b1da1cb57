"""What Discord takes of a message, from its own documentation."""

from __future__ import annotations

import json
from typing import Any

from footnote.bot.platforms.discord.messages import DiscordMessage
from tests.bot.platforms.discord.answers import components
from tests.bot.platforms.discord.readers import length, texts_in

CONTENT, TITLE, DESCRIPTION, EMBEDS_IN_ALL = 2_000, 256, 4_096, 6_000
ROWS, IN_ROW, LABEL, OPTION, MENU, CUSTOM_ID, MARK = 5, 5, 80, 100, 25, 100, 9


def beyond_limits(message: DiscordMessage) -> list[str]:
    """Each limit of Discord's that a message breaks; signs beyond U+FFFF count twice."""
    embeds, rows = json.loads(message.embeds), json.loads(message.components)
    names = [each["custom_id"] for each in components(message)]
    message.content.encode()
    limits = {
        "content": message.content.strip() and length(message.content) <= CONTENT,
        "embeds": len(embeds) <= 10 and all(each["description"].strip() for each in embeds),
        "title": all(length(each.get("title", "")) <= TITLE for each in embeds),
        "description": all(length(each["description"]) <= DESCRIPTION for each in embeds),
        "in all": sum(map(length, texts_in(embeds))) <= EMBEDS_IN_ALL,
        "rows": len(rows) <= ROWS,
        "in a row": all(0 < len(row["components"]) <= IN_ROW for row in rows),
        "names": len(set(names)) == len(names),
        "name": all(length(name) + MARK <= CUSTOM_ID for name in names),
        "component": all(map(_is_component, components(message))),
    }
    return [limit for limit, is_kept in limits.items() if not is_kept]


def _is_component(each: dict[str, Any]) -> bool:
    if each["type"] == 2:
        return bool(each.get("emoji") or 0 < length(each["label"]) <= LABEL)
    options = each["options"]
    return 0 < len(options) <= MENU and all(
        0 < length(option["label"]) <= OPTION and 0 < length(option["value"]) <= OPTION
        for option in options
    )
