"""A GitHub on loopback and connectors that read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.connectors.github.reading import Reading
from tests.servers.github.server import TOKEN, GitHub, github
from tests.servers.github.world import Repo


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token that is accepted, where settings look for it."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)


@pytest.fixture
async def hub() -> AsyncIterator[GitHub]:
    """An empty GitHub."""
    async with github() as made:
        yield made


@pytest.fixture
def repo(hub: GitHub) -> Repo:
    """Its repository acme/handbook, empty."""
    return hub.world.repo()


@pytest.fixture
def reading(hub: GitHub, tmp_path: Path) -> Reading:
    """What reads it, and remembers in a folder."""
    return Reading(hub, tmp_path / "memory")
