"""The SQLite state under a clock that jumps, since it measures by that of the machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.bot.state.base import State
from footnote.bot.state.entries import Remains
from footnote.bot.state.errors import LeaseLostError
from footnote.bot.state.sqlite import open_state
from tests.bot.state.acts import OTHER, OWNER, answered, ask, finish, take, takes
from tests.bot.state.bench import FakeClock

HOURS = 5 * 3600.0


@pytest.fixture
def clock() -> FakeClock:
    """The clock."""
    return FakeClock()


@pytest.fixture
async def state(tmp_path: Path, clock: FakeClock) -> AsyncIterator[State]:
    """An empty state on that clock."""
    async with open_state(tmp_path / "state.db", clock=clock) as opened:
        yield opened


async def test_a_clock_put_back_keeps_a_dead_workers_question_no_longer(
    state: State, clock: FakeClock
) -> None:
    """A lease ends as long after the jump as it would have lasted at most, not hours later."""
    await ask(state, "a")
    await take(state, lease_s=60.0)
    clock.now -= HOURS
    assert await takes(state) == []
    clock.now += 59.0
    assert await takes(state) == []
    clock.now += 2.0
    assert await takes(state) == ["a"]


async def test_a_clock_put_forward_lets_nobody_write_twice(state: State, clock: FakeClock) -> None:
    """When a lease seems to have run out and is taken, the fence keeps its old holder out."""
    await ask(state, "a")
    old = await take(state, lease_s=60.0)
    clock.now += HOURS
    new = await take(state, owner=OTHER, lease_s=60.0)
    clock.now -= HOURS
    with pytest.raises(LeaseLostError):
        await state.queue.renew(old, lease_s=60.0)
    assert await state.queue.take(OWNER, lease_s=60.0) is None
    await finish(state, await state.queue.renew(new, lease_s=60.0))


async def test_a_clock_put_back_prolongs_no_delay(state: State, clock: FakeClock) -> None:
    """A delay that was set before the jump does not last for hours."""
    await ask(state, "a")
    await state.queue.release(await take(state), delay_s=60.0)
    clock.now -= HOURS
    assert await takes(state) == ["a"]


async def test_a_clock_put_back_keeps_no_lock_for_hours(state: State, clock: FakeClock) -> None:
    """A dead holder's lock is free after the time that it was held for."""
    first = await state.locks.acquire("sync", ttl_s=60.0)
    clock.now -= HOURS
    assert await state.locks.acquire("sync", ttl_s=60.0) is None
    clock.now += 61.0
    second = await state.locks.acquire("sync", ttl_s=60.0)
    assert first is not None
    assert second is not None
    assert second > first


async def test_a_clock_put_back_closes_no_budget(state: State, clock: FakeClock) -> None:
    """A bucket goes on filling from the jump on."""
    spend = {"amount": 1.0, "capacity": 1.0, "per_s": 60.0}
    assert await state.budgets.spend("b", **spend) == 0
    clock.now -= HOURS
    assert await state.budgets.spend("b", **spend) == 60.0
    clock.now += 60.0
    assert await state.budgets.spend("b", **spend) == 0


async def test_a_clock_put_back_loses_no_turn_and_no_order(state: State, clock: FakeClock) -> None:
    """Turns, answers and the order of the journal do not depend on the clock going forward."""
    for question_id in "abc":
        await answered(state, question_id, "t", Remains(f"turn of {question_id}"))
        clock.now -= HOURS
        await state.tidy()
    assert list(await state.conversations.turns("t")) == ["turn of a", "turn of b", "turn of c"]
    ends = await state.journal.finished()
    assert [kept.id for kept in ends] == ["a", "b", "c"]
    assert await state.conversations.engaged("t")
    last = ends[-1].finished_at
    await answered(state, "d", "t")
    assert [kept.id for kept in await state.journal.finished(after=last)] == ["d"]
