"""A state under test, with a clock that a test can move, and a second way in."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from footnote.bot.state.base import State
from footnote.bot.state.sqlite import open_state

START = 1_800_000_000.0
REDIS_BENCH = "tests.bot.state.redis_bench"


@dataclass(frozen=True, slots=True)
class Bench:
    """An empty state and what a test needs around it.

    Attributes:
        state: The state.
        advance: Lets so many seconds go by on the clock that the state measures by. Where that
            is a real one, this waits: advance by small multiples of `unit_s` alone.
        second: Opens the same storage once more, as another replica would.
        unit_s: A duration that is long enough for everything a test does between two advances.
        stands: Whether its clock stands still between two advances.
    """

    state: State
    advance: Callable[[float], Awaitable[None]]
    second: Callable[[], AbstractAsyncContextManager[State]]
    unit_s: float
    stands: bool = False


Opener = Callable[[Path], AbstractAsyncContextManager[Bench]]
"""Makes a bench; it may keep files in the folder that it is given."""


@dataclass(slots=True)
class FakeClock:
    """A clock that stands still unless it is moved."""

    now: float = START

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.now

    async def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds


@asynccontextmanager
async def sqlite_bench(folder: Path) -> AsyncIterator[Bench]:
    """SQLite, on a fake clock."""
    clock = FakeClock()
    path = folder / "state.db"
    async with open_state(path, clock=clock) as state:
        yield Bench(
            state,
            clock.advance,
            lambda: open_state(path, clock=clock),
            unit_s=60.0,
            stands=True,
        )


def _redis_opener() -> Opener:
    if importlib.util.find_spec(REDIS_BENCH) is None:
        pytest.skip("the bench for Redis is not here")
    return cast("Opener", importlib.import_module(REDIS_BENCH).redis_bench)


OPENERS: dict[str, Callable[[], Opener]] = {
    "sqlite": lambda: sqlite_bench,
    "redis": _redis_opener,
}
"""Every implementation of the seam; one that cannot be tested here is skipped by its opener."""
