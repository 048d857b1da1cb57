"""The server's clock, which a test moves forward instead of waiting."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Clock:
    """Wall time plus what a test added; whoever sleeps on it wakes when it is moved."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move forward by so many seconds at once."""
        self._ahead += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, moment: float) -> None:
        """Return when the clock shows this moment."""
        while (left := moment - self.now()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left)

    async def within(self, seconds: float, *awaited: asyncio.Future[Any]) -> bool:
        """Whether one of these is done before so many seconds are over; none is cancelled."""
        alarm = asyncio.ensure_future(self.sleep_until(self.now() + seconds))
        try:
            await asyncio.wait({alarm, *awaited}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
        return any(future.done() for future in awaited)


class Changes:
    """Tells those who wait for something that something has changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def tell(self) -> None:
        """Something has changed."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, look: Callable[[], T], seconds: float) -> T:
        """What `look` gives as soon as it is true.

        Raises:
            TimeoutError: It was not true in so many real seconds.
        """
        async with asyncio.timeout(seconds):
            while not (seen := look()):
                await self._changed.wait()
        return seen
