"""Workers over the queue: who takes which question when, and what a shutdown does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial

from footnote.bot.audience import Audiences
from footnote.bot.inbox.intake import Commands, PlatformIntake
from footnote.bot.inbox.keeper import Keeper
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.inbox.pace import Pace
from footnote.bot.inbox.steady import steadily
from footnote.bot.inbox.waiting import Waiting
from footnote.bot.inbox.worker import Answering, Desk, see_through
from footnote.bot.platforms.base import Intake, Platform
from footnote.bot.questions import Question
from footnote.bot.state.base import State
from footnote.bot.state.entries import Lease, Owner

STOP_S = 2.0
"""How long a shutdown waits for the state to answer whether there is another question."""

_log = logging.getLogger(__name__)


class Inbox:
    """Takes questions in and brings each to its one outcome.

    Args:
        state: Where questions wait.
        owner: Who holds them.
        platforms: Where people ask, by name.
        answering: What makes answers.
        commands: Does what commands say.
        readers: What an audience may see.
        sources: Who may see each source.
        options: Times and numbers.
    """

    def __init__(  # noqa: PLR0913  every part that it connects is named once, here
        self,
        *,
        state: State,
        owner: Owner,
        platforms: Mapping[str, Platform],
        answering: Answering,
        commands: Commands,
        readers: Audiences,
        sources: Mapping[str, frozenset[str]],
        options: InboxOptions | None = None,
    ) -> None:
        self._options = options or InboxOptions()
        self._state = state
        self._owner = owner
        self._pace = Pace(self._options.workers)
        self._desk = Desk(
            state, platforms, answering, readers, sources, self._pace.wait_s, self._options
        )
        self._waiting = Waiting(state.queue, platforms)
        self._intakes = {
            name: PlatformIntake(platform, state, self._notice, commands, self._options)
            for name, platform in platforms.items()
        }
        self._keepers: dict[str, Keeper] = {}
        self._answering: list[asyncio.Task[None]] = []
        self._quick: list[asyncio.Task[None]] = []
        self._missed: set[str] = set()
        self._wake = asyncio.Event()
        self._stopping = False

    def intake(self, platform: str) -> Intake:
        """What takes the events of a platform."""
        return self._intakes[platform]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work on questions for as long as the block lasts.

        At the end nothing is taken in any more. Answers that are being made have the options'
        grace time to end; the rest is handed over, to the replicas that go on or to the next start.
        """
        dispatching = asyncio.ensure_future(self._dispatch())
        telling = asyncio.ensure_future(self._waiting.run())
        try:
            yield
        finally:
            for intake in self._intakes.values():
                intake.close()
            telling.cancel()
            self._stopping = True
            self._wake.set()
            # A lease that is being taken has to be known, or nobody could hand it over.
            await asyncio.wait([dispatching], timeout=STOP_S)
            dispatching.cancel()
            await asyncio.wait([dispatching, telling])
            await self._drain()

    async def _dispatch(self) -> None:
        reclaimed = False
        while not self._stopping:
            try:
                if not reclaimed:
                    await steadily(lambda: self._state.queue.reclaim(self._owner))
                    reclaimed = True
                taken = await self._take_one()
            except Exception:  # noqa: BLE001  without this loop, nothing would be answered any more
                _log.exception("No question could be taken up.")
                taken = False
            if not taken:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._options.poll_s):
                        await self._wake.wait()
                self._wake.clear()

    async def _take_one(self) -> bool:
        """Take one question, if there is one and somebody to work on it."""
        if len(self._answering) < self._options.workers:
            tasks, quick = self._answering, False
        elif len(self._quick) < self._options.quick:
            tasks, quick = self._quick, True
        else:
            return False
        take = partial(self._state.queue.take, lease_s=self._options.lease_s, quick=quick)
        self._missed.clear()
        lease = await steadily(partial(take, self._owner))
        if lease is None:
            return False
        self._begin(lease, tasks)
        return True

    def _begin(self, lease: Lease, tasks: list[asyncio.Task[None]]) -> None:
        keeper = Keeper(self._state.queue, lease, self._options)
        self._keepers[lease.id] = keeper
        if lease.id in self._missed:
            keeper.nudge()
        task = asyncio.ensure_future(self._work(keeper))
        tasks.append(task)
        task.add_done_callback(partial(self._ended, tasks))

    def _ended(self, tasks: list[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
        """Somebody is free."""
        tasks.remove(task)
        self._wake.set()

    async def _work(self, keeper: Keeper) -> None:
        lease = keeper.lease
        self._waiting.discard(lease.id)
        began = _now()
        try:
            await see_through(self._desk, keeper)
        except Exception:  # noqa: BLE001  the lease runs out, and another worker is luckier
            _log.exception("Question %s was given up by its worker.", lease.id)
        finally:
            if self._keepers.get(lease.id) is keeper:
                del self._keepers[lease.id]
            if not lease.busy:
                self._pace.took(_now() - began)

    def _notice(self, question_id: str, question: Question | None) -> None:
        if keeper := self._keepers.get(question_id):
            keeper.nudge()
        else:
            # It may be being taken just now, as it was before somebody wanted this.
            self._missed.add(question_id)
            if question is not None:
                self._waiting.add(question)
        self._wake.set()

    async def _drain(self) -> None:
        tasks = [*self._answering, *self._quick]
        if tasks:
            await asyncio.wait(tasks, timeout=self._options.grace_s)
        late = [task for task in tasks if not task.done()]
        for task in late:
            task.cancel()
        if late:
            _log.info("%d unfinished questions are handed over.", len(late))
            await asyncio.wait(late)


def _now() -> float:
    return asyncio.get_running_loop().time()
