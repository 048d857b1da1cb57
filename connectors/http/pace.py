"""How fast one server is asked: so many requests a second and at once, and pauses that it wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol


class Clock(Protocol):
    """Time as it passes for the pace and for waits between tries."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds."""
        ...


class LoopClock:
    """The event loop's own time."""

    def now(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the loop."""
        await asyncio.sleep(seconds)


class Pace:
    """The pace at which one server is asked.

    Args:
        interval_s: Seconds from the start of one request to that of the next, at least.
        at_once: How many requests may be on their way.
        clock: Tells the time and waits.
    """

    def __init__(self, interval_s: float, at_once: int, clock: Clock) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._room = asyncio.Semaphore(at_once)
        self._next = clock.now()

    def slow_to(self, interval_s: float) -> None:
        """Ask no faster than this from now on, as the server's own rules want it."""
        self._interval_s = max(self._interval_s, interval_s)

    def pause(self, seconds: float) -> None:
        """Begin no request for so many seconds, as the server has just asked."""
        self._next = max(self._next, self._clock.now() + seconds)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn of one request; it lasts as long as the block."""
        async with self._room:
            while (wait := self._next - self._clock.now()) > 0:
                await self._clock.sleep(wait)
            self._next = self._clock.now() + self._interval_s
            yield
