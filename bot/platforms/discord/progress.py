"""What a command says while it gets on: the same messages, changed in place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord

from footnote.bot.platforms.base import GoneError
from footnote.bot.platforms.discord.replies import dealt
from footnote.bot.platforms.discord.trouble import translated

_NONE = discord.AllowedMentions.none()


class Progress:
    """The reply to one command, seen by nobody else; when its time is over, direct messages.

    Args:
        interaction: The command, which is deferred.
    """

    def __init__(self, interaction: discord.Interaction) -> None:
        self._interaction = interaction
        self._replies: list[discord.Message] = []
        self._direct: list[discord.Message] = []

    async def show(self, text: str) -> None:
        """Show this in the place of what was shown.

        Raises:
            PlatformError: Not all of it was shown, or nobody knows.
        """
        parts = dealt(text)
        with translated():
            if not self._direct and await self._in_reply(parts):
                return
            await _replace(self._direct, parts, self._write)

    async def _in_reply(self, parts: list[str]) -> bool:
        """Whether the reply could still be changed."""
        try:
            with translated():
                await _replace(self._replies, parts, self._reply)
        except GoneError:
            return False
        return True

    async def _reply(self, text: str) -> discord.Message:
        if self._replies:
            follow_up = self._interaction.followup
            return await follow_up.send(text, ephemeral=True, allowed_mentions=_NONE, wait=True)
        return await self._interaction.edit_original_response(content=text, allowed_mentions=_NONE)

    async def _write(self, text: str) -> discord.Message:
        return await self._interaction.user.send(text, allowed_mentions=_NONE)


async def _replace(
    shown: list[discord.Message],
    parts: list[str],
    send: Callable[[str], Awaitable[discord.Message]],
) -> None:
    """Put the parts in the place of these messages, with more behind them, or fewer."""
    for number, part in enumerate(parts):
        if number == len(shown):
            shown.append(await send(part))
        elif shown[number].content != part:
            shown[number] = await shown[number].edit(content=part, allowed_mentions=_NONE)
    while len(shown) > len(parts):
        await shown.pop().delete()
