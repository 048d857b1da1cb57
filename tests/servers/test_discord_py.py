"""That the real discord.py takes the gateway for Discord's, and gets over its trouble."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord.checked import checked_discord
from tests.servers.discord.community import Community
from tests.servers.discord.gateway_codes import Close, Op
from tests.servers.discord.gateway_recording import What
from tests.servers.discord.model import Channel
from tests.servers.discord.people import Person
from tests.servers.discord.server import DiscordServer

INTENTS = discord.Intents(guilds=True, messages=True, message_content=True)


class Bot(discord.Client):
    """Remembers what it hears.

    Attributes:
        heard: The contents of people's messages, in order.
        happened: `ready`, `resumed` and `disconnect`, in order.
    """

    def __init__(self, server: DiscordServer, **options: Any) -> None:
        super().__init__(intents=options.pop("intents", INTENTS), **options)
        self._server = server
        self.heard: list[str] = []
        self.happened: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait the five seconds that discord.py waits otherwise."""

    async def on_ready(self) -> None:
        """It knows its guilds."""
        self._note("ready")

    async def on_resumed(self) -> None:
        """It goes on with its session."""
        self._note("resumed")

    async def on_disconnect(self) -> None:
        """It has lost its connection."""
        self._note("disconnect")

    async def on_message(self, message: discord.Message) -> None:
        """Somebody, or it itself, has said something."""
        if not message.author.bot:
            self.heard.append(message.content)
            self._server.world.changes.tell()

    def _note(self, what: str) -> None:
        self.happened.append(what)
        self._server.world.changes.tell()


class Scene:
    """A guild with one person and one channel."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.gateway = server.gateway
        self.acme: Community = server.guild("acme")
        self.alice: Person = self.acme.person("alice")
        self.general: Channel = self.acme.channel("general")

    async def say(self, content: str) -> None:
        """Alice says something in the channel."""
        await self.alice.says(self.general, content)

    @asynccontextmanager
    async def bot(self, **options: Any) -> AsyncIterator[Bot]:
        """A bot that is ready, until the block ends."""
        bot = Bot(self.server, guild_ready_timeout=0.1, **options)
        running = asyncio.create_task(bot.start(self.server.token))
        try:
            await self.server.until(lambda: running.done() or bot.happened)
            if running.done():
                await running
            yield bot
        finally:
            await bot.close()
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A server to which discord.py turns; at its end all on the wire is as Discord publishes it."""
    async with checked_discord() as server:
        monkeypatch.setattr(Route, "BASE", server.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway.url))
        server.gateway.handshake.identify_every_s = 0.0
        yield Scene(server)


async def test_it_logs_in_and_hears_what_is_said(scene: Scene) -> None:
    """Login, compressed transport, READY with the guild and its channels, and a message."""
    async with scene.bot() as bot:
        [guild] = bot.guilds
        assert (guild.name, guild.member_count) == ("acme", 3)
        assert [channel.name for channel in guild.text_channels] == ["general"]
        await scene.say("how long is the annual leave?")
        await scene.server.until(lambda: bot.heard == ["how long is the annual leave?"])
        [opened] = scene.gateway.recording.of(What.OPENED)
        assert opened.data["query"]["compress"] in {"zlib-stream", "zstd-stream"}
        assert bot.happened == ["ready"]


async def test_after_a_cut_it_resumes_and_misses_nothing(scene: Scene) -> None:
    """It goes to the address for resuming, and gets what was said meanwhile exactly once."""
    async with scene.bot() as bot:
        await scene.say("one")
        scene.gateway.faults.cut_before("MESSAGE_CREATE")
        await scene.say("two")
        await scene.server.until(lambda: "resumed" in bot.happened)
        await scene.say("three")
        await scene.server.until(lambda: bot.heard == ["one", "two", "three"])
        assert bot.happened == ["ready", "disconnect", "resumed"]
        assert len(scene.gateway.recording.received(Op.IDENTIFY)) == 1
        paths = [entry.data["path"] for entry in scene.gateway.recording.of(What.OPENED)]
        assert paths == ["/gateway", "/resume"]


@pytest.mark.parametrize("code", [1000, Close.UNKNOWN_ERROR, Close.SESSION_TIMED_OUT])
async def test_after_a_close_it_resumes(scene: Scene, code: int) -> None:
    """Codes that are not final lead to a RESUME."""
    async with scene.bot() as bot:
        scene.gateway.close(code)
        await scene.server.until(lambda: "resumed" in bot.happened)


async def test_it_reconnects_when_asked(scene: Scene) -> None:
    """Op 7, and an invalid session that is resumable, lead to a RESUME as well."""
    async with scene.bot() as bot:
        scene.gateway.ask_to_reconnect()
        await scene.server.until(lambda: bot.happened.count("resumed") == 1)
        scene.gateway.invalidate(resumable=True)
        await scene.server.until(lambda: bot.happened.count("resumed") == 2)


async def test_an_invalid_session_is_begun_anew_and_replays_nothing(scene: Scene) -> None:
    """Where RESUME is refused it identifies again, and never hears what was said between."""
    async with scene.bot() as bot:
        scene.gateway.faults.refuse_resumes()
        scene.gateway.faults.cut_before("MESSAGE_CREATE")
        await scene.say("lost")
        await scene.server.until(lambda: bot.happened.count("ready") == 2)
        await scene.say("heard")
        await scene.server.until(lambda: bot.heard == ["heard"])
        assert len(scene.gateway.recording.received(Op.IDENTIFY)) == 2
        [general] = bot.guilds[0].text_channels
        assert general.last_message_id
        assert [one.content async for one in general.history(limit=2)] == ["heard", "lost"]


async def test_a_connection_that_has_died_is_noticed(scene: Scene) -> None:
    """Where nothing comes any more, not even an ACK, it reconnects and resumes."""
    scene.gateway.heartbeat_s = 0.5
    async with scene.bot(heartbeat_timeout=2.0) as bot:
        scene.gateway.fall_silent()
        await scene.say("into the void")
        await scene.server.until(lambda: "resumed" in bot.happened, 30)
        await scene.server.until(lambda: bot.heard == ["into the void"])


async def test_an_event_that_comes_twice_is_heard_twice(scene: Scene) -> None:
    """The library does not keep duplicates from an app."""
    async with scene.bot() as bot:
        scene.gateway.faults.repeat("MESSAGE_CREATE")
        await scene.say("again")
        await scene.server.until(lambda: bot.heard == ["again", "again"])


async def test_two_processes_of_one_shard_both_hear_everything(scene: Scene) -> None:
    """Neither takes a message away from the other."""
    async with scene.bot() as one, scene.bot() as other:
        await scene.say("hello")
        await scene.server.until(lambda: one.heard == other.heard == ["hello"])


async def test_all_members_are_there_for_the_intent(scene: Scene) -> None:
    """With GUILD_MEMBERS switched on, discord.py asks for all members and gets them."""
    scene.server.application.flags |= 1 << 15
    intents = discord.Intents(guilds=True, messages=True, members=True)
    async with scene.bot(intents=intents) as bot:
        assert {member.name for member in bot.guilds[0].members} == {
            "acme-owner",
            "alice",
            "footnote",
        }


async def test_a_missing_intent_has_its_own_error(scene: Scene) -> None:
    """4014 where the message content is not switched on in the developer portal."""
    scene.server.application.flags = 0
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with scene.bot():
            pass


async def test_a_wrong_token_fails_at_login(scene: Scene) -> None:
    """401 from REST is a LoginFailure, before any gateway."""
    bot = Bot(scene.server)
    with pytest.raises(discord.LoginFailure):
        await bot.start("MTIz.abc.def")
    await bot.close()
    assert not scene.gateway.recording.of(What.OPENED)


async def test_a_token_that_was_changed_closes_for_good(scene: Scene) -> None:
    """4004 at a RESUME with a token that is no longer valid ends the bot with its code."""
    bot = Bot(scene.server, guild_ready_timeout=0.1)
    running = asyncio.create_task(bot.start(scene.server.token))
    await scene.server.until(lambda: bot.happened)
    scene.server.application.token = "another"  # noqa: S105  no secret
    scene.gateway.cut()
    with pytest.raises(discord.ConnectionClosed) as closed:
        await asyncio.wait_for(running, 10)
    assert closed.value.code == Close.AUTHENTICATION_FAILED
    await bot.close()
