"""The implementations that the contract is run over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.bot.state.base import State
from tests.bot.state.bench import OPENERS, Bench


@pytest.fixture(params=list(OPENERS))
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    """An empty state with its clock."""
    async with OPENERS[request.param]()(tmp_path) as opened:
        yield opened


@pytest.fixture
def state(bench: Bench) -> State:
    """An empty state."""
    return bench.state
