"""The locks of sources: files on this machine, or what replicas share through Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from footnote.bot.settings.schema import SQLITE, Settings
from footnote.bot.state.base import Locks as StateLocks
from footnote.bot.state.errors import LeaseLostError
from footnote.retrieval.locks import FileLocks, LeasedLocks, Locks


def source_locks(settings: Settings) -> Locks:
    """The locks that every replica with these settings respects."""
    if settings.state == SQLITE:
        return FileLocks(settings.index.parent / "locks")
    return RedisSourceLocks(settings.state)


class RedisSourceLocks:
    """Locks in Redis, which is connected to for as long as one is held.

    Args:
        url: Of the server.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold the lock of this name.

        Raises:
            StateError: Redis cannot be reached.
            SyncBusyError: Another replica holds it.
            SyncLockLostError: It was lost meanwhile.
        """
        from footnote.bot.state import redis  # noqa: PLC0415  slow, and only a sync needs it

        async with (
            redis.open_state(self._url) as state,
            LeasedLocks(StateLeases(state.locks)).hold(name),
        ):
            yield


class StateLeases:
    """The state's locks as retrieval asks for them."""

    def __init__(self, locks: StateLocks) -> None:
        self._locks = locks

    async def acquire(self, name: str, *, ttl_s: float) -> int | None:
        """Hold a lock; None where it is held."""
        return await self._locks.acquire(name, ttl_s=ttl_s)

    async def renew(self, name: str, number: int, *, ttl_s: float) -> bool:
        """Hold it for longer; False where it was lost."""
        try:
            await self._locks.renew(name, number, ttl_s=ttl_s)
        except LeaseLostError:
            return False
        return True

    async def release(self, name: str, number: int) -> None:
        """Let go of it."""
        await self._locks.release(name, number)
