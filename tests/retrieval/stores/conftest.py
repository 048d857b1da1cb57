"""The stores that the contract is run over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.stores.sqlite import open_store
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL

Opener = Callable[[], AbstractAsyncContextManager[PassageStore]]


@pytest.fixture(params=["sqlite"])
def opener(tmp_path: Path) -> Opener:
    """Opens the same index again and again, as several processes would."""
    return lambda: open_store(tmp_path / "index.db")


@pytest.fixture
async def store(opener: Opener) -> AsyncIterator[PassageStore]:
    """An empty index, bound to an embedder, with audiences set."""
    async with opener() as opened:
        await opened.claim(MODEL, DIMENSION)
        await opened.set_audiences(AUDIENCES)
        yield opened
