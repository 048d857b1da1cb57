"""A room in which people ask, replicas answer as they are scripted, and no real time passes."""

from __future__ import annotations

import asyncio
import inspect
import sqlite3
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from footnote.bot.audience import Audiences
from footnote.bot.errors import FootnoteError
from footnote.bot.inbox.inbox import Inbox
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.inbox.worker import Answering
from footnote.bot.platforms.base import Command, Edited, Happening
from footnote.bot.questions import Answer, Block, Event, Outcome, Question, Status
from footnote.bot.state.entries import Owner
from footnote.bot.state.errors import StateUnavailableError
from footnote.bot.state.sqlite import SqliteState
from tests.bot.inbox.chat import Chat
from tests.simulator.clock import run
from tests.simulator.replica import Disk

P = ParamSpec("P")
T = TypeVar("T")

Step = float | str | Status | Outcome | Exception
"""A pause in seconds, a block, a status, the outcome (answered, unless said), or what is raised."""

LONG_S = 6 * 3600.0
"""What has not ended by then never does."""


def question(name: str, text: str = "", *, place: str = "", **more: Any) -> Question:
    """A question that says its name, in a place of its own, unless told otherwise."""
    return Question(
        name, text or name, asker="ann", place=place or f"{name}'s", platform=Chat.name, **more
    )


def edited(name: str, text: str, *, revision: int = 1, **more: Any) -> Edited:
    """The edit that makes it say this."""
    return Edited(question(name, text, revision=revision, **more))


class Link:
    """The way of one replica to the state.

    Attributes:
        away: Whether there is none now.
        defect: What every transaction raises, if anything.
    """

    def __init__(self, disk: Disk) -> None:
        self.away = False
        self.defect: Exception | None = None
        self._disk = disk

    async def run(
        self, work: Callable[[sqlite3.Connection, float], T], *, durable: bool = True
    ) -> T:
        """One transaction."""
        del durable
        await asyncio.sleep(0)
        if self.away:
            raise StateUnavailableError("The state is away.")
        if self.defect:
            raise self.defect
        return self._disk.do(work)


class Replica:
    """An inbox that runs.

    Attributes:
        link: Its way to the state.
        up: Set when it works.
    """

    def __init__(self, room: Room, owner: Owner, options: InboxOptions) -> None:
        self.link = Link(room.disk)
        self._inbox = Inbox(
            state=SqliteState(self.link),
            owner=owner,
            platforms={Chat.name: room.chat},
            answering=room.answering,
            commands=_command,
            readers=Audiences(),
            sources=room.sources,
            options=options,
        )
        self.up = asyncio.Event()
        self._stop = asyncio.Event()
        self._serving = asyncio.ensure_future(self._serve())

    async def take(self, *happenings: Happening) -> None:
        """Hand in what people do, one after the other."""
        for happening in happenings:
            await self._inbox.intake(Chat.name).take(happening)

    def stop(self) -> asyncio.Task[None]:
        """Ask for a shutdown; what is given back is done when it is over."""
        self._stop.set()
        return self._serving

    async def _serve(self) -> None:
        async with self._inbox.running():
            self.up.set()
            await self._stop.wait()


class Room:
    """Everything that a scenario has.

    Attributes:
        chat: Where people ask.
        answers: What is said to a question, by its text; else one block after a second.
        begun: The questions that were begun to be answered, as what answers them was given them.
        answering: What answers them.
        sources: Who may see each source.
        state: What the replicas share, by a way that is always there.
    """

    def __init__(self) -> None:
        self.chat = Chat()
        self.answers: dict[str, Sequence[Step]] = {}
        self.begun: list[Question] = []
        self.answering: Answering = self._scripted
        self.sources: dict[str, frozenset[str]] = {}
        self.disk = Disk(asyncio.get_running_loop().time)
        self.state = SqliteState(Link(self.disk))
        self._replicas: list[Replica] = []

    async def start(self, name: str = "a", *, away: bool = False, **options: Any) -> Replica:
        """Another run of the replica with this name, cut off from the state for now or not."""
        owner = Owner(name, str(len(self._replicas)))
        replica = Replica(self, owner, InboxOptions(**options))
        replica.link.away = away
        self._replicas.append(replica)
        await replica.up.wait()
        return replica

    async def at(self, time: float) -> None:
        """Wait until it is so late."""
        await asyncio.sleep(time - asyncio.get_running_loop().time())

    async def end(self, question_id: str) -> tuple[str, ...]:
        """Wait until everything has ended; then a question's outcome and its messages there are."""
        async with asyncio.timeout(LONG_S):
            while not await self.state.queue.idle():  # noqa: ASYNC110  it is a file that is watched
                await asyncio.sleep(1.0)
        kept = await self.state.queue.kept(question_id)
        assert kept is not None, f"{question_id} has no outcome"
        there = self.chat.of(question_id)
        assert {sent.message for sent in kept.sent} >= set(there), "a message is not on record"
        return kept.outcome.value, *there.values()

    @property
    def transcript(self) -> list[str]:
        """What people saw since this was last read."""
        seen, self.chat.transcript = self.chat.transcript, []
        return seen

    async def close(self) -> None:
        """Stop what runs, and see that nothing is left of it."""
        stopped = [replica.stop() for replica in self._replicas]
        await asyncio.gather(*stopped)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"these tasks are left: {left}"
        twice = self.disk.do(
            lambda connection, _: connection.execute(
                "SELECT id FROM endings GROUP BY id, revision, wish HAVING count(*) > 1"
            ).fetchall()
        )
        assert not twice, f"these have two outcomes: {twice}"

    async def _scripted(self, asked: Question) -> AsyncGenerator[Event, None]:
        self.begun.append(asked)
        blocks: tuple[Block, ...] = ()
        outcome = Outcome.ANSWERED
        for step in self.answers.get(asked.text, (1.0, f"About {asked.text}.")):
            match step:
                case Exception():
                    raise step
                case Status():
                    yield step
                case Outcome():
                    outcome = step
                case str():
                    blocks = (*blocks, Block(step, " " if blocks else ""))
                    yield blocks[-1]
                case pause:
                    await asyncio.sleep(pause)
        yield Answer(asked, outcome, blocks)


def scenario(
    story: Callable[Concatenate[Room, P], Coroutine[Any, Any, None]],
) -> Callable[P, None]:
    """Make a test of a story: it is given a room, and happens on a virtual clock."""

    @wraps(story)
    def test(*fixtures: P.args, **named: P.kwargs) -> None:
        run(_happens(lambda room: story(room, *fixtures, **named)))

    _, *fixtures = inspect.signature(story).parameters.values()
    test.__signature__ = inspect.Signature(fixtures)  # type: ignore[attr-defined]  # pytest reads it
    return test


async def _happens(story: Callable[[Room], Coroutine[Any, Any, None]]) -> None:
    trouble: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: trouble.append(f"{context['message']}: {context.get('exception')!r}")
    )
    room = Room()
    try:
        async with asyncio.timeout(2 * LONG_S):
            await story(room)
            await room.close()
    finally:
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=LONG_S)
    assert not trouble


async def _command(command: Command) -> AsyncGenerator[str, None]:
    """What the commands of these scenarios do."""
    match command.name:
        case "ping":
            yield f"pong {command.argument}"
        case "work" | "toil":
            for share in ("none", "half", "all"):
                yield f"{share} done"
        case "crash":
            raise ZeroDivisionError("a defect")
        case _:
            raise FootnoteError(f"There is no /{command.name}: try /ping.")
