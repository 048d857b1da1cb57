"""A repository with some documents, and a server of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.servers.git import GitServer, Repository, git_server, repository


@pytest.fixture(autouse=True)
def git_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without the settings of whoever runs the tests, or a skip."""
    if shutil.which("git") is None:
        pytest.skip("there is no git on PATH")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


@pytest.fixture
def handbook(tmp_path: Path) -> Repository:
    """Three documents in two folders, written in two commits."""
    made = repository(tmp_path / "served" / "handbook.git")
    made.commit(
        {
            "docs/leave.md": "# Leave\n\n## How long\n\nThirty days.\n",
            "docs/travel.md": "# Travel\n\nBook early.\n",
            "tool.py": "def book() -> None:\n    pass\n",
        },
        at="2026-01-02T03:04:05Z",
    )
    made.commit({"docs/travel.md": "# Travel\n\nBook very early.\n"}, at="2026-02-03T04:05:06Z")
    return made


@pytest_asyncio.fixture
async def server(handbook: Repository) -> AsyncIterator[GitServer]:
    """A server of that repository at /handbook.git."""
    async with git_server(handbook.folder.parent) as running:
        yield running
