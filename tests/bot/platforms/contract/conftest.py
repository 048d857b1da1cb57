"""The platforms that the contract is run over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.bot.platforms.contract.discord_place import discord_place
from tests.bot.platforms.contract.place import Place
from tests.bot.platforms.contract.slack_place import slack_place
from tests.bot.platforms.contract.terminal_place import terminal_place

OPENERS: dict[str, Callable[[Path], AbstractAsyncContextManager[Place]]] = {
    "discord": discord_place,
    "slack": slack_place,
    "terminal": terminal_place,
}
"""Every implementation of the seam; each may keep files in the folder that it is given."""


@pytest.fixture(params=list(OPENERS))
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A platform that runs, where nothing was asked so far."""
    async with OPENERS[request.param](tmp_path) as opened:
        yield opened
