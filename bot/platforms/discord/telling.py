"""Telling admins in Discord what nobody has asked."""

from __future__ import annotations

import discord

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import RefusedError
from footnote.bot.platforms.discord.marks import nonce
from footnote.bot.platforms.discord.replies import dealt
from footnote.bot.platforms.discord.safety import escaped
from footnote.bot.platforms.discord.trouble import translated

UNREACHED = (
    "`admin_channel` in [discord] names a channel that I cannot write in ({}): let me see it and "
    "send messages there."
)


async def tell_admins(client: discord.Client, channel: str, text: str, key: str) -> None:
    """Say something in a channel.

    Args:
        client: Calls Discord.
        channel: Its id.
        text: What to say, as plain text.
        key: The same for every try, so that Discord takes one.

    Raises:
        UnavailableError: The bot may not write there.
        PlatformError: It was not said, or nobody knows.
    """
    place = client.get_partial_messageable(int(channel))
    said = "\n".join(map(escaped, text.splitlines()))
    try:
        with translated():
            await place.send(
                dealt(said)[0], nonce=nonce(key), allowed_mentions=discord.AllowedMentions.none()
            )
    except RefusedError as error:
        raise UnavailableError(UNREACHED.format(error)) from error
