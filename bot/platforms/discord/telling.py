"""Telling admins in Discord what nobody has asked, and asking them."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import RefusedError
from footnote.bot.platforms.discord.buttons import rows_of
from footnote.bot.platforms.discord.limits import CONTENT
from footnote.bot.platforms.discord.marks import nonce
from footnote.bot.platforms.discord.messages import JsonObject
from footnote.bot.platforms.discord.replies import dealt
from footnote.bot.platforms.discord.safety import escaped
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.platforms.discord.view import Controls

UNREACHED = (
    "`admin_channel` in [discord] names a channel that I cannot write in ({}): let me see it and "
    "send messages there."
)

SPARE = 200
"""So much of a message is kept for what is decided about it."""


async def tell_admins(
    client: discord.Client,
    channel: str,
    text: str,
    key: str,
    buttons: Sequence[JsonObject] = (),
) -> None:
    """Say something in a channel.

    Args:
        client: Calls Discord.
        channel: Its id.
        text: What to say, as plain text.
        key: The same for every try, so that Discord takes one.
        buttons: Stand below it.

    Raises:
        UnavailableError: The bot may not write there.
        PlatformError: It was not said, or nobody knows.
    """
    place = client.get_partial_messageable(int(channel))
    said = "\n".join(map(escaped, text.splitlines()))
    below: JsonObject = {"view": Controls(rows_of(buttons))} if buttons else {}
    try:
        with translated():
            await place.send(
                dealt(said, CONTENT - SPARE)[0],
                nonce=nonce(key),
                allowed_mentions=discord.AllowedMentions.none(),
                **below,
            )
    except RefusedError as error:
        raise UnavailableError(UNREACHED.format(error)) from error
