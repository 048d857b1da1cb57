"""One sync of a source by itself: done when the source is free, put on record, and told of."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection

from footnote.bot.errors import FootnoteError, told
from footnote.bot.schedule.health import Healths
from footnote.bot.schedule.notices import Notices
from footnote.bot.state.errors import StateError
from footnote.retrieval.errors import SyncBusyError, SyncLockLostError
from footnote.retrieval.sync_report import SyncReport

Sync = Callable[[str, Collection[str] | None], Awaitable[SyncReport]]
"""Syncs a source, by its name: all of it, or these documents where that is enough.

It raises `SyncBusyError` where the source is being synced, and the errors of `Sync.run`.
"""

BUSY_S = 1.0
LONGEST_BUSY_S = 10.0
"""How soon it is looked again whether a source is free, at first and in the end."""

UNEXPECTED = "Something unexpected went wrong ({}); the log has it."

_log = logging.getLogger(__name__)


class Runs:
    """Runs syncs.

    Args:
        sync: Does it.
        healths: Where it is kept how it went.
        notices: Who tells admins.
        now: What time it is, in seconds since the epoch.
    """

    def __init__(
        self,
        sync: Sync,
        healths: Healths,
        notices: Notices,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._sync = sync
        self._healths = healths
        self._notices = notices
        self._now = now

    async def run(
        self, source: str, documents: Collection[str] | None = None, *, distance_s: float = 0.0
    ) -> bool:
        """Sync a source, after whoever syncs it now.

        Args:
            source: Its name.
            documents: Only these, where that is enough; None for all of it.
            distance_s: From one slot of it to the next, where it has any.

        Returns:
            Whether it succeeded; why not is on record.

        Raises:
            SyncLockLostError: It was stopped, since nobody can say who else syncs it.
            StateError: How it went could not be kept.
        """
        try:
            with told():
                report = await self._when_free(source, documents)
        except FootnoteError as error:
            if isinstance(error.__cause__, SyncLockLostError):
                raise error.__cause__ from error
            if isinstance(error, StateError):
                raise
            await self._failed(source, str(error), distance_s)
        except Exception as error:  # noqa: BLE001  one source must not stop the others
            _log.exception("Syncing %s failed unexpectedly", source)
            await self._failed(source, UNEXPECTED.format(type(error).__name__), distance_s)
        else:
            await self._succeeded(source, report)
            return True
        return False

    async def _when_free(self, source: str, documents: Collection[str] | None) -> SyncReport:
        pause_s = BUSY_S
        while True:
            try:
                return await self._sync(source, documents)
            except SyncBusyError:
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_BUSY_S, pause_s * 2)

    async def _succeeded(self, source: str, report: SyncReport) -> None:
        now = self._now()
        before, _ = await self._healths.change(source, lambda old: old.succeeded(now, report))
        if before.failures:
            _log.warning("The source %s is synced again.", source)
            await self._notices.recovered(source, before, now)

    async def _failed(self, source: str, error: str, distance_s: float) -> None:
        now = self._now()
        before, _ = await self._healths.change(
            source, lambda old: old.failed(now, error, distance_s)
        )
        if before.error != error:
            _log.warning("The source %s could not be synced: %s", source, error)
        await self._notices.fails(source, before.failed(now, error, distance_s))
