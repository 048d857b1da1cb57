"""Socket Mode: up to ten sockets, each envelope to any one of them."""

from __future__ import annotations

import asyncio
import json
from random import Random

from aiohttp import WSMsgType, web

from tests.servers.slack.delivery import ACK_S, Delivery, Sort
from tests.servers.slack.recording import Recording, What
from tests.servers.slack.world import APP_ID, Json, World

MOST_SOCKETS = 10
PING_S = 5.0


class Socket:
    """An open socket.

    Attributes:
        waiting: What was sent on it and is not acknowledged, by envelope id.
        deaf: Whether it neither reads nor answers pings any more.
    """

    def __init__(self, number: int, ws: web.WebSocketResponse, request: web.Request) -> None:
        self.number = number
        self.ws = ws
        self.request = request
        self.waiting: dict[str, Delivery] = {}
        self.lost = asyncio.Event()
        self.deaf = asyncio.Event()


class Sockets:
    """The sockets of the app.

    Args:
        world: Where time passes.
        recording: Where everything sent and acknowledged is written.
        random: Draws the socket of each envelope.
    """

    def __init__(self, world: World, recording: Recording, random: Random) -> None:
        self._world = world
        self._recording = recording
        self._random = random
        self._count = 0
        self._tickets: set[str] = set()
        self.open: list[Socket] = []

    def ticket(self) -> str:
        """What lets a socket be opened once."""
        name = self._world.new_id("ticket-")
        self._tickets.add(name)
        return name

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Open a socket and serve it until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or len(self.open) >= MOST_SOCKETS:
            raise web.HTTPForbidden
        self._tickets.discard(ticket)
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        self._count += 1
        socket = Socket(self._count, ws, request)
        self._recording.add(What.SOCKET, "open", str(socket.number), {})
        hello = {
            "type": "hello",
            "num_connections": len(self.open) + 1,
            "debug_info": {
                "host": "loopback",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": APP_ID},
        }
        await self._put(socket, hello)
        self.open.append(socket)
        self._world.changes.tell()
        pings = asyncio.create_task(self._ping(socket))
        try:
            await self._serve(socket)
        finally:
            pings.cancel()
            self._close(socket)
        return ws

    async def send(self, delivery: Delivery) -> str | None:
        """Send once to any socket; "timeout" where no acknowledgement came in time."""
        try:
            socket = await self._any_socket()
        except TimeoutError:
            return "timeout"
        envelope_id = self._world.new_id("envelope-")
        socket.waiting[envelope_id] = delivery
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": delivery.payload,
            "type": delivery.sort.value,
            "accepts_response_payload": delivery.sort is not Sort.EVENT,
        }
        if delivery.sort is Sort.EVENT:
            envelope |= {"retry_attempt": delivery.attempts, "retry_reason": delivery.reason}
        await self._put(socket, envelope)
        lost = asyncio.ensure_future(socket.lost.wait())
        try:
            await self._world.clock.within(ACK_S, delivery.acked, lost)
        finally:
            lost.cancel()
        return None if delivery.acked.done() else "timeout"

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every socket to reconnect, as Slack does before it closes them."""
        for socket in list(self.open):
            self.open.remove(socket)
            await self._put(socket, {"type": "disconnect", "reason": reason, "debug_info": {}})
        self._world.changes.tell()

    def drop(self) -> None:
        """Cut every socket without a word."""
        for socket in list(self.open):
            self._cut(socket)

    def deafen(self) -> None:
        """Let every socket stay open, and neither read nor answer pings."""
        for socket in self.open:
            socket.deaf.set()

    def bury(self) -> None:
        """Cut the sockets that are deaf, as Slack does once it has noticed."""
        for socket in list(self.open):
            if socket.deaf.is_set():
                self._cut(socket)

    async def _any_socket(self) -> Socket:
        loop = asyncio.get_running_loop()
        until = self._world.clock.now() + ACK_S
        while not self.open:
            changed = loop.create_task(self._world.changes.until(lambda: self.open, 3_600))
            left = until - self._world.clock.now()
            try:
                there = left > 0 and await self._world.clock.within(left, changed)
            finally:
                changed.cancel()
            if not there:
                raise TimeoutError
        return self._random.choice(self.open)

    async def _put(self, socket: Socket, envelope: Json) -> None:
        """Record and send; a socket that breaks meanwhile shows when the answer stays away."""
        name = f"{socket.number}:{envelope.get('envelope_id', '')}"
        self._recording.add(What.SENT, envelope["type"], name, envelope)
        try:
            await socket.ws.send_json(envelope)
        except ConnectionError:
            self._close(socket)

    async def _serve(self, socket: Socket) -> None:
        reading = asyncio.ensure_future(socket.deaf.wait())
        try:
            while not socket.ws.closed:
                received = asyncio.ensure_future(socket.ws.receive())
                await asyncio.wait({received, reading}, return_when=asyncio.FIRST_COMPLETED)
                if not received.done():
                    received.cancel()
                    await socket.lost.wait()
                    return
                message = received.result()
                if message.type is not WSMsgType.TEXT:
                    return
                self._take(socket, message.data)
        finally:
            reading.cancel()

    def _take(self, socket: Socket, text: str) -> None:
        answer = json.loads(text)
        envelope_id = str(answer.get("envelope_id"))
        self._recording.add(What.ACK, "ack", f"{socket.number}:{envelope_id}", answer)
        delivery = socket.waiting.pop(envelope_id, None)
        if delivery is not None:
            delivery.ack(answer.get("payload"))

    async def _ping(self, socket: Socket) -> None:
        while not socket.ws.closed:
            if not socket.deaf.is_set():
                await socket.ws.ping(b"ping")
            await asyncio.sleep(PING_S)

    def _cut(self, socket: Socket) -> None:
        if socket.request.transport is not None:
            socket.request.transport.abort()
        self._close(socket)

    def _close(self, socket: Socket) -> None:
        if socket in self.open:
            self.open.remove(socket)
        if not socket.lost.is_set():
            self._recording.add(What.SOCKET, "closed", str(socket.number), {})
            socket.lost.set()
        self._world.changes.tell()
