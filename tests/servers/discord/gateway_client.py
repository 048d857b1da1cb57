"""A bare gateway client, for what the gateway does that no library shows."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import WSMsgType, web

from tests.servers.clock import Clock
from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.gateway_codes import Op
from tests.servers.discord.gateway_intents import Intents
from tests.servers.discord.gateway_schemas import gateway_schemas
from tests.servers.discord.gateway_validation import assert_published
from tests.servers.discord.model import Application, Channel, Guild, User
from tests.servers.discord.posting import post
from tests.servers.discord.world import World

PATIENCE_S = 10.0
PLAIN = {"v": "10", "encoding": "json"}
USUAL = Intents.GUILDS | Intents.GUILD_MESSAGES | Intents.DIRECT_MESSAGES | Intents.MESSAGE_CONTENT
SUFFIX = b"\x00\x00\xff\xff"


class GatewayClient:
    """One websocket to the gateway.

    Attributes:
        seen: Every payload that came, in order.
    """

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, query: dict[str, str]) -> None:
        self.ws = ws
        self._inflater = zlib.decompressobj() if "compress" in query else None
        self.seen: list[Json] = []

    async def next(self) -> Json | None:
        """The next payload; None where the connection ended instead."""
        async with asyncio.timeout(PATIENCE_S):
            message = await self.ws.receive()
        if message.type is WSMsgType.BINARY:
            text = self._inflated(message.data)
        elif message.type is WSMsgType.TEXT:
            text = message.data
        else:
            return None
        payload: Json = json.loads(text)
        self.seen.append(payload)
        return payload

    async def until(self, name: str | Op) -> Json:
        """The next payload of an event or an opcode, past all others.

        Raises:
            AssertionError: The connection ended before.
        """
        while (payload := await self.next()) is not None:
            if name == (payload["op"] if isinstance(name, Op) else payload["t"]):
                return payload
        raise AssertionError(f"{name} never came; closed with {self.ws.close_code}")

    async def ended(self) -> int | None:
        """The code with which the connection ends, once it does."""
        while await self.next() is not None:
            pass
        return self.ws.close_code

    async def say(self, op: Op | int, data: object) -> None:
        """Send a payload."""
        await self.ws.send_json({"op": int(op), "d": data})

    async def identify(self, token: str, intents: int, **more: object) -> Json:
        """Begin a session; what READY says."""
        properties = {"os": "linux", "browser": "bare", "device": "bare"}
        about = {"token": token, "intents": intents, "properties": properties}
        await self.say(Op.IDENTIFY, about | more)
        data: Json = (await self.until("READY"))["d"]
        return data

    async def resume(self, token: str, session_id: str, seq: int) -> None:
        """Ask to go on with a session."""
        await self.say(Op.RESUME, {"token": token, "session_id": session_id, "seq": seq})

    def events(self, name: str) -> list[Json]:
        """What came under an event's name."""
        return [payload["d"] for payload in self.seen if payload["t"] == name]

    def _inflated(self, data: bytes) -> str:
        if self._inflater is None:
            return zlib.decompress(data).decode()
        assert data.endswith(SUFFIX)
        return self._inflater.decompress(data).decode()


class GatewayHost:
    """A gateway on loopback, without REST."""

    def __init__(self, gateway: Gateway, world: World, http: aiohttp.ClientSession) -> None:
        self.gateway = gateway
        self.world = world
        self._http = http

    @asynccontextmanager
    async def client(
        self, query: dict[str, str] | None = None, url: str = ""
    ) -> AsyncIterator[GatewayClient]:
        """A client, connected until the block ends; it says goodbye with 4000."""
        asked = PLAIN if query is None else query
        ws = await self._http.ws_connect(url or self.gateway.url, params=asked)
        try:
            yield GatewayClient(ws, asked)
        finally:
            await ws.close(code=4000)


class Scene:
    """An app in a guild with one person and one channel."""

    def __init__(self, host: GatewayHost) -> None:
        self.host = host
        self.gateway = host.gateway
        self.world = host.world
        self.app: Application = self.world.add_application("footnote")
        self.alice: User = self.world.add_user("alice")
        self.guild: Guild = self.world.add_guild("acme", self.alice)
        self.world.join(self.guild, self.app.bot)
        self.channel: Channel = self.world.add_channel(self.guild, "general")

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.app.token

    def say(self, content: str) -> str:
        """Alice says something in the channel; the message's id."""
        return post(self.world, self.channel, self.alice, content).id


@asynccontextmanager
async def gateway_host() -> AsyncIterator[GatewayHost]:
    """A new world with a gateway, on which apps may identify as often as they like.

    Raises:
        AssertionError: At the end, something that the gateway sent had not the published type.
    """
    await asyncio.to_thread(gateway_schemas)
    world = World(Clock())
    gateway = Gateway(world)
    gateway.handshake.identify_every_s = 0.0
    app = web.Application()
    app.router.add_get("/gateway", gateway.connect)
    app.router.add_get("/resume", gateway.connect)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    gateway.url = f"ws://127.0.0.1:{port}/gateway"
    gateway.resume_url = f"ws://127.0.0.1:{port}/resume"
    try:
        async with aiohttp.ClientSession() as http:
            yield GatewayHost(gateway, world, http)
    finally:
        gateway.stop()
        await runner.cleanup()
    assert_published(gateway.recording, ["Received"])
