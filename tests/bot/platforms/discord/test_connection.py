"""When Discord refuses the bot, at the start or later on: one sentence that says what to do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest
from discord.http import Route

from footnote.bot.errors import SettingsError, UnavailableError
from footnote.bot.platforms.base import Happening, Lookups, Services
from footnote.bot.platforms.discord.connection import closed
from footnote.bot.platforms.discord.kind import open_discord
from footnote.bot.platforms.discord.settings import DiscordSettings, Token
from tests.bot.platforms.discord.scene import Scene, scene

PORTAL = "https://discord.com/developers/applications"


class Nobody:
    """An `Intake` where nothing comes in."""

    async def take(self, happening: Happening) -> None:
        """Nothing is taken."""
        raise AssertionError(happening)


async def refused(
    s: Scene, token: str = "", settings: DiscordSettings | None = None, *, later: int | None = None
) -> str:
    """Why the platform cannot go on.

    Args:
        s: Where all is.
        token: Another token.
        settings: How it behaves.
        later: The code with which the gateway closes once it is ready.
    """
    services = Services(cast("Lookups", None), s.state.budgets, s.state.records)
    opening = open_discord(
        settings or DiscordSettings(), Token(token or s.discord.token), (), services
    )

    async def run() -> None:
        async with opening as platform, asyncio.timeout(20.0):
            platform.client._connection.guild_ready_timeout = 0.1
            receiving = asyncio.ensure_future(platform.receive(Nobody()))
            if later:
                await platform.client.wait_until_ready()
                s.discord.gateway.close(later)
            await receiving

    with pytest.raises(SettingsError) as told:
        await run()
    assert s.discord.token not in str(told.value)
    return str(told.value)


async def test_a_bad_token(tmp_path: Path) -> None:
    """Is not shown; the page with a new one is."""
    async with scene(tmp_path, runs=False) as s:
        said = await refused(s, "not.a.token")
        assert said.startswith("Discord does not accept the token in DISCORD_BOT_TOKEN: ")
        assert PORTAL in said
        assert "not.a.token" not in said


async def test_messages_that_may_not_be_read(tmp_path: Path) -> None:
    """The gateway closes with 4014: the switch is named."""
    async with scene(tmp_path, runs=False) as s:
        s.discord.application.flags = 0
        assert "switch on Message Content Intent" in await refused(s)


@pytest.mark.parametrize(
    ("code", "said"),
    [(4004, "does not accept the token"), (4013, "Message Content Intent"), (4012, "code 4012")],
)
async def test_what_is_refused_later_on(tmp_path: Path, code: int, said: str) -> None:
    """Ends it with the same sentences, rather than letting it try for ever."""
    async with scene(tmp_path, runs=False) as s:
        assert said in await refused(s, later=code)


async def test_a_bot_that_anybody_may_invite(tmp_path: Path) -> None:
    """Is not started, unless the settings say which servers are the team's."""
    async with scene(tmp_path, runs=False) as s:
        s.discord.application.bot_public = True
        assert "switch off Public Bot on the page Bot" in await refused(s)
        settings = DiscordSettings(servers=(s.acme.id,))
        assert "token" in await refused(s, settings=settings, later=4004)


async def test_a_discord_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is said to be, which may pass."""
    async with scene(tmp_path, runs=False) as s:
        monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:9/api/v10")
        services = Services(cast("Lookups", None), s.state.budgets, s.state.records)
        opening = open_discord(DiscordSettings(), Token("a.b.c"), (), services)
        with pytest.raises(UnavailableError, match=r"cannot be reached .* try again in a minute"):
            async with opening:
                pass


def test_a_code_that_nobody_knows() -> None:
    """Is said, for whoever can find out."""
    assert (
        closed(4999) == "Discord has closed the connection for good (code 4999): update Footnote."
    )
    assert "code None" in closed(None)
