"""Brings an index into memory before anybody asks, where a store searches in memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.reading import InProcess, Reading
from footnote.retrieval.stores.base import PassageStore

_log = logging.getLogger(__name__)


async def warm(store: PassageStore) -> None:
    """Let the next question find the index in memory; a store that holds none is left alone.

    Raises:
        StoreError: The store cannot be read.
    """

    async def nothing(_: Reading) -> None:
        pass

    if isinstance(store, InProcess) and store.is_in_process:
        await store.in_one_go(ADMIN, nothing)


@asynccontextmanager
async def warming(store: PassageStore) -> AsyncIterator[None]:
    """Warm the store meanwhile; the block neither waits for it nor fails with it."""
    task = asyncio.create_task(_tried(store))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def _tried(store: PassageStore) -> None:
    try:
        await warm(store)
    except StoreError as error:
        # Whoever asks hears it, too.
        _log.warning("The index could not be brought into memory: %s", error)
