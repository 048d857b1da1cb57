"""One replica: the real inbox over handles that die with it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, TypeVar

from footnote.bot.audience import Audiences
from footnote.bot.inbox.inbox import Inbox
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.inbox.worker import Answering
from footnote.bot.platforms.base import Command, Happening
from footnote.bot.state.entries import Owner
from footnote.bot.state.errors import StateUnavailableError
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_schema import create
from tests.simulator.chat import Chat, ChatPlatform
from tests.simulator.faults import Fault, Faults

T = TypeVar("T")

HERE: ContextVar[Replica] = ContextVar("HERE")
"""The replica that a task belongs to; what it starts inherits it."""

ENDINGS = "CREATE TABLE endings (id TEXT, revision INTEGER, wish TEXT, fence INTEGER)"
ENDING = """
CREATE TRIGGER ending AFTER UPDATE OF state ON questions WHEN NEW.state = 'finished'
BEGIN INSERT INTO endings VALUES (NEW.id, NEW.revision, NEW.wish, NEW.fence); END
"""
"""What the simulation itself writes down: each time that a question was finished."""

OPTIONS = InboxOptions(workers=2, quick=2, queue_limit=3, poll_s=8.0, grace_s=5.0)


OTHERS_FIRST = 0.3
"""How often other tasks go on before or after a transaction."""


class DeadError(BaseException):
    """Code of a process that is no more tries to do something."""


class Disk:
    """The state's file: what every replica sees, and what survives all of them.

    Args:
        clock: Tells the wall clock's time.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.deserialize(_empty())
        self.clock = clock

    def do(self, work: Callable[[sqlite3.Connection, float], T]) -> T:
        """One transaction."""
        self.connection.execute("BEGIN")
        try:
            result = work(self.connection, self.clock())
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return result


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all replicas share.

    Attributes:
        disk: The state.
        chat: The platform.
        random: Draws.
        faults: What goes wrong.
        answering: What makes answers.
    """

    disk: Disk
    chat: Chat
    random: Random
    faults: Faults
    answering: Answering


class Replica:
    """A process that serves, dies and comes back.

    Args:
        name: Stays the same from run to run.
        around: What it shares with the others.

    Attributes:
        dies_in: After how many of its awaits it dies, if it shall.
        tasks: Its tasks that have not ended.
    """

    def __init__(self, name: str, around: Surroundings) -> None:
        self.around = around
        self.dies_in: int | None = None
        self.tasks: list[asyncio.Task[Any]] = []
        self._name = name
        self._boots = 0
        self._dead = True
        self._inbox: Inbox | None = None
        self._stop = asyncio.Event()
        self._main: asyncio.Task[None] | None = None

    @property
    def up(self) -> bool:
        """Whether it takes events."""
        return not self._dead and self._inbox is not None and not self._stop.is_set()

    def alive(self) -> None:
        """Raise where the code that runs belongs to a process that is no more."""
        if HERE.get() is not self or self._dead:
            raise DeadError

    def step(self) -> None:
        """Another await of this replica; at some it dies."""
        self.alive()
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in <= 0:
                self.crash()
                raise DeadError

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """A task that dies with it."""
        self.tasks.append(task)
        task.add_done_callback(self.tasks.remove)

    def start(self) -> None:
        """Come up."""
        self._boots += 1
        self._dead = False
        self._stop = asyncio.Event()
        self._main = self._here(self._serve())

    def start_again(self) -> None:
        """Come up, unless it is up or on its way."""
        if self._dead:
            self.start()

    def crash(self) -> None:
        """Die now: nothing of it has any effect from here on."""
        self._dead = True
        self._inbox = None
        self.dies_in = None
        for task in list(self.tasks):
            task.cancel()

    async def stop(self) -> None:
        """End as on SIGTERM."""
        self._stop.set()
        if self._main:
            await asyncio.wait([self._main])
        self._inbox = None
        self._dead = True

    def hand_in(self, happening: Happening) -> asyncio.Task[None]:
        """Take an event, as its platform's code would; it may be acknowledged when that is done.

        The task is cancelled when the replica dies meanwhile.
        """
        assert self._inbox
        return self._here(self._inbox.intake(ChatPlatform.name).take(happening))

    def _here(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        token = HERE.set(self)
        try:
            return asyncio.ensure_future(work)
        finally:
            HERE.reset(token)

    async def _serve(self) -> None:
        platform = ChatPlatform(self.around.chat, self.step)
        inbox = Inbox(
            state=SqliteState(FaultyLane(self)),
            owner=Owner(self._name, str(self._boots)),
            platforms={platform.name: platform},
            answering=self.around.answering,
            commands=_no_commands,
            readers=Audiences(),
            sources={"docs": frozenset({"everyone"})},
            options=OPTIONS,
        )
        async with inbox.running():
            self._inbox = inbox
            await self._stop.wait()


@cache
def _empty() -> bytes:
    """A new file of the state, with what the simulation itself writes down in it."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    create(connection)
    connection.execute(ENDINGS)
    connection.execute(ENDING)
    content = connection.serialize()
    connection.close()
    return content


class FaultyLane:
    """The way from a replica to the state: slow at times, or closed, or cut before the reply."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    async def run(
        self, work: Callable[[sqlite3.Connection, float], T], *, durable: bool = True
    ) -> T:
        """One transaction, if all goes well."""
        del durable
        replica, faults = self._replica, self._replica.around.faults
        await self._wait()
        replica.step()
        if faults.has(Fault.STATE_AWAY, 0.2):
            raise StateUnavailableError("The state is away.")
        result = replica.around.disk.do(work)
        replica.step()
        await self._wait()
        if faults.has(Fault.STATE_AWAY, 0.1):
            raise StateUnavailableError("The state's reply was lost.")
        return result

    async def _wait(self) -> None:
        around = self._replica.around
        if around.faults.has(Fault.STATE_SLOW, 0.2):
            await asyncio.sleep(around.random.uniform(0.0, 12.0))
        elif around.random.random() < OTHERS_FIRST:
            await asyncio.sleep(0)


async def _no_commands(command: Command) -> AsyncGenerator[str, None]:
    yield command.name


def task_factory(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, T] | Generator[Any, None, T],
    **options: Any,
) -> asyncio.Task[T]:
    """Tasks know which replica they belong to."""
    task = asyncio.Task(work, loop=loop, **options)
    here = HERE.get(None)
    if here is not None:
        here.adopt(task)
    return task
