"""Replying to the one who used a command or pressed a button, seen by nobody else."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from footnote.bot.platforms.base import GoneError, PlatformError
from footnote.bot.platforms.discord.trouble import (
    ACKNOWLEDGED,
    DiscordRefusedError,
    translated,
)

ROOM = 2_000
"""The text of a message."""


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


def dealt(text: str) -> Sequence[str]:
    """A text in as few messages as hold it, cut between lines where that is possible."""
    messages: list[str] = []
    for line in text.splitlines():
        for start in range(0, max(1, len(line)), ROOM):
            part = line[start : start + ROOM]
            if messages and not start and len(messages[-1]) + 1 + len(part) <= ROOM:
                messages[-1] += f"\n{part}"
            else:
                messages.append(part)
    return [message for message in messages if message.strip()]
