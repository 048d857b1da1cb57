"""The same message with less to it, where Discord does not take it as it is."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from footnote.bot.platforms.discord.limits import CONTENT, shortened
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.trouble import MAY_NOT, UNFIT, DiscordRefusedError

T = TypeVar("T")

_log = logging.getLogger(__name__)


def unframed(message: DiscordMessage) -> DiscordMessage:
    """What is framed below it stands in its text, as far as there is room."""
    framed = [
        "\n".join(filter(None, (each.get("title"), each.get("description"))))
        for each in json.loads(message.embeds)
    ]
    content = shortened("\n\n".join([message.content, *framed]), CONTENT)
    return replace(message, content=content, embeds="[]")


def bare(message: DiscordMessage) -> DiscordMessage:
    """Its text alone."""
    content = shortened(message.content, CONTENT)
    return replace(message, content=content, embeds="[]", components="[]")


async def first_taken(
    message: DiscordMessage, send: Callable[[DiscordMessage], Awaitable[T]], name: str
) -> T:
    """Send a message, or as much of it as Discord takes.

    Args:
        message: The message.
        send: Sends it.
        name: Whose message it is, for the log.

    Raises:
        PlatformError: It was not sent.
    """
    try:
        return await send(message)
    except DiscordRefusedError as error:
        if error.code == MAY_NOT and message.embeds != "[]":
            _log.warning(
                "Question %s: the bot may not embed links there, and shows its sources as text.",
                name,
            )
            return await send(unframed(message))
        if error.code != UNFIT:
            raise
        _log.warning(
            "Question %s: Discord does not take the message as it is (%s); it is shown as plain "
            "text.",
            name,
            error,
        )
    return await send(bare(message))
