"""`footnote discord`: the link that invites the bot."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.bot.cli.conftest import Footnote
from tests.servers.discord.community import BOT_PERMISSIONS
from tests.servers.discord.server import DiscordServer


@pytest.fixture
def discord(monkeypatch: pytest.MonkeyPatch) -> Iterator[DiscordServer]:
    """A server beside the command, which has a loop of its own."""
    started, stop = threading.Event(), asyncio.Event()
    loop, server = asyncio.new_event_loop(), DiscordServer()

    async def served() -> None:
        async with server:
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(served(),))
    thread.start()
    started.wait(20.0)
    monkeypatch.setattr(Route, "BASE", server.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway.url))
    yield server
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def asked_for(link: str) -> dict[str, str]:
    """What a link asks for."""
    address = urlsplit(link.strip())
    assert (address.scheme, address.netloc) == ("https", "discord.com")
    assert address.path == "/oauth2/authorize"
    return {name: value for name, (value,) in parse_qs(address.query).items()}


def test_the_link_asks_for_exactly_what_is_needed(footnote: Footnote) -> None:
    """The bot and its commands, and the permissions that a scenario has proved."""
    ran = footnote("discord", "invite", "--application", "42")
    assert ran.code == 0
    asked = asked_for(ran.out)
    assert asked["client_id"] == "42"
    assert int(asked["permissions"]) == int(BOT_PERMISSIONS)
    assert set(asked["scope"].split()) == {"bot", "applications.commands"}


def test_the_application_is_that_of_the_token(
    footnote: Footnote, discord: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord is asked for it, and nothing else of it is shown."""
    monkeypatch.setenv("DISCORD_BOT_TOKEN", discord.token)
    ran = footnote("discord", "invite")
    assert (ran.code, ran.err) == (0, "")
    assert asked_for(ran.out)["client_id"] == discord.application.id
    assert discord.token not in ran.out


def test_a_token_that_is_not_accepted(
    footnote: Footnote, discord: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is said, and not shown."""
    del discord
    monkeypatch.setenv("DISCORD_BOT_TOKEN", "not.a.token")
    ran = footnote("discord", "invite")
    assert ran.code != 0
    assert "does not accept the token" in ran.err
    assert "not.a.token" not in ran.err
    assert "Traceback" not in ran.err


def test_without_a_token(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to set is said, with the page."""
    monkeypatch.delenv("DISCORD_BOT_TOKEN", raising=False)
    ran = footnote("discord", "invite")
    assert ran.code != 0
    assert "set DISCORD_BOT_TOKEN" in ran.err.replace("\n", " ")
    assert "Traceback" not in ran.err


def test_an_application_that_is_none(footnote: Footnote) -> None:
    """Is refused before a link leads nowhere."""
    assert footnote("discord", "invite", "--application", "0").code != 0
