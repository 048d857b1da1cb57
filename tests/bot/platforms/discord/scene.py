"""Footnote in a Discord of its own: the real discord.py over loopback, answers from a script."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.discord.events import question_id
from footnote.bot.platforms.discord.kind import open_discord
from footnote.bot.platforms.discord.settings import DiscordSettings, Token
from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_lane import ThreadLane
from footnote.retrieval.stores.base import PassageStore
from tests.bot.platforms import serving
from tests.bot.platforms.scripts import SOURCES, Link, Script
from tests.servers.discord.checked import checked_discord
from tests.servers.discord.community import Community
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Channel, Message
from tests.servers.discord.people import Person
from tests.servers.discord.server import DiscordServer

PATIENCE_S = 20.0


@dataclass(slots=True)
class Scene:
    """A server with Footnote on it.

    Attributes:
        discord: The service.
        acme: The server.
        alice: Somebody.
        general: A channel that everybody sees.
        script: What is answered.
        state: Where questions are kept.
        link: The way to it, which can be cut.
    """

    discord: DiscordServer
    acme: Community
    alice: Person
    general: Channel
    script: Script
    state: State
    link: Link

    def mention(self, text: str) -> str:
        """A text that mentions Footnote."""
        return f"{self.discord.mention} {text}"

    def question_id(self, asked: Message | Interaction) -> str:
        """The id of the question that a message, or the use of a command, is."""
        return question_id(asked.channel.id, asked.id)

    async def ended(self, asked: Message | Interaction | str) -> Kept:
        """How a question ended, once it has."""
        name = asked if isinstance(asked, str) else self.question_id(asked)
        return await serving.ended(self.state, name)

    async def answer(
        self,
        asked: Message | Interaction,
        says: str,
        outcome: Outcome = Outcome.ANSWERED,
        *,
        nth: int = 1,
    ) -> Message:
        """The one final message of a question, once it is there.

        Args:
            asked: What was asked.
            says: What the final message says.
            outcome: How the question ends.
            nth: The how many-th of the bot's messages it is, and the last of them.
        """
        await self.discord.until(
            lambda: [m.content for m in self.discord.replies_to(asked)][-1:] == [says]
        )
        kept = await self.ended(asked)
        await self.quiet()
        found = self.discord.replies_to(asked)
        assert [message.content for message in found[nth - 1 :]] == [says]
        assert [sent.message.rpartition("/")[2].lstrip("@") for sent in kept.sent] == [
            found[nth - 1].id
        ]
        assert kept.outcome is outcome
        return found[nth - 1]

    async def ignored(self, *messages: Message) -> None:
        """Make sure that none of these was taken for a question."""
        await self.settled()
        for message in messages:
            assert await self.state.queue.kept(self.question_id(message)) is None

    async def waits(self, asked: Message | Interaction) -> None:
        """Return once a question is taken, and waits to be answered."""
        name = self.question_id(asked)
        async with asyncio.timeout(PATIENCE_S):
            while name not in await self.state.queue.positions([name]):  # noqa: ASYNC110  a file
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def unheard(self) -> AsyncIterator[None]:
        """Discord tells nobody of what happens in the block: at its end, new sessions begin."""
        gateway = self.discord.gateway
        lost, before = gateway.connected(), len(gateway.recording.sent("READY"))
        gateway.expire()
        yield
        gateway.cut(lost)
        await self.discord.until(lambda: len(gateway.recording.sent("READY")) == before + len(lost))

    async def soon(self, look: Callable[[], object]) -> None:
        """Return once it is true of what nobody tells of."""
        await serving.soon(look)

    async def settled(self) -> None:
        """Return once all that happened before is seen to, and every question is finished."""
        marker = await self.alice.says(self.alice.dm, "Is everything seen to?")
        await self.ended(marker)
        await self.quiet()

    async def quiet(self) -> None:
        """Return once every accepted question is finished."""
        await serving.quiet(self.state)


@contextmanager
def pointed_at(server: DiscordServer) -> Iterator[None]:
    """Let discord.py, which has its addresses in its classes, talk to this server."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = server.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway.url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def scene(
    folder: Path,
    settings: DiscordSettings | Callable[[Community], DiscordSettings] | None = None,
    options: InboxOptions | None = None,
    store: PassageStore | None = None,
    *,
    runs: bool = True,
) -> AsyncIterator[Scene]:
    """Footnote, running on a server until the block ends.

    Args:
        folder: Where the state is kept.
        settings: How Footnote behaves; or what makes that of the server, whose ids it may name.
        options: Times and numbers of the inbox.
        store: Where passages are looked up.
        runs: Whether it runs at all; else the server is there, and the state.
    """
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(checked_discord())
        server.application.bot_public = False
        server.gateway.handshake.identify_every_s = 0.0
        stack.enter_context(pointed_at(server))
        acme = server.guild("acme")
        alice = acme.person("alice")
        general = acme.channel("general")
        lane = ThreadLane(folder / "state.db", time.time)
        stack.push_async_callback(lane.close)
        link = Link(lane)
        state = SqliteState(link)
        script = Script()
        made = settings(acme) if callable(settings) else settings
        if runs:
            running = footnote_in(server, state, script, made, options, store)
            await stack.enter_async_context(running)
            await server.until(lambda: server.application.commands)
        yield Scene(server, acme, alice, general, script, state, link)


@asynccontextmanager
async def footnote_in(  # noqa: PLR0913, PLR0917  every part of a deployment can be another
    server: DiscordServer,
    state: State,
    script: Script,
    settings: DiscordSettings | None = None,
    options: InboxOptions | None = None,
    store: PassageStore | None = None,
    replica: str = "one",
) -> AsyncIterator[discord.Client]:
    """One replica of Footnote, from when it has heard of its servers on."""
    settings = settings or DiscordSettings()
    services = serving.services_of(state, store)
    token = Token(server.token)
    async with open_discord(settings, token, sorted(SOURCES), services) as platform:
        # There are few servers here, and discord.py waits so long for one more of them.
        platform.client._connection.guild_ready_timeout = 0.1
        async with serving.serving(platform, state, script, options, replica) as receiving:
            await _ready(platform.client, receiving)
            yield platform.client


async def _ready(client: discord.Client, receiving: asyncio.Future[None]) -> None:
    """Return once it is ready; raise what it ended with, if it has."""
    ready = asyncio.ensure_future(client.wait_until_ready())
    await asyncio.wait([ready, receiving], return_when=asyncio.FIRST_COMPLETED)
    if receiving.done():
        ready.cancel()
        receiving.result()
