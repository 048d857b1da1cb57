"""The server: start it, fill it with workspaces, and let people use it.

    async with SlackServer(specs) as slack:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        ...  # the app connects with acme.bot_token, slack.app_token and slack.api_url
        asked = await alice.says(general, f"{acme.mention} how long is the annual leave?")
        answer = await slack.reply_to(asked)

Each module says at its top what Slack does not document and this server had to choose.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from tests.servers.clock import Clock
from tests.servers.slack.delivery import Deliveries, Sort
from tests.servers.slack.desk import Desk
from tests.servers.slack.events import DEFAULT_EVENTS, wanted_by, wrapped
from tests.servers.slack.faults import Faults
from tests.servers.slack.interactions import Interactions
from tests.servers.slack.rates import Rates
from tests.servers.slack.recording import Recording, What
from tests.servers.slack.requests import SignedRequests
from tests.servers.slack.response_urls import ResponseUrls
from tests.servers.slack.sockets import Sockets
from tests.servers.slack.specs import read_specs
from tests.servers.slack.web import WebApi
from tests.servers.slack.workspace import Workspace
from tests.servers.slack.world import Channel, Json, Member, Message, World

T = TypeVar("T")

PATIENCE_S = 10.0


class SlackServer:
    """A Slack with one app, which any number of workspaces have installed.

    Args:
        specs: The folder with Slack's list of methods; None enforces no arguments, scopes or
            error codes.
        random: Draws the socket of each envelope.
        events: What the app subscribes to.

    Attributes:
        clock: Moved forward by a test that does not want to wait.
        faults: Trouble to come.
        rates: Rate limits; off until a test switches them on.
        sockets: The app's sockets, which a test may disconnect, drop or deafen.
        recording: Everything that went over the wire.
        app_token: For Socket Mode.
        signing_secret: For signed HTTP.
    """

    def __init__(
        self,
        specs: Path | None = None,
        random: Random | None = None,
        events: frozenset[str] = DEFAULT_EVENTS,
    ) -> None:
        self.clock = Clock()
        self.world = World(self.clock)
        self.recording = Recording(self.clock, self.world.changes)
        self._events = events
        read = read_specs(specs)
        self.faults = Faults(read)
        self.rates = Rates(self.clock, read)
        self.sockets = Sockets(self.world, self.recording, random or Random(0))  # noqa: S311  no secret
        self.interactions = Interactions(self.world)
        self.desk = Desk(self.world, read, self.interactions, self._socket_url)
        self.deliveries = Deliveries(self.world, self.faults)
        self.deliveries.transport = self.sockets
        self.app_token = f"xapp-{secrets.token_hex(8)}"
        self.signing_secret = secrets.token_hex(16)
        self.web = WebApi(self.desk, self.faults, self.rates, self.recording, self.app_token)
        self._response_urls = ResponseUrls(self.desk, self.recording)
        self._requests: SignedRequests | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0
        self.world.announce = self.announce

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_route("*", "/api/{method}", self.web.handle)
        app.router.add_get("/socket", self.sockets.connect)
        app.router.add_post("/response/{name}", self._response_urls.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.deliveries.close()
        self.sockets.drop()
        if self._requests:
            await self._requests.close()
        assert self._runner
        await self._runner.cleanup()
        if kind is None:
            assert not self.web.defects, self.web.defects

    @property
    def api_url(self) -> str:
        """The Web API, as the SDK's `base_url` and bolt-js's `slackApiUrl` take it."""
        return f"http://127.0.0.1:{self._port}/api/"

    def workspace(self, domain: str) -> Workspace:
        """A new workspace that has installed the app."""
        return Workspace.found(self, domain)

    async def use_request_url(self, url: str) -> SignedRequests:
        """Send everything to this URL as signed requests from now on, once it proves itself."""
        requests = SignedRequests(self.world, self.recording, self.signing_secret, url)
        self._requests = requests
        await requests.verify()
        self.deliveries.transport = requests
        return requests

    @property
    def requests(self) -> SignedRequests:
        """What sends the signed requests, once there is a request URL."""
        assert self._requests
        return self._requests

    def announce(self, event: Json, channel: Channel, author: Member) -> None:
        """Tell the app of an event, where it is subscribed to it and may see it."""
        team = wanted_by(self.world, self._events, event, channel, author)
        if team is not None:
            self.deliveries.begin(Sort.EVENT, wrapped(self.world, event, team, channel))

    def response_url(self, name: str) -> str:
        """The whole of a response URL."""
        return f"http://127.0.0.1:{self._port}/response/{name}"

    def last_response_url(self) -> str:
        """The response URL of the last command or click."""
        return self.response_url(list(self.interactions.response_urls)[-1])

    async def until(self, look: Callable[[], T], seconds: float = PATIENCE_S) -> T:
        """What `look` gives as soon as it is true.

        Raises:
            AssertionError: It was not; the sentence tells the end of the recording.
        """
        try:
            return await self.world.changes.until(look, seconds)
        except TimeoutError:
            raise AssertionError(f"nothing came in {seconds} s; {self._last()}") from None

    async def reply_to(self, asked: Message, *, nth: int = 1) -> Message:
        """The app's nth message in the thread of a message, once it is there."""
        await self.until(lambda: len(self.replies_to(asked)) >= nth)
        return self.replies_to(asked)[nth - 1]

    def replies_to(self, asked: Message) -> list[Message]:
        """The app's messages in the thread of a message."""
        thread = asked.channel.thread(asked.thread_ts or asked.ts)
        bots = {team.bot for team in self.world.teams.values()}
        return [message for message in thread if message.author in bots]

    async def settled(self) -> None:
        """Return once everything sent to the app was acknowledged or given up."""
        await self.until(lambda: not self.deliveries.open)

    def events_sent(self) -> list[Json]:
        """Every event that was sent to the app, in order; one for each delivery."""
        sent = [entry.data.get("payload") for entry in self.recording.of(What.SENT)]
        sent += [entry.data["payload"] for entry in self.recording.of(What.POSTED)]
        return [payload["event"] for payload in sent if payload and "event" in payload]

    def status(self, asked: Message) -> str:
        """The status that the app shows in the thread of a message."""
        return self.desk.pane(asked.channel.id, asked.thread_ts or asked.ts).status

    def prompts(self, channel: Channel) -> list[Json]:
        """The prompts that the app suggests in direct messages."""
        return self.desk.pane(channel.id, "").prompts

    def expire_streams(self) -> None:
        """End the streaming state of every message, as time does."""
        for channel in self.world.channels.values():
            for message in channel.messages.values():
                if message.stream:
                    message.stream.open = False

    def stop_stream(self, message: Message) -> None:
        """Somebody stops a streaming message."""
        assert message.stream
        message.stream.open, message.stream.stopped_by_user = False, True

    def _last(self) -> str:
        entries = self.recording.entries[-12:]
        lines = [f"{entry.what}: {entry.name} {entry.data}"[:300] for entry in entries]
        return "\n".join(["the last on the wire:", *lines])

    def _socket_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/socket?ticket={self.sockets.ticket()}"
