"""A server on loopback, and connectors that read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from footnote.connectors.discord_history.connector import DiscordHistoryConnector
from footnote.connectors.discord_history.settings import DiscordHistorySettings
from tests.connectors.history.listing import Listing, Waiting, listed
from tests.servers.discord.checked import checked_discord
from tests.servers.discord.community import Community
from tests.servers.discord.model import Channel
from tests.servers.discord.people import Person
from tests.servers.discord.recording import What
from tests.servers.discord.server import DiscordServer


@dataclass(slots=True)
class Guild:
    """A server with two people and a channel, and what reads it.

    Attributes:
        discord: All of Discord.
        acme: The server.
        folder: Where connectors remember.
        ann: Somebody.
        bo: Somebody else.
        general: A channel that everybody sees.
        clock: What connectors wait by.
    """

    discord: DiscordServer
    acme: Community
    folder: Path
    ann: Person
    bo: Person
    general: Channel
    clock: Waiting

    def connector(self, *channels: Channel | str, **keys: Any) -> DiscordHistoryConnector:
        """A connector as a new process has it; of the open channel where none is named."""
        chosen = [one if isinstance(one, str) else one.id for one in channels or [self.general]]
        settings = DiscordHistorySettings.model_validate(
            {"channels": chosen, "api_url": self.discord.api_url, **keys}
        )
        return DiscordHistoryConnector(
            "chat", settings, self.folder, clock=self.clock, now=self.discord.clock.now
        )

    async def read(self, *channels: Channel | str, **keys: Any) -> Listing:
        """What such a connector lists."""
        return await listed(self.connector(*channels, **keys))

    def calls(self, route: str = "") -> list[str]:
        """The routes that were asked, or each request of one."""
        made = [entry.route for entry in self.discord.recording.of(What.CALL)]
        return [name for name in made if route in {"", name}]

    def forget_calls(self) -> None:
        """Count requests from now on."""
        self.discord.recording.entries.clear()


@pytest.fixture
async def guild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Guild]:
    """A server whose bot's token is in the environment."""
    async with checked_discord() as discord:
        acme = discord.guild("acme")
        ann, bo = acme.person("ann"), acme.person("bo")
        monkeypatch.setenv("DISCORD_BOT_TOKEN", discord.token)
        general = acme.channel("general")
        waiting = Waiting(discord.clock)
        yield Guild(discord, acme, tmp_path / "memory", ann, bo, general, waiting)
