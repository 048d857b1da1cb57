"""The server: start it, fill it with guilds, and let people use it.

    async with DiscordServer() as discord:
        acme = discord.guild("acme")
        alice = acme.person("alice")
        general = acme.channel("general")
        ...  # the app connects with discord.token, discord.api_url and discord.gateway.url
        asked = await alice.says(general, f"{discord.mention} how long is the annual leave?")
        answer = await discord.reply_to(asked)

Each module says at its top what Discord does not document and this server had to choose.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from tests.servers.clock import Clock
from tests.servers.discord.community import Community
from tests.servers.discord.desk import Desk
from tests.servers.discord.faults import Faults
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.model import Channel, Guild, Member, Message
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import sees
from tests.servers.discord.rates import Rates
from tests.servers.discord.recording import Recording
from tests.servers.discord.rest import BASE, Rest
from tests.servers.discord.world import World

T = TypeVar("T")

PATIENCE_S = 10.0
MOST_BYTES = 4 * 2**20


class DiscordServer:
    """A Discord with one app, which any number of guilds have installed.

    Attributes:
        clock: Moved forward by a test that does not want to wait.
        application: The app; a test may change its flags and its token.
        faults: Trouble to come over REST.
        rates: Rate limits; off until a test switches them on.
        gateway: The gateway, with its own trouble and recording.
        interactions: What people did with the app.
        rest: Answers requests.
        recording: Everything that went over REST.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.world = World(self.clock)
        self.application = self.world.add_application("footnote")
        self.recording = Recording(self.clock, self.world.changes)
        self.faults = Faults()
        self.rates = Rates(self.clock)
        self.interactions = Interactions(self.world)
        self.gateway = Gateway(self.world)
        self.desk = Desk(self.world, self.interactions, self.gateway.handshake.start_limit)
        self.rest = Rest(self.desk, self.faults, self.rates, self.recording)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_get("/resume", self.gateway.connect)
        self.rest.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = self.desk.gateway_url = f"ws://127.0.0.1:{self._port}/gateway"
        self.gateway.resume_url = f"ws://127.0.0.1:{self._port}/resume"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.gateway.stop()
        assert self._runner
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """The REST API, as discord.py's `Route.BASE` takes it; discord.js wants it without v10."""
        return f"http://127.0.0.1:{self._port}{BASE}"

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.application.token

    @property
    def mention(self) -> str:
        """What mentions the bot in a message."""
        return self.application.bot.mention

    def guild(self, name: str, *, installed: bool = True) -> Community:
        """A new guild that, unless said otherwise, has installed the app."""
        owner = self.world.add_user(f"{name}-owner")
        community = Community(self, self.world.add_guild(name, owner))
        if installed:
            community.install(self.application)
        return community

    def person(self, name: str) -> Person:
        """Somebody new, who is in no guild."""
        return Person(self, self.world.add_user(name))

    async def until(self, look: Callable[[], T], seconds: float = PATIENCE_S) -> T:
        """What `look` gives as soon as it is true.

        Raises:
            AssertionError: It was not; the sentence tells the end of the recording.
        """
        try:
            return await self.world.changes.until(look, seconds)
        except TimeoutError:
            raise AssertionError(f"nothing came in {seconds} s; {self._last()}") from None

    async def reply_to(self, asked: Message | Interaction, *, nth: int = 1) -> Message:
        """The app's nth message that answers something, once it is there and loads no more."""
        await self.until(lambda: len(self.replies_to(asked)) >= nth)
        return self.replies_to(asked)[nth - 1]

    def replies_to(self, asked: Message | Interaction) -> list[Message]:
        """The app's messages that answer something, without those that still load.

        They are an interaction's answers, replies to a message, the messages in the thread that
        came from it, and in direct messages and in threads all that came after it.
        """
        if isinstance(asked, Interaction):
            return [message for message in asked.messages if not message.loading]
        return [message for message in self._after(asked) if not message.loading]

    def messages_in(self, channel: Channel) -> list[Message]:
        """The app's messages in a channel, in order, ephemeral ones too."""
        whispers = [one for one in self.world.whispers if one.channel is channel]
        found = [*channel.messages.values(), *whispers]
        mine = [message for message in found if message.author is self.application.bot]
        return sorted(mine, key=lambda message: int(message.id))

    def visible_to(self, person: Person, channel: Channel) -> list[Message]:
        """What somebody sees in a channel, in order: nothing that is ephemeral for others."""
        if not sees(channel, person.id):
            return []
        whispers = [
            message
            for message in self.world.whispers
            if message.only_for == person.id and message.channel is channel
        ]
        return sorted([*channel.messages.values(), *whispers], key=lambda m: int(m.id))

    def everything(self) -> list[Message]:
        """Every message that is anywhere, ephemeral ones too, in order."""
        found = [*self.world.whispers]
        for channel in self.world.channels.values():
            found += channel.messages.values()
        return sorted(found, key=lambda message: int(message.id))

    def bot_in(self, guild: Guild) -> Member:
        """The app's bot as a member of a guild."""
        return guild.members[self.application.bot.id]

    def _after(self, asked: Message) -> list[Message]:
        bot = self.application.bot
        near = asked.channel.messages.values()
        alone = asked.channel.guild is None or asked.channel.is_thread
        found = [
            message
            for message in near
            if message.reply_to == asked.id or (alone and int(message.id) > int(asked.id))
        ]
        if asked.thread:
            found += [m for m in asked.thread.messages.values() if m not in found]
        return [message for message in found if message.author is bot]

    def _last(self) -> str:
        entries = self.recording.entries[-12:]
        lines = [f"{one.route}: {one.what} {one.status or ''} {one.data}"[:300] for one in entries]
        gateway = [
            f"gateway {one.what}: {one.name}" for one in self.gateway.recording.entries[-12:]
        ]
        return "\n".join(["the last on the wire:", *lines, *gateway])
