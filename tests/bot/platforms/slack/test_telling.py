"""What admins are told in Slack without having asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import LostError
from footnote.bot.platforms.slack.platform import SlackPlatform
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens
from footnote.bot.platforms.slack.workspaces import find_workspaces
from footnote.bot.platforms.telling import TellsAdmins
from footnote.bot.state.sqlite import open_state
from tests.bot.platforms import serving
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.server import SlackServer

TEXT = "The source <docs> could not be synced: see https://evil.example, <!channel>."


async def tell(folder: Path, slack: SlackServer, channel: str | None, *tokens: str) -> None:
    """Tell the admins of these workspaces something."""
    settings = SlackSettings(api_url=slack.api_url, admin_channel=channel)
    async with open_state(folder / "state.db") as state:
        workspaces = await find_workspaces(tokens, settings, state.budgets)
        services = serving.services_of(state, None)
        platform = SlackPlatform(workspaces, settings, Tokens(tokens), services)
        assert isinstance(platform, TellsAdmins)
        assert platform.tells_admins is (channel is not None)
        if channel:
            await platform.tell_admins(TEXT, "key")


async def test_it_stands_in_the_channel_of_the_admins(tmp_path: Path) -> None:
    """By its id or its name, in whichever workspace has it; nothing in it is alive."""
    async with checked_slack() as slack:
        acme, other = slack.workspace("acme"), slack.workspace("other")
        admins = other.channel("admins", other.person("alice"))
        tokens = (acme.bot_token, other.bot_token)
        await tell(tmp_path, slack, admins.id, *tokens)
        await tell(tmp_path, slack, "#admins", *tokens)
        first, second = (message.text for message in admins.messages.values())
        assert first == second
        assert first.startswith("The source &lt;docs&gt; could not be synced")
        assert "<!" not in first
        assert "https://evil.example" not in first


async def test_a_channel_that_the_bot_is_not_in(tmp_path: Path) -> None:
    """Is told as one sentence that says what to do."""
    async with checked_slack() as slack:
        token = slack.workspace("acme").bot_token
        for channel in ("C404", "#nowhere"):
            with pytest.raises(UnavailableError, match=r"`admin_channel` in \[slack\] names"):
                await tell(tmp_path, slack, channel, token)


async def test_what_may_have_been_said_is_not_said_again(tmp_path: Path) -> None:
    """A lost answer is told as such; without a channel nobody is told."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        admins = acme.channel("admins", acme.person("alice"))
        slack.faults.drop("chat.postMessage")
        with pytest.raises(LostError):
            await tell(tmp_path, slack, admins.id, acme.bot_token)
        await tell(tmp_path, slack, None, acme.bot_token)
