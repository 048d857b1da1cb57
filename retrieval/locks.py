"""Locks of sources: one sync of a source at a time, over all processes of this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from filelock import FileLock, Timeout

from footnote.retrieval.errors import StoreError, SyncBusyError


class Locks(Protocol):
    """Gives out locks by name."""

    def hold(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold the lock of this name.

        Raises:
            SyncBusyError: Somebody else holds it.
        """
        ...


class FileLocks:
    """Locks on files in a folder; the system releases them when their process dies.

    Args:
        folder: Made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold the lock of this name.

        Raises:
            SyncBusyError: Another process, or another task of this one, holds it.
            StoreError: The folder cannot be written.
        """
        lock = FileLock(self._folder / f"{quote(name, safe='')}.lock", thread_local=False)
        try:
            # A handful of system calls that never wait: handing them to a thread takes longer.
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(blocking=False)
        except Timeout as error:
            raise SyncBusyError(
                f"{name} is being synced already: try again when that has finished."
            ) from error
        except OSError as error:
            raise StoreError(
                f"The lock of {name} cannot be written ({error}): check the folder {self._folder}."
            ) from error
        try:
            yield
        finally:
            lock.release()
