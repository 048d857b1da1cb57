"""Opening Slack: what `footnote serve` finds under the name "slack"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from footnote.bot.checks.check import Check
from footnote.bot.platforms.base import Services
from footnote.bot.platforms.slack.examination import examine
from footnote.bot.platforms.slack.platform import SlackPlatform
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens, lacks, tokens_of
from footnote.bot.platforms.slack.workspaces import find_workspaces
from footnote.bot.settings.schema import Settings


class SlackKind:
    """A `PlatformKind`."""

    def lacks(self, settings: Settings) -> str:
        """Which tokens are not in the environment."""
        return lacks(settings.slack, tokens_of())

    async def examine(self, settings: Settings) -> list[Check]:
        """Whether Slack takes the tokens, and whether the app may do all that it has to."""
        return await examine(settings.slack, tokens_of())

    def open(
        self, settings: Settings, services: Services
    ) -> AbstractAsyncContextManager[SlackPlatform]:
        """Ask Slack what the tokens are for, and be ready to receive; see `open_slack`."""
        return open_slack(settings.slack, tokens_of(), services)


@asynccontextmanager
async def open_slack(
    settings: SlackSettings, tokens: Tokens, services: Services
) -> AsyncIterator[SlackPlatform]:
    """Ask Slack what the tokens are for, and be ready to receive.

    Raises:
        SettingsError: Slack does not accept a token.
        UnavailableError: Slack cannot be reached.
    """
    workspaces = await find_workspaces(tokens.bots, settings, services.budgets)
    yield SlackPlatform(workspaces, settings, tokens, services)


slack = SlackKind()
