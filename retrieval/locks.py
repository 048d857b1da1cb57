"""Locks of sources: one sync of a source at a time, and none that goes on without its lock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from filelock import FileLock, Timeout

from footnote.retrieval.errors import StoreError, SyncBusyError, SyncLockLostError

_log = logging.getLogger(__name__)


class Locks(Protocol):
    """Gives out locks by name."""

    def hold(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold the lock of this name.

        Raises:
            SyncBusyError: Somebody else holds it.
            SyncLockLostError: It was lost, and what was done under it has been cancelled.
        """
        ...


class Leases(Protocol):
    """Locks by name that run out, shared by replicas on several machines."""

    async def acquire(self, name: str, *, ttl_s: float) -> int | None:
        """Hold a lock for so many seconds; gives back its number, or None where it is held."""
        ...

    async def renew(self, name: str, number: int, *, ttl_s: float) -> bool:
        """Hold it for so many seconds from now on; False where somebody else has held it since."""
        ...

    async def release(self, name: str, number: int) -> None:
        """Let go of it."""
        ...


class FileLocks:
    """Locks on files in a folder; the system releases them when their process dies.

    Args:
        folder: Made where it is missing.
        look_s: How often it is looked whether the file is still there, in seconds: where somebody
            removes it, another process can lock a new one.
    """

    def __init__(self, folder: Path, *, look_s: float = 5.0) -> None:
        self._folder = folder
        self._look_s = look_s

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold the lock of this name.

        Raises:
            SyncBusyError: Another process, or another task of this one, holds it.
            SyncLockLostError: The file was removed meanwhile.
            StoreError: The folder cannot be written.
        """
        path = self._folder / f"{quote(name, safe='')}.lock"
        lock = FileLock(path, thread_local=False)
        try:
            # A handful of system calls that never wait: handing them to a thread takes longer.
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(blocking=False)
            inode = path.stat().st_ino
        except Timeout as error:
            raise _busy(name) from error
        except OSError as error:
            raise StoreError(
                f"The lock of {name} cannot be written ({error}): check the folder {self._folder}."
            ) from error

        async def look() -> bool:
            with suppress(FileNotFoundError):
                return path.stat().st_ino == inode
            return False

        try:
            async with _while_held(name, look, every_s=self._look_s, lasts_s=None):
                yield
        finally:
            lock.release()


class LeasedLocks:
    """Locks that replicas share, renewed for as long as they are held.

    Args:
        leases: Where they are kept.
        ttl_s: How long a lock outlives a replica that dies, in seconds.
        every_s: How often it is renewed, in seconds.
        spare_s: Whoever cannot renew a lock stops so long before it runs out, so that a write
            that has begun ends before anybody else can begin.
    """

    def __init__(
        self, leases: Leases, *, ttl_s: float = 60.0, every_s: float = 10.0, spare_s: float = 15.0
    ) -> None:
        self._leases = leases
        self._every_s = every_s
        self._ttl_s = ttl_s
        self._spare_s = spare_s

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold the lock of this name.

        Raises:
            SyncBusyError: Another replica holds it.
            SyncLockLostError: It could not be renewed in time, or another replica has it.
        """
        key, lasts_s = f"sync:{name}", self._ttl_s - self._spare_s
        number = await self._leases.acquire(key, ttl_s=self._ttl_s)
        if number is None:
            raise _busy(name)

        async def renew() -> bool:
            return await self._leases.renew(key, number, ttl_s=self._ttl_s)

        try:
            async with _while_held(name, renew, every_s=self._every_s, lasts_s=lasts_s):
                yield
        finally:
            await self._release(key, number)

    async def _release(self, key: str, number: int) -> None:
        try:
            await self._leases.release(key, number)
        except Exception:  # noqa: BLE001  it runs out by itself
            _log.warning("The lock %s was not released; it runs out by itself.", key)


@asynccontextmanager
async def _while_held(
    name: str, still: Callable[[], Awaitable[bool]], *, every_s: float, lasts_s: float | None
) -> AsyncIterator[None]:
    """Cancel the block, and raise SyncLockLostError, once the lock is not surely held any more.

    Args:
        name: Of the lock.
        still: Makes sure of it; an error means that nobody knows.
        every_s: How often, in seconds.
        lasts_s: How long it is surely held after each time, or None for ever.
    """
    clock = asyncio.get_running_loop().time

    async def keep(held: asyncio.Timeout) -> None:
        while True:
            await asyncio.sleep(every_s)
            begun = clock()
            try:
                if not await still():
                    held.reschedule(begun)
                    return
            except Exception as error:  # noqa: BLE001  until it runs out, it may be renewed yet
                _log.warning("Whether the lock of %s is held is not known (%r).", name, error)
            else:
                held.reschedule(lasts_s and begun + lasts_s)

    try:
        async with asyncio.timeout(lasts_s) as held:
            keeping = asyncio.create_task(keep(held))
            try:
                yield
            finally:
                keeping.cancel()
                await asyncio.wait([keeping])
    except TimeoutError as error:
        if held.expired():
            raise SyncLockLostError(name) from error
        raise


def _busy(name: str) -> SyncBusyError:
    return SyncBusyError(f"{name} is being synced already: try again when that has finished.")
