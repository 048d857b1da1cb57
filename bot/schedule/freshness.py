"""Keeping all sources fresh for as long as a process answers: by their schedules, and by watching.

APScheduler's own scheduler is not used: it reads the system's clock, and cancels what it runs when
it is shut down.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial

from footnote.bot.app import App
from footnote.bot.schedule.health import Healths
from footnote.bot.schedule.notices import Notices
from footnote.bot.schedule.outlook import timetables
from footnote.bot.schedule.runs import Runs
from footnote.bot.schedule.scheduler import Scheduler
from footnote.bot.schedule.slots import Slots
from footnote.bot.schedule.watcher import Watcher
from footnote.bot.state.base import State
from footnote.connectors.base import Watchable
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.sync_report import SyncReport


class Freshness:
    """What keeps the sources fresh.

    Args:
        stopping: Set when nothing more is to be begun.
        grace_s: Seconds that what is being synced may go on then.
    """

    def __init__(self, stopping: asyncio.Event, grace_s: float) -> None:
        self._stopping = stopping
        self._grace_s = grace_s
        self._deadline = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, *tasks: asyncio.Task[None]) -> None:
        """These are its work."""
        self._tasks.update(tasks)

    def stop(self) -> None:
        """Begin nothing more; the grace time runs from now on."""
        if not self._stopping.is_set():
            self._deadline = asyncio.get_running_loop().time() + self._grace_s
            self._stopping.set()

    async def close(self) -> None:
        """Wait for what is being synced, and break it off when the grace time is over.

        A sync that is broken off has done what it has done, and the next goes on from there.
        """
        self.stop()
        if self._tasks:
            left_s = self._deadline - asyncio.get_running_loop().time()
            _, late = await asyncio.wait(self._tasks, timeout=max(0.0, left_s))
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def keeping_fresh(
    app: App,
    state: State,
    platforms: Mapping[str, object],
    *,
    grace_s: float,
    scheduled: bool = True,
) -> AsyncIterator[Freshness]:
    """Keep the sources fresh meanwhile.

    Args:
        app: What is synced.
        state: What replicas share.
        platforms: Where there may be admins to tell, by the names of the platforms.
        grace_s: Seconds that what is being synced may go on when it ends.
        scheduled: Whether to run the schedules, rather than to watch alone.
    """
    stopping = asyncio.Event()
    fresh = Freshness(stopping, grace_s)
    healths = Healths(state.records)
    runs = Runs(partial(_sync, app), healths, Notices(platforms, healths))
    scheduler = Scheduler(
        Slots(state),
        healths,
        runs,
        synced_at=partial(_synced_at, app.store),
        jitter_s=app.settings.schedule.jitter_s,
        stopping=stopping,
    )
    watcher = Watcher(runs, stopping)
    if scheduled:
        for source, table in timetables(app.settings).items():
            fresh.begin(asyncio.create_task(scheduler.keep(source, table)))
    for source, connector in app.connectors.items():
        if isinstance(connector, Watchable):
            fresh.begin(asyncio.create_task(watcher.keep(source, connector)))
    try:
        yield fresh
    finally:
        await fresh.close()


async def _synced_at(store: PassageStore, source: str) -> float:
    """When it was last synced completely, in seconds since the epoch; 0 for never."""
    synced = {stats.source: stats.last_sync for stats in (await store.stats()).sources}
    last = synced.get(source)
    return last.timestamp() if last else 0.0


async def _sync(app: App, source: str, documents: Collection[str] | None) -> SyncReport:
    return await app.sync.run(app.connectors[source], source, documents=documents)
