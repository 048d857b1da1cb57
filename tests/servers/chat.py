"""A chat server that replicas in processes of their own are connected to.

One connection a replica, with one JSON object a line in both directions. The replica calls
(`post`, `update`, `find`, `remove`), the server replies; the server hands out what people do, and
the replica acknowledges it. What is not acknowledged in time comes again, to anybody.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from footnote.bot.platforms.base import Edited
from footnote.bot.questions import Question
from footnote.bot.records import question_to_json

LANDING_S = 1.0
"""A send lands within so many seconds or never."""
LATEST_S = 0.9 * LANDING_S
"""How old a send may be that still lands; its sender began to count a moment before."""
AGAIN_S = 1.0
"""What is not acknowledged within so long comes again."""
QUICK_S, SLOW_S = 0.01, 0.8 * LANDING_S
"""How long a call is on its way at most, and how long where it is slow."""
SLOW = 0.05
"""The share of calls that are slow; each is on its way still if its sender dies."""


@dataclass(frozen=True, slots=True)
class Says:
    """What one message says.

    Attributes:
        question: The question's id.
        revision: The revision that it answers.
        text: The text.
        outcome: The outcome, or "" as long as it is not final.
    """

    question: str
    revision: int
    text: str
    outcome: str = ""


@dataclass(slots=True)
class Message:
    """A message that people see.

    Attributes:
        key: What its sender finds it by.
        says: What it says now.
        final_at: When it first said something final.
    """

    key: str
    says: Says
    final_at: float | None = None


@dataclass(slots=True)
class Deed:
    """Something that a person did, to be delivered until it is acknowledged.

    Attributes:
        happening: What.
        offered: How often it was handed out.
        offered_at: When it was handed out first.
        acknowledged_at: When somebody acknowledged it.
    """

    happening: Question | Edited
    offered: int = 0
    offered_at: float = math.inf
    acknowledged_at: float | None = None


@dataclass(eq=False, slots=True)
class _Peer:
    """A connected replica, and what it has not acknowledged."""

    writer: asyncio.StreamWriter
    offers: dict[int, asyncio.Future[bool]] = field(default_factory=dict)

    def send(self, line: dict[str, Any]) -> None:
        if not self.writer.is_closing():
            self.writer.write(json.dumps(line).encode() + b"\n")


class ChatServer:
    """What everybody sees, and everybody who is connected.

    Args:
        random: Draws faults, delays and who gets what.
        trouble: Of a hundred sends, how many each: are refused for now; land untold; are lost; and
            land late and untold.

    Attributes:
        messages: All messages that were not removed, by id.
        taken_back: Messages that said something final and then another thing of the same revision.
        port: Where it listens.
    """

    def __init__(self, random: Random, *, trouble: float = 0.0) -> None:
        self.messages: dict[str, Message] = {}
        self.taken_back: list[str] = []
        self.port = 0
        self._random = random
        self._trouble = trouble / 100
        self._peers: list[_Peer] = []
        self._somebody = asyncio.Event()
        self._offers = count(1)
        self._names = count(1)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for as long as the block lasts."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            while self._peers:
                self.disconnect()
                await asyncio.sleep(0.01)
            await server.wait_closed()

    async def deliver(self, deed: Deed) -> None:
        """Hand it to anybody, again and again until it is acknowledged."""
        while deed.acknowledged_at is None:
            await self._somebody.wait()
            await self._offer(self._random.choice(self._peers), deed)

    def disconnect(self) -> None:
        """Break one of the connections, if there is any."""
        if self._peers:
            self._random.choice(self._peers).writer.close()

    async def _offer(self, peer: _Peer, deed: Deed) -> None:
        number = next(self._offers)
        acknowledged = asyncio.get_running_loop().create_future()
        peer.offers[number] = acknowledged
        peer.send({"event": number, **_event(deed.happening)})
        deed.offered += 1
        deed.offered_at = min(deed.offered_at, time.monotonic())
        await asyncio.wait([acknowledged], timeout=AGAIN_S)
        peer.offers.pop(number, None)
        if acknowledged.done() and acknowledged.result():
            deed.acknowledged_at = time.monotonic()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = _Peer(writer)
        self._peers.append(peer)
        self._somebody.set()
        try:
            # A process that is killed may leave half a line.
            while (line := await reader.readline()).endswith(b"\n"):
                self._take(peer, json.loads(line))
        except ConnectionError:
            pass
        finally:
            self._peers.remove(peer)
            if not self._peers:
                self._somebody.clear()
            for acknowledged in peer.offers.values():
                if not acknowledged.done():
                    acknowledged.set_result(False)
            writer.close()

    def _take(self, peer: _Peer, line: dict[str, Any]) -> None:
        if "acknowledged" in line:
            offer = peer.offers.get(line["acknowledged"])
            if offer and not offer.done():
                offer.set_result(True)
            return
        longest = SLOW_S if self._random.random() < SLOW else QUICK_S
        delay = self._random.uniform(0.0, longest)
        asyncio.get_running_loop().call_later(delay, self._called, peer, line)

    def _called(self, peer: _Peer, call: dict[str, Any]) -> None:
        """Do it at once, late, or never; and say so, or not."""
        number = call["call"]
        fault = self._random.random() / self._trouble if self._trouble else math.inf
        if call["do"] == "find" or fault >= 4:
            peer.send({"reply": number, **self._land(call)})
        elif fault < 1:
            peer.send({"reply": number, "error": "limited"})
        else:
            if fault < 2:
                self._land(call)
            elif fault < 3:
                late = self._random.uniform(0.0, LATEST_S)
                asyncio.get_running_loop().call_later(late, self._land, call)
            peer.send({"reply": number, "error": "lost"})

    def _land(self, call: dict[str, Any]) -> dict[str, Any]:
        if time.monotonic() - call["at"] > LATEST_S:
            return {"error": "lost"}
        match call["do"]:
            case "post":
                name = f"m{next(self._names)}"
                self._say(self.messages.setdefault(name, Message(call["key"], _says(call))), call)
                return {"value": name}
            case "update":
                message = self.messages.get(call["message"])
                if message is None:
                    return {"error": "gone"}
                self._say(message, call)
            case "remove":
                self.messages.pop(call["message"], None)
            case "find":
                found = (name for name, sent in self.messages.items() if sent.key == call["key"])
                return {"value": next(found, None)}
        return {"value": None}

    def _say(self, message: Message, call: dict[str, Any]) -> None:
        before, message.says = message.says, _says(call)
        same = before.revision == message.says.revision
        if before.outcome and same and message.says != before:
            self.taken_back.append(f"{before} became {message.says}")
        if message.says.outcome and message.final_at is None:
            message.final_at = time.monotonic()


def _says(call: dict[str, Any]) -> Says:
    return Says(**call["says"])


def _event(happening: Question | Edited) -> dict[str, str]:
    if isinstance(happening, Edited):
        return {"kind": "edited", "question": question_to_json(happening.question)}
    return {"kind": "asked", "question": question_to_json(happening)}
