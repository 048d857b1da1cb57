"""One websocket of the gateway: what goes out in order, and how it ends."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from tests.servers.clock import Clock
from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway_codes import Close, Op
from tests.servers.discord.gateway_compression import Packing
from tests.servers.discord.gateway_recording import GatewayRecording, What

MOST_SENT = 120
PER_S = 60.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ends.

    Attributes:
        code: The close code; None is a cut without a close frame.
        by_app: Whether the app closed it.
    """

    code: int | None
    by_app: bool = False


class Connection:
    """An open websocket.

    Args:
        number: Counts the connections, from 1 on.
        ws: Prepared.
        request: What opened it.
        packing: How payloads are packed.
        clock: Where time passes.
        recording: Where everything sent is written.

    Attributes:
        beaten: Set by each heartbeat.
        silent: Whether it sends no more and heeds nothing but a close frame.
    """

    def __init__(  # noqa: PLR0913  what a connection is made of
        self,
        number: int,
        ws: web.WebSocketResponse,
        request: web.Request,
        *,
        packing: Packing,
        clock: Clock,
        recording: GatewayRecording,
    ) -> None:
        self.number = number
        self.packing = packing
        self.beaten = asyncio.Event()
        self.silent = False
        self._ws = ws
        self._request = request
        self._clock = clock
        self._recording = recording
        self._outbox: asyncio.Queue[tuple[Json, float]] = asyncio.Queue()
        self._ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._received: list[float] = []

    def put(self, payload: Json, slow_s: float = 0.0) -> None:
        """Send after everything that was put before, and after so many seconds."""
        self._outbox.put_nowait((payload, self._clock.now() + slow_s if slow_s else 0.0))

    def say(self, op: Op, data: object = None) -> None:
        """Send what is no dispatch."""
        self.put({"op": int(op), "t": None, "s": None, "d": data})

    def end(self, code: int | None) -> None:
        """Close with a code, or cut (None)."""
        if not self._ended.done():
            self._ended.set_result(Ending(code))

    def is_limited(self) -> bool:
        """Count one payload from the app; whether it is one too many."""
        now = self._clock.now()
        self._received = [at for at in self._received if at > now - PER_S]
        self._received.append(now)
        return len(self._received) > MOST_SENT

    async def receive(self) -> str | bytes | Ending:
        """The next message, or how the connection ends instead."""
        while True:
            received = asyncio.ensure_future(self._ws.receive())
            try:
                awaited: set[asyncio.Future[Any]] = {received, self._ended}
                await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                if self._ended.done():
                    return self._ended.result()
                read = _read(received.result(), self._ws)
            finally:
                received.cancel()
            if isinstance(read, Ending) or not self.silent:
                return read

    async def write(self) -> None:
        """Send what is put, until cancelled or the socket breaks."""
        while True:
            payload, due = await self._outbox.get()
            if due:
                await self._clock.sleep_until(due)
            if self.silent:
                return
            self._recording.add(What.SENT, self.number, payload)
            packed = self.packing.pack(json.dumps(payload, separators=(",", ":")))
            try:
                if isinstance(packed, str):
                    await self._ws.send_str(packed)
                else:
                    await self._ws.send_bytes(packed)
            except ConnectionError:
                self.end(None)
                return

    async def watch(self, seconds: float) -> None:
        """Close where no heartbeat comes in so many seconds."""
        try:
            while True:
                await asyncio.wait_for(self.beaten.wait(), seconds)
                self.beaten.clear()
        except TimeoutError:
            if not self.silent:
                self.end(Close.SESSION_TIMED_OUT)

    async def finish(self, ending: Ending) -> None:
        """End the socket so."""
        closed = {"code": ending.code, "by": "app" if ending.by_app else "gateway"}
        self._recording.add(What.CLOSED, self.number, closed)
        if ending.code is None and self._request.transport is not None:
            self._request.transport.abort()
        elif ending.code is not None and not ending.by_app:
            await self._ws.close(code=ending.code)


def _read(message: WSMessage, ws: web.WebSocketResponse) -> str | bytes | Ending:
    if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
        read: str | bytes = message.data
        return read
    # aiohttp tells of a peer that is gone without a close frame with 1006
    gone = ws.close_code is None or ws.close_code == 1006
    return Ending(None if gone else ws.close_code, by_app=True)
