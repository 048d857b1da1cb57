"""Sync: one at a time over all replicas, and none that goes on without its lock."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.retrieval.errors import SyncBusyError, SyncLockLostError
from footnote.retrieval.locks import FileLocks, LeasedLocks, Locks
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.sync import Sync
from tests.retrieval.sync_fakes import (
    RECIPE,
    SOURCE,
    HashEmbedder,
    ScriptedConnector,
    contents,
    cut,
    index_terms,
    make_sync,
)

PATIENCE_S = 60
NEVER_S = 1000.0


class SharedLeases:
    """What replicas share, as a server would keep it.

    Attributes:
        holder: The number that each name is held under.
        renewals: Something for each time that a lock was to be renewed.
        broken: Raised by every renewal.
    """

    def __init__(self) -> None:
        self.holder: dict[str, int] = {}
        self.renewals: asyncio.Queue[float] = asyncio.Queue()
        self.broken: Exception | None = None
        self._number = 0

    async def acquire(self, name: str, *, ttl_s: float) -> int | None:
        """Hold a lock that nobody holds; none of these runs out by itself."""
        assert ttl_s > 0
        if name in self.holder:
            return None
        self._number += 1
        self.holder[name] = self._number
        return self._number

    async def renew(self, name: str, number: int, *, ttl_s: float) -> bool:
        """Whether it is held under this number still."""
        self.renewals.put_nowait(ttl_s)
        if self.broken:
            raise self.broken
        return self.holder.get(name) == number

    async def release(self, name: str, number: int) -> None:
        """Let go of it."""
        if self.holder.get(name) == number:
            del self.holder[name]

    def take(self, name: str) -> None:
        """Another replica holds it from now on."""
        self._number += 1
        self.holder[f"sync:{name}"] = self._number


class Held:
    """A sync whose embedder waits in its second batch until it is let go on."""

    def __init__(self, index: PassageStore, locks: Locks) -> None:
        self.embedder = HashEmbedder()
        self.embedder.before = self._wait
        self.connector = ScriptedConnector({f"{n}.md": "line\n" * 256 for n in range(4)})
        self.waits = asyncio.Event()
        self.go_on = asyncio.Event()
        sync = Sync(
            index, self.embedder, cut=cut, index_terms=index_terms, recipe=RECIPE, locks=locks
        )
        self.task = asyncio.create_task(sync.run(self.connector, SOURCE))

    async def _wait(self) -> None:
        if self.embedder.calls:
            self.waits.set()
            await self.go_on.wait()

    async def until_it_waits(self) -> None:
        """One document is in the index, and the second is about to be."""
        await asyncio.wait_for(self.waits.wait(), PATIENCE_S)

    async def is_stopped(self) -> None:
        """It ends by itself, without being let go on, and says why."""
        with pytest.raises(SyncLockLostError, match=r"lock was lost; what is done is kept"):
            await asyncio.wait_for(self.task, PATIENCE_S)
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_two_replicas_never_sync_one_source_at_a_time(
    index: PassageStore, tmp_path: Path
) -> None:
    """The second is told so while the first syncs, and may sync when that is done."""
    leases = SharedLeases()
    first = Held(index, LeasedLocks(leases, every_s=0.01))
    await first.until_it_waits()
    with pytest.raises(SyncBusyError, match="handbook is being synced already"):
        async with LeasedLocks(leases).hold(SOURCE):
            pass
    async with LeasedLocks(leases).hold("another"):
        pass
    for _ in range(3):
        assert await leases.renewals.get() > 0
    first.go_on.set()
    assert (await first.task).new == 4
    assert leases.holder == {}
    again = await make_sync(index, tmp_path).run(first.connector, SOURCE)
    assert again.unchanged == 4


async def test_a_replica_that_lost_its_lock_writes_nothing_more(index: PassageStore) -> None:
    """Once another holds it, the sync is stopped; what was done is kept, nothing is deleted."""
    leases = SharedLeases()
    held = Held(index, LeasedLocks(leases, every_s=0.01, ttl_s=NEVER_S))
    await held.until_it_waits()
    leases.take(SOURCE)
    await held.is_stopped()
    assert set(await contents(index)) == {"0.md"}
    assert (await index.stats()).sources[0].last_sync is None
    assert f"sync:{SOURCE}" in leases.holder


async def test_a_lock_that_cannot_be_renewed_stops_the_sync_in_time(index: PassageStore) -> None:
    """Where nobody answers, the sync ends before its lock can run out."""
    leases = SharedLeases()
    leases.broken = ConnectionError("no route")
    held = Held(index, LeasedLocks(leases, every_s=0.01, ttl_s=NEVER_S, spare_s=NEVER_S - 5))
    await held.until_it_waits()
    await held.is_stopped()
    assert leases.renewals.qsize() > 1
    assert set(await contents(index)) == {"0.md"}


async def test_one_renewal_that_fails_stops_nobody(index: PassageStore) -> None:
    """The lock lasts until it runs out, and the next renewal may do."""
    leases = SharedLeases()
    leases.broken = ConnectionError("no route")
    held = Held(index, LeasedLocks(leases, every_s=0.01, ttl_s=NEVER_S))
    await held.until_it_waits()
    leases.broken = None
    for _ in range(leases.renewals.qsize() + 2):
        await leases.renewals.get()
    held.go_on.set()
    assert (await held.task).new == 4


async def test_a_lock_whose_file_was_removed_is_lost(index: PassageStore, tmp_path: Path) -> None:
    """Another process could lock a new file, so the one that holds the old file stops."""
    held = Held(index, FileLocks(tmp_path / "locks", look_s=0.01))
    await held.until_it_waits()
    (tmp_path / "locks" / f"{SOURCE}.lock").unlink()
    await held.is_stopped()
    assert set(await contents(index)) == {"0.md"}


async def test_a_timeout_of_the_work_is_no_lost_lock() -> None:
    """What the work itself raises passes through, and the lock is free again."""
    leases = SharedLeases()
    with pytest.raises(TimeoutError, match="slow"):
        async with LeasedLocks(leases).hold(SOURCE):
            raise TimeoutError("slow")
    assert leases.holder == {}
