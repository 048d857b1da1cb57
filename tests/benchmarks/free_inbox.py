"""The real inbox with a platform, a search and a generator that cost nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from time import perf_counter
from types import SimpleNamespace
from typing import Any, cast

from footnote.bot.audience import Audience, Audiences
from footnote.bot.inbox.inbox import Inbox
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.base import Command, Intake
from footnote.bot.questions import Answer, Block, Event, Outcome, Question, View
from footnote.bot.state.base import Queue, State
from footnote.bot.state.entries import Lease, Owner, Remains, Sent

UNFINISHED = 64
"""How many questions are unfinished at once where as many as possible are asked."""
THREADS = 500
TEXT = "How many days of annual leave does everybody get in a calendar year, and when do they end?"


class FreePlatform:
    """Takes messages at once, and forgets them.

    Attributes:
        shown: Set for each question that waits in it, when its first message is handed over.
    """

    name = "free"
    pace_s = 1.0
    lead_s = 0.0

    def __init__(self) -> None:
        self.shown: dict[str, asyncio.Future[float]] = {}

    async def receive(self, intake: Intake) -> None:
        """Questions are handed in by the benchmark itself."""
        del intake
        await asyncio.Event().wait()

    async def audience(self, question: Question) -> Audience:
        """What was known when it was asked."""
        return question.audience

    def render(self, view: View) -> Sequence[Hashable]:
        """One message."""
        return ("".join(block.text for block in view.blocks),)

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """Its id is its key."""
        del message
        shown = self.shown.get(question.id)
        if shown and not shown.done():
            shown.set_result(perf_counter())
        return key

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Done."""

    async def find(self, question: Question, key: str) -> str | None:
        """Nothing is ever lost."""
        del question, key
        return None

    async def remove(self, question: Question, sent: str) -> None:
        """Done."""

    async def tell(self, question: Question, status: str) -> None:
        """Done."""

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """Done."""
        del command, text
        return shown


class _Queue:
    """A queue that tells when a question is finished."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self.finished: dict[str, asyncio.Future[float]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    async def finish(self, lease: Lease, sent: Sequence[Sent], remains: Remains) -> None:
        await self._queue.finish(lease, sent, remains)
        self.finished.pop(lease.id).set_result(perf_counter())


class FreeInbox:
    """Asks questions, and sees them finished.

    Args:
        state: Where they are kept.
    """

    def __init__(self, state: State) -> None:
        self._numbers = count(1)
        self._platform = FreePlatform()
        self._queue = _Queue(state.queue)
        self.inbox = Inbox(
            state=cast(
                "State",
                SimpleNamespace(queue=self._queue, conversations=state.conversations),
            ),
            owner=Owner("benchmark", "1"),
            platforms={"free": self._platform},
            answering=self._answer,
            commands=_no_commands,
            readers=Audiences(),
            sources={},
            options=InboxOptions(queue_limit=1_000_000),
        )
        self._intake = self.inbox.intake("free")

    async def ask_one(self) -> tuple[float, float]:
        """Seconds from the question to its first block, and to its end."""
        question = self._question()
        shown = self._platform.shown[question.id] = asyncio.get_running_loop().create_future()
        start = perf_counter()
        finished = await self._asked(question)
        del self._platform.shown[question.id]
        return await shown - start, finished - start

    async def ask_many(self, questions: int) -> float:
        """Seconds that so many take, several of them unfinished at any time."""
        left = iter(range(questions))

        async def ask() -> None:
            for _ in left:
                await self._asked(self._question())

        start = perf_counter()
        await asyncio.gather(*(ask() for _ in range(UNFINISHED)))
        return perf_counter() - start

    async def _asked(self, question: Question) -> float:
        finished = asyncio.get_running_loop().create_future()
        self._queue.finished[question.id] = finished
        await self._intake.take(question)
        return cast("float", await finished)

    def _question(self) -> Question:
        number = next(self._numbers)
        return Question(
            f"C024BE91L:{number:016}",
            TEXT,
            asker="U2147483697",
            place=f"C024BE91L:thread-{number % THREADS}",
            platform="free",
            address={"channel": "C024BE91L", "thread": f"{number % THREADS}"},
        )

    async def _answer(self, question: Question) -> AsyncGenerator[Event, None]:
        block = Block("Everybody gets 28 days, which end in March.")
        yield block
        if shown := self._platform.shown.get(question.id):
            await shown
        yield Answer(question, Outcome.ANSWERED, (block,))


@asynccontextmanager
async def running(state: State) -> AsyncIterator[FreeInbox]:
    """An inbox that works on what it is asked."""
    free = FreeInbox(state)
    async with free.inbox.running():
        yield free


async def _no_commands(command: Command) -> AsyncGenerator[str, None]:
    yield command.name
