"""Work that goes on behind what was acknowledged already."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

_log = logging.getLogger(__name__)


class Chores:
    """Runs work until it is done, or until nobody is there for it any more.

    What came in has to be acknowledged within seconds, and the libraries lose sight of what a
    listener leaves running.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Run it from now on; what it raises goes to the log."""
        task = asyncio.ensure_future(_logged(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Stop what still runs."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


async def _logged(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except Exception:  # noqa: BLE001  nobody else looks at it
        _log.exception("Something that was asked for could not be done.")
