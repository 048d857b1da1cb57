"""Claims and health in the records: what others write meanwhile, and answers that are lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import cast

import pytest

from footnote.bot.schedule.health import HEALTH, HEALTHY, Health, Healths
from footnote.bot.schedule.slots import SLOTS, Slots
from footnote.bot.state.base import Record, State
from footnote.bot.state.errors import ConflictError
from footnote.bot.state.sqlite import open_state
from footnote.retrieval.errors import SyncBusyError
from footnote.retrieval.sync_report import SyncReport

SLOT = 1_800_000_000.0
DOCS = "docs"


class NoLocks:
    """Locks that everybody holds, as where one was lost and nobody knows yet."""

    @asynccontextmanager
    async def hold(self, _name: str) -> AsyncIterator[None]:
        """Held."""
        yield


class LostAnswers:
    """Records that are written, whereupon a repeat of the write finds them written.

    Args:
        state: Where they are.
    """

    def __init__(self, state: State) -> None:
        self._records = state.records
        self.records = self
        self.locks = state.locks

    async def get(self, namespace: str, key: str) -> Record | None:
        """The record."""
        return await self._records.get(namespace, key)

    async def all(self, namespace: str) -> Mapping[str, Record]:
        """All of them."""
        return await self._records.all(namespace)

    async def put(
        self, namespace: str, key: str, value: str, *, version: int = 0, ttl_s: float | None = None
    ) -> int:
        """Write it, and say that there is another version by now."""
        await self._records.put(namespace, key, value, version=version, ttl_s=ttl_s)
        raise ConflictError("There is another version by now.")

    async def delete(self, namespace: str, key: str) -> None:
        """Remove it."""
        await self._records.delete(namespace, key)


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    """An empty state."""
    async with open_state(tmp_path / "state.db") as opened:
        yield opened


async def test_of_two_who_claim_a_slot_at_once_one_has_it(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where both believe that they hold its lock."""
    together, calls = asyncio.Barrier(2), count()
    get = state.records.get

    async def slow(namespace: str, key: str) -> Record | None:
        found = await get(namespace, key)
        if next(calls) < 2:
            await together.wait()
        return found

    async def claim() -> bool:
        async with slots.claimed(DOCS, SLOT, SLOT) as held:
            return held is not None

    slots = Slots(state, NoLocks())
    monkeypatch.setattr(state.records, "get", slow)
    assert sorted(await asyncio.gather(claim(), claim())) == [False, True]


async def test_whoever_is_at_it_keeps_others_away(state: State) -> None:
    """By a lock that is renewed; afterwards they see that it was run."""
    slots = Slots(state)
    async with slots.claimed(DOCS, SLOT, SLOT) as held:
        assert held
        with pytest.raises(SyncBusyError):
            async with slots.claimed(DOCS, SLOT, SLOT):
                pass
        async with slots.claimed("other", SLOT, SLOT) as other:
            assert other
        await slots.finish(held, SLOT + 60)
    for slot, due in ((SLOT, False), (SLOT + 60, False), (SLOT + 61, True)):
        assert await slots.is_due(DOCS, slot, slot) is due
        async with slots.claimed(DOCS, slot, slot) as again:
            assert (again is not None) is due


async def test_who_lost_a_claim_finishes_nothing(state: State) -> None:
    """What another has begun since stays begun."""
    slots = Slots(state, NoLocks())
    async with slots.claimed(DOCS, SLOT, SLOT) as first, slots.claimed(DOCS, SLOT, SLOT) as second:
        assert first
        assert second
        assert second.claim.attempt == 2
        await slots.finish(first, SLOT)
        await slots.give_back(first)
        record = await state.records.get(SLOTS, DOCS)
        assert record
        assert second.claim.by in record.value
        assert '"done": false' in record.value


async def test_a_claim_whose_answer_was_lost_is_a_claim(state: State) -> None:
    """The write below was repeated, and found itself."""
    slots = Slots(cast("State", LostAnswers(state)), NoLocks())
    async with slots.claimed(DOCS, SLOT, SLOT) as held:
        assert held
        await slots.finish(held, SLOT)
    assert not await slots.is_due(DOCS, SLOT, SLOT)


async def test_a_change_of_health_is_made_once(state: State) -> None:
    """By one of those who want the same, and where its answer was lost as well."""
    healths, lost = Healths(state.records), Healths(LostAnswers(state))
    assert await lost.change(DOCS, lambda old: old.failed(1.0, "Why.", 60.0)) == (HEALTHY, True)
    told = await asyncio.gather(*(healths.change(DOCS, _know) for _ in range(3)))
    assert sorted(mine for _, mine in told) == [False, False, True]
    failing = await healths.get(DOCS)
    assert (failing.failures, failing.told) == (1, ("plaza",))
    both = await asyncio.gather(
        *(healths.change(DOCS, lambda old: old.failed(2.0, "Why.", 60.0)) for _ in range(3))
    )
    assert all(mine for _, mine in both)
    assert (await healths.get(DOCS)).failures == 4
    fine = (await healths.get(DOCS)).succeeded(3.0, SyncReport(DOCS, listed=2))
    await healths.change(DOCS, lambda _: fine)
    assert await healths.all() == {DOCS: fine}


def _know(health: Health) -> Health:
    return health.knowing("plaza")


async def test_what_an_older_or_newer_version_has_written_is_read(state: State) -> None:
    """Unknown keys are left out, missing ones have their defaults."""
    written = '{"failures": 2, "weather": "fine", "counts": {"listed": 7, "moons": 1}}'
    await state.records.put(HEALTH, DOCS, written)
    health = await Healths(state.records).get(DOCS)
    assert (health.failures, health.counts.listed, health.told) == (2, 7, ())
