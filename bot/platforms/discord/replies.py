"""Replying to the one who used a command or pressed a button, seen by nobody else."""

from __future__ import annotations

from contextlib import suppress

import discord

from footnote.bot.platforms import dealing
from footnote.bot.platforms.base import GoneError, LostError, PlatformError
from footnote.bot.platforms.discord.limits import CONTENT, size
from footnote.bot.platforms.discord.trouble import (
    ACKNOWLEDGED,
    DiscordRefusedError,
    translated,
)

_DEFERRED = "deferred"
"""Notes it with the interaction: discord.py does not know that a lost acknowledgement was taken."""


async def defer(interaction: discord.Interaction) -> bool:
    """Acknowledge an interaction that this replica alone replies to, so that there is time for it.

    What is acknowledged already is so by a call of its own, whose answer was lost.

    Returns:
        Whether it can be replied to: not where it came too late.

    Raises:
        PlatformError: It was not acknowledged, or nobody knows.
    """
    try:
        await _defer_surely(interaction)
    except GoneError:
        return False
    interaction.extras[_DEFERRED] = True
    return True


async def defer_among_others(interaction: discord.Interaction, *, private: bool) -> None:
    """Acknowledge an interaction, unless another replica has done it or it came too late.

    Args:
        interaction: What somebody did.
        private: Whether they alone will see the reply.

    Raises:
        PlatformError: It was not acknowledged, or nobody knows.
    """
    with suppress(GoneError):
        await _defer(interaction, private=private)


async def _defer_surely(interaction: discord.Interaction) -> None:
    try:
        await _defer(interaction, private=True)
    except LostError:
        await _defer(interaction, private=True)


async def _defer(interaction: discord.Interaction, *, private: bool) -> None:
    try:
        with translated():
            await interaction.response.defer(thinking=True, ephemeral=private)
    except DiscordRefusedError as error:
        if error.code != ACKNOWLEDGED:
            raise


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
        if _DEFERRED in interaction.extras or interaction.response.is_done():
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
