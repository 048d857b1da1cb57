"""An event loop whose time passes only when there is nothing left to do at the present moment."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class StuckError(Exception):
    """Everything waits for something that will never happen."""


class _Selector:
    """What the loop asks to wait for: it goes on at once, at the time it would have been then."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None:
            raise StuckError
        self._loop.now += max(0.0, timeout)
        return []

    def close(self) -> None:
        pass


class VirtualLoop(asyncio.BaseEventLoop):
    """An event loop without files, sockets or threads, on a clock of its own.

    Attributes:
        now: Seconds since the loop began.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._selector = _Selector(self)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """The virtual time."""
        return self.now

    def _process_events(self, event_list: list[object]) -> None:
        pass

    def _write_to_self(self) -> None:
        raise RuntimeError("a thread called into the simulation")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run work to its end on a virtual clock, whatever virtual time that takes."""
    loop = VirtualLoop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(work)
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        asyncio.set_event_loop(None)
        loop.close()
