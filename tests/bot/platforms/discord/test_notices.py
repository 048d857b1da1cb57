"""Which message tells somebody to wait: one for all replicas, and all of them know which."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from footnote.bot.platforms.discord.notices import SOMEWHERE, Notices
from footnote.bot.state.base import Records
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_lane import ThreadLane
from tests.bot.platforms.answers import QUESTION


@pytest_asyncio.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    """What all replicas share."""
    lane = ThreadLane(tmp_path / "state.db", time.time)
    yield SqliteState(lane).records
    await lane.close()


async def test_one_replica_tells(records: Records) -> None:
    """Whichever begins: no other does, and it does not do it twice, however late that is."""
    one, other, asked = Notices(records), Notices(records), QUESTION
    assert await one.begin(asked)
    assert not await one.begin(asked)
    assert not await other.begin(asked)


async def test_all_know_which_message_it_is(records: Records) -> None:
    """First that there may be one, then which; who has not told them changes nothing of it."""
    one, other, asked = Notices(records), Notices(records), QUESTION
    assert await other.of(asked.id) is None
    await one.begin(asked)
    assert await other.of(asked.id) == SOMEWHERE
    await one.keep(asked, "1/2")
    await other.keep(asked, "3/4")
    assert await other.of(asked.id) == "1/2"
