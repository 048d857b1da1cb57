"""A bare client of the REST API, for what no library sends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.servers.discord.dispatch import Json
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.server import DiscordServer


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the JSON (or text, or None), and the headers."""

    status: int
    data: Any
    headers: dict[str, str]

    @property
    def code(self) -> int:
        """The JSON error code; 0 where there is none."""
        return int(self.data.get("code", 0)) if isinstance(self.data, dict) else 0

    def complaint(self, path: str) -> str:
        """The code of what is wrong at a path of the body, such as `embeds.0.title`."""
        place = self.data["errors"]
        for step in path.split("."):
            place = place[step]
        return str(place["_errors"][0]["code"])


@dataclass(frozen=True, slots=True)
class WireClient:
    """Requests with the bot's token."""

    server: DiscordServer
    session: aiohttp.ClientSession

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None
    ) -> Answer:
        """Send a request, with the bot's token unless another is named."""
        headers = {"Authorization": f"Bot {token or self.server.token}"}
        url = self.server.api_url + path
        async with self.session.request(method, url, json=body, headers=headers) as response:
            text = await response.text()
            is_json = response.headers.get("Content-Type") == "application/json"
            data = await response.json() if is_json else text or None
            return Answer(response.status, data, dict(response.headers))

    async def posts(self, channel: str, **body: Any) -> Answer:
        """Post a message."""
        return await self.ask("POST", f"/channels/{channel}/messages", body)

    async def answers(self, to: Interaction, kind: int, data: Json | None = None) -> Answer:
        """Give the first answer to an interaction."""
        body: Json = {"type": kind} | ({} if data is None else {"data": data})
        path = f"/interactions/{to.id}/{to.token}/callback?with_response=1"
        return await self.ask("POST", path, body)

    async def follows_up(self, to: Interaction, **body: Any) -> Answer:
        """Post a follow-up to an interaction."""
        return await self.ask("POST", self.path_of(to), body)

    async def original(self, method: str, to: Interaction, **body: Any) -> Answer:
        """Get, change or delete the first answer to an interaction."""
        path = self.path_of(to) + "/messages/@original"
        return await self.ask(method, path, body or None)

    async def registers(self, *commands: Json, guild: str | None = None) -> Answer:
        """Set all commands, global ones unless a guild is named."""
        at = f"/guilds/{guild}" if guild else ""
        path = f"/applications/{self.server.application.id}{at}/commands"
        return await self.ask("PUT", path, list(commands))

    def path_of(self, to: Interaction) -> str:
        """Where an interaction's follow-ups go."""
        return f"/webhooks/{to.application.id}/{to.token}"


@asynccontextmanager
async def wire_client(server: DiscordServer) -> AsyncIterator[WireClient]:
    """A client for as long as the block lasts."""
    async with aiohttp.ClientSession() as session:
        yield WireClient(server, session)
