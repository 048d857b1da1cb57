"""Replying to the one who used a command or pressed a button, seen by nobody else."""

from __future__ import annotations

import discord

from footnote.bot.platforms import dealing
from footnote.bot.platforms.base import GoneError, PlatformError
from footnote.bot.platforms.discord.limits import CONTENT, size
from footnote.bot.platforms.discord.trouble import (
    ACKNOWLEDGED,
    DiscordRefusedError,
    translated,
)


async def defer(interaction: discord.Interaction, *, private: bool = True) -> bool:
    """Acknowledge an interaction, so that there is time to reply.

    Returns:
        Whether it can be replied to: not where another replica has acknowledged it, or where it
        came too late.

    Raises:
        PlatformError: It was not acknowledged, or nobody knows.
    """
    try:
        with translated():
            await interaction.response.defer(thinking=True, ephemeral=private)
    except GoneError:
        return False
    except DiscordRefusedError as error:
        if error.code != ACKNOWLEDGED:
            raise
        return False
    return True


async def say(interaction: discord.Interaction, text: str) -> None:
    """Say something to the one who acted; after a deferral it takes its place.

    Args:
        interaction: What they did.
        text: What to say, as Markdown; what is longer than a message goes on in others.

    Raises:
        PlatformError: It was not said, or nobody knows.
    """
    first, *more = dealt(text)
    none = discord.AllowedMentions.none()
    with translated():
        if interaction.response.is_done():
            await interaction.edit_original_response(content=first, allowed_mentions=none)
        else:
            await interaction.response.send_message(first, ephemeral=True, allowed_mentions=none)
        for each in more:
            await interaction.followup.send(each, ephemeral=True, allowed_mentions=none)


async def tell(interaction: discord.Interaction, text: str) -> None:
    """Say something to the one who acted, if that can be done at all."""
    try:
        await say(interaction, text)
    except (PlatformError, discord.InteractionResponded):
        return


def dealt(text: str, room: int = CONTENT) -> list[str]:
    """Text in pieces of so much room each, cut at the ends of lines where there are any."""
    return dealing.dealt(text, room, size)
