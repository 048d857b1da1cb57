"""Admins in Discord who decide about an adapter."""

from __future__ import annotations

import discord

from footnote.bot.platforms import choosing
from footnote.bot.platforms.base import Chosen, Intake
from footnote.bot.platforms.discord.safety import escaped
from footnote.bot.platforms.discord.trouble import translated


async def choose(
    chosen: Chosen, intake: Intake, interaction: discord.Interaction, *, is_admin: bool
) -> None:
    """Decide, and let the message say so in the place of its buttons.

    Args:
        chosen: What somebody wants.
        intake: Takes it.
        interaction: What they have pressed.
        is_admin: Whether they are an admin now.

    Raises:
        FootnoteError: They are no admin, or it was not taken.
        PlatformError: Discord does not show it.
    """
    done = await choosing.choose(chosen, intake, is_admin=is_admin, safe=escaped)
    before = interaction.message.content if interaction.message else ""
    none = discord.AllowedMentions.none()
    with translated():
        await interaction.response.edit_message(
            content=f"{before}\n{done.said}", view=None, allowed_mentions=none
        )
        if done.told:
            await interaction.followup.send(done.told, ephemeral=True, allowed_mentions=none)
