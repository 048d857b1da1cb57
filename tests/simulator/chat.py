"""A chat server that forgets acknowledgements, limits rates, and delivers late, twice or never."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from footnote.bot.audience import Audience
from footnote.bot.platforms.base import (
    LANDING_S,
    Command,
    GoneError,
    Intake,
    LostError,
    RateLimitedError,
    RefusedError,
)
from footnote.bot.questions import Outcome, Question, View
from tests.simulator.faults import Faults, Send

T = TypeVar("T")

BLOCKS_A_MESSAGE = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """What one message says.

    Attributes:
        question: The question's id.
        revision: The revision that it answers.
        index: Which message of the answer it is.
        texts: The blocks in it.
        outcome: The outcome, once it is final.
    """

    question: str
    revision: int
    index: int
    texts: tuple[str, ...]
    outcome: Outcome | None = None


@dataclass(slots=True)
class Message:
    """A message that people see.

    Attributes:
        key: What its sender finds it by.
        says: What it says now.
        final_at: When it first said something final.
        locked: Whether it can no longer be changed, as with a token that has expired.
    """

    key: str
    says: Shown
    final_at: float | None = None
    locked: bool = False


@dataclass(slots=True)
class Chat:
    """The server: what everybody sees.

    Attributes:
        messages: All that were not removed, by id.
        taken_back: Messages that said something final and then something else of the same revision.
    """

    random: Random
    faults: Faults
    messages: dict[str, Message] = field(default_factory=dict)
    taken_back: list[str] = field(default_factory=list)
    _count: int = 0

    def of(self, question: str) -> list[Message]:
        """The messages of one question, in the order of their posting."""
        return [message for message in self.messages.values() if message.says.question == question]

    def post(self, key: str, says: Shown) -> str:
        """A new message lands."""
        self._count += 1
        name = f"m{self._count}"
        self.messages[name] = Message(key, says)
        self._final(self.messages[name])
        return name

    def update(self, name: str, says: Shown) -> None:
        """A change lands; on a message that is gone it does nothing."""
        message = self.messages.get(name)
        if message is None or message.locked:
            return
        before = message.says
        if before.outcome and before.revision == says.revision and says != before:
            self.taken_back.append(f"{name}: {before} became {says}")
        message.says = says
        self._final(message)

    def remove(self, name: str) -> None:
        """A removal lands."""
        self.messages.pop(name, None)

    def find(self, key: str) -> str | None:
        """The message with this key."""
        return next((name for name, sent in self.messages.items() if sent.key == key), None)

    def _final(self, message: Message) -> None:
        if message.says.outcome and message.final_at is None:
            message.final_at = asyncio.get_running_loop().time()


class ChatPlatform:
    """The `Platform` of one replica.

    Args:
        chat: The server.
        alive: Raises when the replica is dead; called before and after everything that is sent.
    """

    name = "chat"
    pace_s = 1.0
    lead_s = 0.0

    def __init__(self, chat: Chat, alive: Callable[[], None]) -> None:
        self._chat = chat
        self._alive = alive

    async def receive(self, intake: Intake) -> None:
        """The world hands in what people do by itself."""
        del intake
        await asyncio.Event().wait()

    async def audience(self, question: Question) -> Audience:
        """Everyone, if the server says who that is."""
        await self._wait()
        if self._chat.faults.send() is not None:
            raise LostError("no list of members")
        return question.audience

    def render(self, view: View) -> Sequence[Hashable]:
        """Two blocks a message."""
        texts = [block.text for block in view.blocks]
        if view.answer:
            texts.append(view.answer.note or view.answer.outcome)
        outcome = view.answer.outcome if view.answer else None
        question = view.question
        return [
            Shown(question.id, question.revision, index, tuple(part), outcome)
            for index, part in enumerate(
                texts[start : start + BLOCKS_A_MESSAGE]
                for start in range(0, len(texts), BLOCKS_A_MESSAGE)
            )
        ]

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """A new message, if all goes well."""
        del question
        assert isinstance(message, Shown)
        return await self._send(lambda: self._chat.post(key, message))

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Another text, if all goes well."""
        del question
        assert isinstance(message, Shown)
        there = self._chat.messages.get(sent)
        if there is not None and not there.locked and self._chat.faults.expires():
            there.locked = True
        if there is None or there.locked:
            await self._wait()
            raise GoneError("the message can no longer be changed")
        await self._send(lambda: self._chat.update(sent, message))

    async def find(self, question: Question, key: str) -> str | None:
        """Look for a message."""
        del question
        await self._wait()
        if self._chat.faults.send() is not None:
            raise LostError("no list of messages")
        return self._chat.find(key)

    async def remove(self, question: Question, sent: str) -> None:
        """Remove a message, if all goes well."""
        del question
        await self._send(lambda: self._chat.remove(sent))

    async def tell(self, question: Question, status: str) -> None:
        """Statuses leave no trace here."""
        del question, status
        await self._wait()

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """Nobody gives commands here."""
        raise RefusedError(f"{command}: {text} {shown}")

    async def _wait(self) -> None:
        self._alive()
        await asyncio.sleep(self._chat.random.uniform(0.01, 0.5))
        self._alive()

    async def _send(self, land: Callable[[], T]) -> T:
        """Land at once, late, or never; and say so, or not."""
        await self._wait()
        fault = self._chat.faults.send()
        if fault is Send.LIMITED:
            raise RateLimitedError(self._chat.random.choice((0.5, 3.0, 30.0)))
        if fault in (Send.TAKEN_UNTOLD, None):
            landed = land()
            self._alive()
            await self._wait()
            if fault is None:
                return landed
        elif fault in (Send.LATE, Send.HANGS):
            # What the way here took counts: a send lands within its time or never.
            late = self._chat.random.uniform(0.0, LANDING_S - 0.6)
            asyncio.get_running_loop().call_later(late, land)
            if fault is Send.HANGS:
                await asyncio.sleep(2 * LANDING_S)
        raise LostError(f"nobody knows ({fault})")
