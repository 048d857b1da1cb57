"""The `Platform` over a chat server in another process."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

from footnote.bot.audience import Audience
from footnote.bot.checks.check import Check
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.platforms.base import (
    Command,
    Edited,
    GoneError,
    Intake,
    LostError,
    RateLimitedError,
    RefusedError,
    Services,
)
from footnote.bot.questions import Question, View
from footnote.bot.records import question_from_json
from footnote.bot.settings.schema import Settings
from tests.servers.chat import LANDING_S, Says

CONNECT_S = 10.0
"""After so long without a server, there will be none again."""
RETRY_S = 0.1


class NoServerError(FootnoteError):
    """The chat server is no more."""


@dataclass(frozen=True, slots=True)
class ChatKind:
    """What `footnote serve` connects to the chat server by.

    Attributes:
        port: Where the server listens.
    """

    port: int

    def lacks(self, settings: Settings) -> str:
        """Nothing."""
        del settings
        return ""

    async def examine(self, settings: Settings) -> list[Check]:
        """All is well."""
        del settings
        return []

    @asynccontextmanager
    async def open(self, settings: Settings, services: Services) -> AsyncIterator[ChatPlatform]:
        """Stay connected for as long as the block lasts."""
        del settings, services
        platform = ChatPlatform(self.port)
        connected = asyncio.ensure_future(platform.stay_connected())
        try:
            yield platform
        finally:
            connected.cancel()
            await asyncio.wait([connected])


class ChatPlatform:
    """The server as one replica knows it.

    Args:
        port: Where the server listens.
    """

    name = "chat"
    pace_s = 0.1
    lead_s = 0.0

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None
        self._calls: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = count(1)
        self._events: asyncio.Queue[tuple[asyncio.StreamWriter, dict[str, Any]] | None] = (
            asyncio.Queue()
        )

    async def stay_connected(self) -> None:
        """Connect, and again when the connection breaks, until there is no server."""
        until = time.monotonic() + CONNECT_S
        while time.monotonic() < until:
            with suppress(OSError):
                reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    await self._read(reader, self._writer)
                finally:
                    self._disconnected(self._writer)
                until = time.monotonic() + CONNECT_S
            await asyncio.sleep(RETRY_S)
        self._events.put_nowait(None)

    async def receive(self, intake: Intake) -> None:
        """Hand in what comes, and acknowledge what was taken.

        Raises:
            NoServerError: There will be nothing more.
        """
        async with asyncio.TaskGroup() as group:
            while event := await self._events.get():
                group.create_task(_hand_in(intake, *event))
        raise NoServerError("The chat server is gone: start it again.")

    async def audience(self, question: Question) -> Audience:
        """What was known when it was asked."""
        return question.audience

    def render(self, view: View) -> Sequence[Hashable]:
        """One message, as soon as there is a block or an answer."""
        if not view.blocks and not view.answer:
            return ()
        text = "".join(block.gap + block.text for block in view.blocks)
        if view.answer and not view.blocks:
            text = view.answer.note or view.answer.outcome
        outcome = view.answer.outcome if view.answer else ""
        return (Says(view.question.id, view.question.revision, text, str(outcome)),)

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """A new message."""
        del question
        return str(await self._call("post", key=key, says=_wire(message)))

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Another text in an old message."""
        del question
        await self._call("update", message=sent, says=_wire(message))

    async def find(self, question: Question, key: str) -> str | None:
        """Look for a message."""
        del question
        found = await self._call("find", key=key)
        return None if found is None else str(found)

    async def remove(self, question: Question, sent: str) -> None:
        """Remove a message."""
        del question
        await self._call("remove", message=sent)

    async def tell(self, question: Question, status: str) -> None:
        """Statuses leave no trace here."""
        del question, status

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """Nobody gives commands here."""
        raise RefusedError(f"{command}: {text} {shown}")

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (line := await reader.readline()).endswith(b"\n"):
            said = json.loads(line)
            if "event" in said:
                self._events.put_nowait((writer, said))
            elif (call := self._calls.get(said["reply"])) and not call.done():
                call.set_result(said)

    def _disconnected(self, writer: asyncio.StreamWriter) -> None:
        self._writer = None
        writer.close()
        for call in self._calls.values():
            if not call.done():
                call.set_result({"error": "lost"})

    async def _call(self, do: str, **arguments: object) -> object:
        if self._writer is None:
            raise RateLimitedError(RETRY_S)
        number = next(self._numbers)
        self._calls[number] = asyncio.get_running_loop().create_future()
        _send(self._writer, {"call": number, "do": do, "at": time.monotonic(), **arguments})
        try:
            async with asyncio.timeout(LANDING_S):
                reply = await self._calls[number]
        except TimeoutError as error:
            raise LostError(f"no reply within {LANDING_S:g} s") from error
        finally:
            del self._calls[number]
        match reply.get("error"):
            case "limited":
                raise RateLimitedError(RETRY_S)
            case "lost":
                raise LostError("the reply was lost")
            case "gone":
                raise GoneError("the message is gone")
        return reply["value"]


async def _hand_in(intake: Intake, writer: asyncio.StreamWriter, event: dict[str, Any]) -> None:
    question = question_from_json(event["question"])
    try:
        await intake.take(Edited(question) if event["kind"] == "edited" else question)
    except UnavailableError:
        return
    _send(writer, {"acknowledged": event["event"]})


def _send(writer: asyncio.StreamWriter, line: dict[str, Any]) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(line).encode() + b"\n")


def _wire(message: Hashable) -> dict[str, object]:
    assert isinstance(message, Says)
    return asdict(message)
