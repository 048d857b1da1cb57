"""Time on the virtual clock passes as on a real one, and costs nothing."""

from __future__ import annotations

import asyncio

import pytest

from tests.simulator.clock import StuckError, run


def test_sleepers_wake_in_the_order_of_their_times() -> None:
    """However long they sleep."""
    woken: list[tuple[float, str]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append((asyncio.get_running_loop().time(), name))

    async def all_of_them() -> None:
        await asyncio.gather(sleeper("late", 86400.0), sleeper("early", 0.5), sleeper("mid", 60.0))

    run(all_of_them())
    assert woken == [(0.5, "early"), (60.0, "mid"), (86400.0, "late")]


def test_timeouts_expire() -> None:
    """At their time, whatever is waited for."""

    async def waiting() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3.0):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run(waiting()) == 3.0


def test_waiting_for_nothing_is_found_out() -> None:
    """On a real clock it would hang."""
    with pytest.raises(StuckError):
        run(asyncio.Event().wait())
