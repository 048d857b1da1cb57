"""A town on a virtual clock: replicas that share one state, one source, and admins who are told."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from footnote.bot.platforms.base import PlatformError
from footnote.bot.schedule.health import Health, Healths
from footnote.bot.schedule.notices import Notices
from footnote.bot.schedule.runs import Runs
from footnote.bot.schedule.scheduler import Scheduler
from footnote.bot.schedule.slots import Slots
from footnote.bot.schedule.timetable import Every, Timetable
from footnote.bot.state.errors import StateUnavailableError
from footnote.bot.state.sqlite import SqliteState
from footnote.connectors.base import SourceError
from footnote.retrieval.errors import SyncBusyError
from footnote.retrieval.sync_report import SyncReport
from tests.simulator.replica import Disk

T = TypeVar("T")

DOCS = "docs"
START = 1_800_000_000.0
"""A whole hour."""
MINUTE_S, HOUR_S = 60.0, 3600.0
GONE = "Source docs cannot be listed: look for it."
TIMETABLE = Every(600)


@dataclass(slots=True)
class Run:
    """One sync.

    Attributes:
        at: When it began, in seconds since START.
        by: The replica that did it.
        ended: When it ended, or None where it was broken off.
        documents: What it was about; None for everything.
    """

    at: float
    by: str
    ended: float | None = None
    documents: frozenset[str] | None = None


@dataclass(slots=True)
class Source:
    """A source that takes a while to sync, and fails on a word.

    Attributes:
        takes_s: How long a sync takes.
        error: Why it fails, while it does.
        held: Somebody else syncs it.
        synced_at: When somebody synced it by hand, in seconds since the epoch.
        runs: All syncs.
        now: Those that run.
    """

    takes_s: float = 5.0
    error: Exception | None = None
    held: bool = False
    synced_at: float = 0.0
    runs: list[Run] = field(default_factory=list)
    now: int = 0

    def fail(self, sentence: str = GONE) -> None:
        """Fail from now on."""
        self.error = SourceError(sentence)

    async def sync(self, by: str, documents: Collection[str] | None) -> SyncReport:
        """Sync it, unless somebody does."""
        if self.now or self.held:
            raise SyncBusyError("docs is being synced already: try again later.")
        clock = asyncio.get_running_loop().time
        run = Run(clock(), by, documents=None if documents is None else frozenset(documents))
        self.runs.append(run)
        self.now += 1
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.now -= 1
        run.ended = clock()
        if self.error:
            raise self.error
        return SyncReport(DOCS, listed=3, new=1)

    @property
    def minutes(self) -> list[int]:
        """When the syncs began, in whole minutes since START."""
        return [round(run.at / MINUTE_S) for run in self.runs]


@dataclass(slots=True)
class Admins:
    """A platform with a channel of admins.

    Attributes:
        heard: What was said there.
        trouble: Why nothing can be said there, while it cannot.
    """

    heard: list[str] = field(default_factory=list)
    trouble: PlatformError | None = None
    tells_admins: bool = True

    async def tell_admins(self, text: str, key: str) -> None:
        """Hear it."""
        assert key
        if self.trouble:
            raise self.trouble
        self.heard.append(text.split("\n", maxsplit=1)[0])


@dataclass(slots=True)
class _Lane:
    """The way from a replica to the state, which ends with its life."""

    disk: Disk
    open: bool = True

    async def run(
        self, work: Callable[[sqlite3.Connection, float], T], *, durable: bool = True
    ) -> T:
        del durable
        await asyncio.sleep(0)
        if not self.open:
            raise StateUnavailableError("The state is away.")
        return self.disk.do(work)


class Replica:
    """A process that runs the schedule.

    Args:
        name: What it is called.
        town: Where it is.
        table: The slots of the source.
        jitter_s: See `Scheduler`.
    """

    def __init__(self, name: str, town: Town, table: Timetable, jitter_s: float) -> None:
        self.lane = _Lane(town.disk)
        state = SqliteState(self.lane)
        self.healths = Healths(state.records)
        self.stopping = asyncio.Event()

        async def sync(_source: str, documents: Collection[str] | None) -> SyncReport:
            return await town.source.sync(name, documents)

        async def synced_at(_source: str) -> float:
            return town.source.synced_at

        notices = Notices(town.platforms, self.healths)
        scheduler = Scheduler(
            Slots(state),
            self.healths,
            Runs(sync, self.healths, notices, town.now),
            synced_at=synced_at,
            jitter_s=jitter_s,
            stopping=self.stopping,
            now=town.now,
        )
        self._task = asyncio.ensure_future(scheduler.keep(DOCS, table))

    async def stop(self, grace_s: float) -> None:
        """Shut it down in order."""
        self.stopping.set()
        _, late = await asyncio.wait((self._task,), timeout=grace_s)
        for task in late:
            task.cancel()
        await asyncio.wait((self._task,))

    async def kill(self) -> None:
        """It is no more, and writes nothing any more."""
        self.lane.open = False
        self._task.cancel()
        await asyncio.wait((self._task,))


class Town:
    """Everything that takes part; to be made on a virtual clock.

    Attributes:
        disk: The state of all replicas.
        source: What is synced.
        admins: Who is told.
        wall_s: How far the clocks on the wall were put forward.
    """

    def __init__(self, admins: Admins | None = None) -> None:
        self.disk = Disk(self.now)
        self.source = Source()
        self.admins = admins or Admins()
        self.platforms: dict[str, object] = {"plaza": self.admins, "market": object()}
        self.wall_s = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return START + asyncio.get_running_loop().time() + self.wall_s

    def replica(
        self, name: str = "one", table: Timetable = TIMETABLE, *, jitter_s: float = 0.0
    ) -> Replica:
        """Start a replica."""
        return Replica(name, self, table, jitter_s)

    async def health(self) -> Health:
        """What is known of the source."""
        return await Healths(SqliteState(_Lane(self.disk)).records).get(DOCS)
