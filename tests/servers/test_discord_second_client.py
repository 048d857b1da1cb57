"""A client that nobody here wrote: npm's discord.js against the Discord server."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.servers.discord.checked import checked_discord
from tests.servers.discord.gateway_codes import Op
from tests.servers.discord.server import DiscordServer
from tests.servers.npm.packages import FOLDER, NoPackagesError, install

PATIENCE_S = 30.0


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """A server; at its end all on the wire is as Discord publishes it."""
    async with checked_discord() as discord:
        yield discord


@pytest.fixture(scope="module")
def packages() -> Path:
    """Where npm's packages are, or a skip."""
    try:
        return install("discord")
    except NoPackagesError as error:
        pytest.skip(f"npm's discord.js cannot be had: {error}")


class DiscordJs:
    """The bot's process."""

    def __init__(self, node: asyncio.subprocess.Process) -> None:
        self._node = node

    async def says(self) -> str:
        """What it says next: `ready` or `resumed`."""
        assert self._node.stdout
        async with asyncio.timeout(PATIENCE_S):
            line = await self._node.stdout.readline()
        happened: str = json.loads(line)["happened"]
        return happened


@asynccontextmanager
async def discord_js(server: DiscordServer, packages: Path) -> AsyncIterator[DiscordJs]:
    """The bot, ready, until the block ends."""
    node = await asyncio.create_subprocess_exec(
        "node",
        str(FOLDER / "discord" / "app.cjs"),
        env={
            "PATH": os.environ["PATH"],
            "NODE_PATH": str(packages / "node_modules"),
            "DISCORD_API_URL": server.api_url.removesuffix("/v10"),
            "DISCORD_TOKEN": server.token,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        bot = DiscordJs(node)
        assert await bot.says() == "ready"
        yield bot
    finally:
        node.kill()
        await node.wait()


async def test_discord_js_answers_a_mention_a_command_and_a_button(
    server: DiscordServer, packages: Path
) -> None:
    """The most used JavaScript library takes this server for Discord."""
    acme = server.guild("acme")
    alice = acme.person("alice")
    general = acme.channel("general")
    async with discord_js(server, packages):
        asked = await alice.says(general, f"{server.mention} how long is the annual leave?")
        answer = await server.reply_to(asked)
        assert answer.content == "Every employee gets 28 days, Alice."

        used = await alice.slash("ask", general, question="where is the garage?")
        edited = await server.reply_to(used)
        assert (edited.content, edited.only_for) == ("You asked: where is the garage?", alice.id)

        pressed = await alice.presses(answer, "better")
        better = await server.reply_to(pressed)
        assert better.content == f"Better than: {answer.content}"


async def test_discord_js_resumes_and_identifies_anew(
    server: DiscordServer, packages: Path
) -> None:
    """After a cut it hears what it missed; after an invalid session it begins anew."""
    acme = server.guild("acme")
    alice = acme.person("alice")
    general = acme.channel("general")
    async with discord_js(server, packages) as bot:
        server.gateway.faults.cut_before("MESSAGE_CREATE")
        asked = await alice.says(general, f"{server.mention} how long is the annual leave?")
        assert await bot.says() == "resumed"
        await server.reply_to(asked)
        assert len(server.gateway.recording.received(Op.RESUME)) == 1

        server.gateway.handshake.identify_every_s = 0.0
        server.gateway.invalidate()
        identified = server.gateway.recording.received
        await server.until(lambda: len(identified(Op.IDENTIFY)) == 2, PATIENCE_S)
        await server.until(server.gateway.connected)
        again = await alice.says(general, f"{server.mention} and how long is the notice?")
        await server.reply_to(again)
