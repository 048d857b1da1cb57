"""A chat whose transcript a person can read, with trouble by appointment."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from footnote.bot.audience import Audience
from footnote.bot.platforms.base import (
    Command,
    GoneError,
    Intake,
    LostError,
    RefusedError,
)
from footnote.bot.questions import Question, View

T = TypeVar("T")

LOST = LostError("the connection broke")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with one send.

    Attributes:
        error: What its sender is told.
        lands_s: After how many seconds it lands all the same; never, if None.
    """

    error: Exception
    lands_s: float | None = None


@dataclass(slots=True)
class Message:
    """A message that is there."""

    question: str
    key: str
    text: str


class Chat:
    """A platform that shows a few blocks a message, and "(end)" behind the last of a final answer.

    Attributes:
        transcript: What people saw, each line with its time: "1 posted m1: One. (end)".
        tries: When anything was sent, with or without success.
        messages: Those that are there, by id.
        blocks: How many of them fit into a message.
        troubles: What goes wrong with the next sends, one each.
        away: Whether nothing can be reached.
        closed: Whether the channel was archived.
        untold: What telling somebody a status raises, by question.
        latency_s: How long each send takes.
        joined: Who reads along by now, if others than when it was asked.
    """

    name = "chat"
    pace_s = 1.0
    lead_s = 0.0

    def __init__(self) -> None:
        self.transcript: list[str] = []
        self.tries: list[float] = []
        self.messages: dict[str, Message] = {}
        self.troubles: deque[Trouble] = deque()
        self.blocks = 2
        self.away = False
        self.closed = False
        self.untold: dict[str, Exception] = {}
        self.latency_s = 0.0
        self.joined: Audience | None = None
        self._count = 0

    def of(self, question_id: str) -> dict[str, str]:
        """The messages of one question that are there: their texts by id."""
        return {
            name: message.text
            for name, message in self.messages.items()
            if message.question == question_id
        }

    def land(self, question: Question, text: Hashable, key: str) -> str:
        """A new message is there."""
        self._count += 1
        name = f"m{self._count}"
        self.messages[name] = Message(question.id, key, str(text))
        self._write(f"posted {name}: {text}")
        return name

    async def receive(self, intake: Intake) -> None:
        """The scenario hands in what people do by itself."""
        del intake
        await asyncio.Event().wait()

    async def audience(self, question: Question) -> Audience:
        """What was known when it was asked, unless somebody else joined."""
        if self.away:
            raise LOST
        if self.closed:
            raise RefusedError("the channel is archived")
        if self.joined is not None:
            return self.joined
        return question.audience

    def render(self, view: View) -> Sequence[Hashable]:
        """So many blocks a message; what an answer notes goes into the last one."""
        texts = [block.text for block in view.blocks]
        starts = range(0, len(texts), self.blocks)
        shown = [" ".join(texts[start : start + self.blocks]) for start in starts]
        if view.answer:
            *before, last = shown or [""]
            shown = [*before, " ".join(filter(None, (last, view.answer.note, "(end)")))]
        return shown

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """A new message."""
        return await self._send(lambda: self.land(question, message, key))

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Another text."""
        del question
        if sent not in self.messages:
            raise GoneError("there is no such message")
        await self._send(lambda: self._change(sent, str(message)))

    async def find(self, question: Question, key: str) -> str | None:
        """The message with this key."""
        del question
        if self.away:
            raise LOST
        return next((name for name, sent in self.messages.items() if sent.key == key), None)

    async def remove(self, question: Question, sent: str) -> None:
        """One message less."""
        del question
        await self._send(lambda: self.vanish(sent))

    async def tell(self, question: Question, status: str) -> None:
        """A status."""
        await asyncio.sleep(self.latency_s)
        if self.away:
            raise LOST
        if question.id in self.untold:
            raise self.untold[question.id]
        self._write(f"told {question.id}: {status}")

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """The reply to a command; one to /work can be replaced."""
        again = " again" if shown else ""
        await self._send(lambda: self._write(f"/{command.name}{again}: {text}"))
        return "reply" if command.name == "work" else ""

    def vanish(self, name: str) -> None:
        """A message is no longer there."""
        if self.messages.pop(name, None):
            self._write(f"removed {name}")

    def _change(self, name: str, text: str) -> None:
        self.messages[name].text = text
        self._write(f"changed {name}: {text}")

    def _write(self, line: str) -> None:
        self.transcript.append(f"{round(_now(), 3):g} {line}")

    async def _send(self, land: Callable[[], T]) -> T:
        self.tries.append(round(_now(), 3))
        await asyncio.sleep(self.latency_s)
        if self.away:
            raise LOST
        if self.closed:
            raise RefusedError("the channel is archived")
        if not self.troubles:
            return land()
        trouble = self.troubles.popleft()
        if trouble.lands_s is not None:
            asyncio.get_running_loop().call_later(trouble.lands_s, land)
        raise trouble.error


def _now() -> float:
    return asyncio.get_running_loop().time()
