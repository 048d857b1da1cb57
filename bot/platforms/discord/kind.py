"""Opening Discord: what `footnote serve` finds under the name "discord"."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from footnote.bot.checks.check import Check
from footnote.bot.errors import SettingsError
from footnote.bot.platforms.base import Services
from footnote.bot.platforms.discord.connection import logged_in, open_to_all, refusals
from footnote.bot.platforms.discord.examination import examine
from footnote.bot.platforms.discord.platform import DiscordPlatform
from footnote.bot.platforms.discord.settings import DiscordSettings, Token, lacks, token_of
from footnote.bot.settings.schema import Settings


class DiscordKind:
    """A `PlatformKind`."""

    def lacks(self, settings: Settings) -> str:
        """Whether the token is not in the environment."""
        del settings
        return lacks(token_of())

    async def examine(self, settings: Settings) -> list[Check]:
        """Whether Discord takes the token, and whether the bot may do all that it has to."""
        return await examine(settings.discord, token_of())

    def open(
        self, settings: Settings, services: Services
    ) -> AbstractAsyncContextManager[DiscordPlatform]:
        """Log in, and be ready to receive; see `open_discord`."""
        return open_discord(settings.discord, token_of(), tuple(settings.sources), services)


@asynccontextmanager
async def open_discord(
    settings: DiscordSettings, token: Token, sources: Sequence[str], services: Services
) -> AsyncIterator[DiscordPlatform]:
    """Log in, and be ready to receive.

    Args:
        settings: How Footnote behaves in Discord.
        token: What Discord knows the bot by.
        sources: The names of the sources.
        services: What the platform may use of the rest.

    Raises:
        SettingsError: Discord does not accept the token, or anybody could ask the bot.
        UnavailableError: Discord cannot be reached.
    """
    async with logged_in(token) as client:
        with refusals():
            about = await client.application_info()
        if warning := open_to_all(about, settings):
            raise SettingsError(warning)
        yield DiscordPlatform(client, settings, sources, services)


discord = DiscordKind()
