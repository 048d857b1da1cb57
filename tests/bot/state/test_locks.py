"""Locks, and rates that all replicas share."""

from __future__ import annotations

import asyncio

import pytest

from footnote.bot.state.base import State
from footnote.bot.state.errors import LeaseLostError
from tests.bot.state.acts import LONG
from tests.bot.state.bench import Bench


async def test_one_holds_a_lock(bench: Bench) -> None:
    """While a lock is held nobody else gets it, on no replica; other names are free."""
    locks = bench.state.locks
    assert await locks.acquire("sync", ttl_s=LONG) is not None
    assert await locks.acquire("sync", ttl_s=LONG) is None
    assert await locks.acquire("other", ttl_s=LONG) is not None
    async with bench.second() as other:
        assert await other.locks.acquire("sync", ttl_s=LONG) is None


async def test_a_released_lock_is_free(state: State) -> None:
    """After its release a lock can be had at once, under a higher number."""
    first = await state.locks.acquire("sync", ttl_s=LONG)
    assert first is not None
    await state.locks.release("sync", first)
    second = await state.locks.acquire("sync", ttl_s=LONG)
    assert second is not None
    assert second > first


async def test_only_its_holder_releases_a_lock(bench: Bench) -> None:
    """Who lost a lock, or never had it, can neither release nor renew it."""
    locks = bench.state.locks
    first = await locks.acquire("sync", ttl_s=bench.unit_s)
    assert first is not None
    await bench.advance(1.25 * bench.unit_s)
    second = await locks.acquire("sync", ttl_s=LONG)
    assert second is not None
    assert second > first
    await locks.release("sync", first)
    assert await locks.acquire("sync", ttl_s=LONG) is None
    with pytest.raises(LeaseLostError):
        await locks.renew("sync", first, ttl_s=LONG)
    with pytest.raises(LeaseLostError):
        await locks.renew("unknown", 1, ttl_s=LONG)
    await locks.release("unknown", 1)


async def test_a_renewed_lock_lasts(bench: Bench) -> None:
    """Renewing counts from now on."""
    locks, unit_s = bench.state.locks, bench.unit_s
    fence = await locks.acquire("sync", ttl_s=2 * unit_s)
    assert fence is not None
    await bench.advance(unit_s)
    await locks.renew("sync", fence, ttl_s=3 * unit_s)
    await bench.advance(1.25 * unit_s)
    assert await locks.acquire("sync", ttl_s=LONG) is None


async def test_a_lock_that_ran_out_can_be_renewed_until_another_has_it(bench: Bench) -> None:
    """Who is late still holds the lock, as long as nobody else came."""
    locks, unit_s = bench.state.locks, bench.unit_s
    fence = await locks.acquire("sync", ttl_s=unit_s)
    assert fence is not None
    await bench.advance(1.25 * unit_s)
    await locks.renew("sync", fence, ttl_s=LONG)
    assert await locks.acquire("sync", ttl_s=LONG) is None


async def test_what_was_let_go_of_cannot_be_renewed(state: State) -> None:
    """A release ends the lock for its former holder, although nobody else has it."""
    fence = await state.locks.acquire("sync", ttl_s=LONG)
    assert fence is not None
    await state.locks.release("sync", fence)
    with pytest.raises(LeaseLostError):
        await state.locks.renew("sync", fence, ttl_s=LONG)
    assert await state.locks.acquire("sync", ttl_s=LONG) is not None


async def test_one_of_many_gets_the_lock(bench: Bench) -> None:
    """Of fifty that want a lock at once, on two replicas, one has it."""
    async with bench.second() as other:
        states = [bench.state, other] * 25
        fences = await asyncio.gather(
            *(state.locks.acquire("sync", ttl_s=LONG) for state in states)
        )
    assert len([fence for fence in fences if fence is not None]) == 1


async def test_a_budget_is_spent(bench: Bench) -> None:
    """What the bucket holds can be taken at once; then it says when there is enough."""
    budgets, unit_s = bench.state.budgets, bench.unit_s
    for _ in range(2):
        assert await budgets.spend("b", amount=2, capacity=4, per_s=4 * LONG) == 0
    wait_s = await budgets.spend("b", amount=1, capacity=4, per_s=4 * LONG)
    assert LONG - unit_s <= wait_s <= LONG
    assert await budgets.spend("other", amount=4, capacity=4, per_s=LONG) == 0


async def test_a_refusal_takes_nothing(bench: Bench) -> None:
    """Who is told to wait and comes back then gets it, however often they asked before."""
    budgets, unit_s = bench.state.budgets, bench.unit_s
    assert await budgets.spend("b", amount=3, capacity=3, per_s=3 * unit_s) == 0
    for _ in range(5):
        wait_s = await budgets.spend("b", amount=2, capacity=3, per_s=3 * unit_s)
        assert 0 < wait_s <= 2 * unit_s
    await bench.advance(wait_s)
    assert await budgets.spend("b", amount=2, capacity=3, per_s=3 * unit_s) == 0


async def test_a_budget_fills_up_to_its_capacity(bench: Bench) -> None:
    """After a long time there is as much as the bucket holds, and no more."""
    budgets, unit_s = bench.state.budgets, bench.unit_s
    assert await budgets.spend("b", amount=2, capacity=2, per_s=unit_s) == 0
    await bench.advance(1.25 * unit_s)
    assert await budgets.spend("b", amount=2, capacity=2, per_s=unit_s) == 0
    assert await budgets.spend("b", amount=1, capacity=2, per_s=LONG) > 0


async def test_replicas_share_a_budget(bench: Bench) -> None:
    """Many that spend at once on two replicas get together what the bucket holds."""
    async with bench.second() as other:
        states = [bench.state, other] * 25
        waits = await asyncio.gather(
            *(state.budgets.spend("b", amount=1, capacity=20, per_s=LONG) for state in states)
        )
    assert waits.count(0) == 20


async def test_more_than_a_bucket_holds_empties_it(bench: Bench) -> None:
    """An amount above the capacity is had from a full bucket, and is waited for by others."""
    budgets, unit_s = bench.state.budgets, bench.unit_s
    assert await budgets.spend("b", amount=5, capacity=2, per_s=unit_s) == 0
    assert 0 < await budgets.spend("b", amount=5, capacity=2, per_s=unit_s) <= unit_s
