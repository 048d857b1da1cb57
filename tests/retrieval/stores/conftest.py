"""The stores that the contract is run over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.retrieval.stores.base import PassageStore
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL
from tests.retrieval.stores.openers import OPENERS, Opener


@pytest.fixture(params=list(OPENERS))
async def opener(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens the same index again and again, as several processes would."""
    async with OPENERS[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
async def store(opener: Opener) -> AsyncIterator[PassageStore]:
    """An empty index, bound to an embedder, with audiences set."""
    async with opener() as opened:
        await opened.claim(MODEL, DIMENSION)
        await opened.set_audiences(AUDIENCES)
        yield opened
