"""Syncing what has changed as soon as a source that can be watched tells of it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, suppress

from footnote.bot.errors import FootnoteError
from footnote.bot.schedule.runs import Runs
from footnote.connectors.base import EVERYTHING, Changed, ConnectorError, Watchable
from footnote.retrieval.errors import SyncLockLostError

RETRY_S = 5.0
LONGEST_RETRY_S = 600.0
"""How soon what could not be synced is tried again, at first and in the end."""

_log = logging.getLogger(__name__)


class Watcher:
    """Keeps watched sources in line.

    Args:
        runs: Runs a sync.
        stopping: Set when nothing more is to be begun.
    """

    def __init__(self, runs: Runs, stopping: asyncio.Event) -> None:
        self._runs = runs
        self._stopping = stopping

    async def keep(self, source: str, connector: Watchable) -> None:
        """Sync what changes until it is to stop; what is synced then may end."""
        pending = _Pending()
        helpers = (
            asyncio.create_task(_collect(source, connector, pending)),
            asyncio.create_task(self._wake(pending)),
        )
        try:
            await self._sync_all(source, pending)
        finally:
            for task in helpers:
                task.cancel()
            await asyncio.wait(helpers)

    async def _wake(self, pending: _Pending) -> None:
        await self._stopping.wait()
        pending.add(Changed())

    async def _sync_all(self, source: str, pending: _Pending) -> None:
        retry_s = RETRY_S
        while True:
            await pending.news(retry_s if pending.changed else None)
            if self._stopping.is_set():
                return
            changed = pending.take()
            if await self._synced(source, changed):
                retry_s = RETRY_S
            else:
                pending.keep(changed)
                retry_s = min(LONGEST_RETRY_S, retry_s * 2)

    async def _synced(self, source: str, changed: Changed) -> bool:
        documents = None if changed.everything else changed.documents
        try:
            return await self._runs.run(source, documents)
        except (FootnoteError, SyncLockLostError) as error:
            _log.warning("What has changed in %s waits: %s", source, error)
            return False


class _Pending:
    """What has changed and is not synced yet."""

    def __init__(self) -> None:
        self.changed = Changed()
        self._news = asyncio.Event()

    def add(self, changed: Changed) -> None:
        """More has changed."""
        self.changed |= changed
        self._news.set()

    def keep(self, changed: Changed) -> None:
        """This is still not synced, which is no news."""
        self.changed |= changed

    async def news(self, patience_s: float | None) -> None:
        """Wait until more has changed, or for so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._news.wait()

    def take(self) -> Changed:
        """All of it; what comes later is news."""
        changed, self.changed = self.changed, Changed()
        self._news.clear()
        return changed


async def _collect(source: str, connector: Watchable, pending: _Pending) -> None:
    """Hear of changes for as long as the source can be watched."""
    with suppress(asyncio.CancelledError):
        try:
            watching = connector.watch()
            if watching is None:
                return
            async with aclosing(watching) as changes:
                async for changed in changes:
                    pending.add(changed)
        except ConnectorError as error:
            _log.warning("%s", error)
        except Exception:  # noqa: BLE001  it is synced by its schedule alone then
            _log.exception("The source %s is no longer watched", source)
            pending.add(EVERYTHING)
