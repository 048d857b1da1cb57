"""What the tests of retrieval share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.stores.sqlite import open_store


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[PassageStore]:
    """An empty index in a file of its own."""
    async with open_store(tmp_path / "index.db") as store:
        yield store
