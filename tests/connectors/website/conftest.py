"""A site on loopback and connectors that read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.connectors.website.reading import Reading
from tests.servers.website import Site, website


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """An empty site."""
    async with website() as made:
        yield made


@pytest.fixture
def reading(site: Site, tmp_path: Path) -> Reading:
    """What reads the site, and remembers in a folder."""
    return Reading(site, tmp_path / "memory")
