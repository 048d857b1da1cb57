"""`footnote health` as a container's health check runs it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import time

from footnote.bot.heartbeat import beating, beats
from tests.bot.cli.conftest import Footnote
from tests.waiting import until


def test_a_replica_that_answers_is_named(footnote: Footnote, folder: Path) -> None:
    """With where it answers, and the exit code is 0."""
    assert footnote("init").code == 0

    async def look() -> int:
        async with beating(data, "one", ["discord", "slack"]):
            await until(lambda: beats(data, time()))
            ran = await asyncio.to_thread(footnote, "health")
        assert ran.out.startswith("Answering on discord and slack, alive ")
        return ran.code

    data = folder / ".footnote"
    data.mkdir()
    assert asyncio.run(look()) == 0


def test_where_none_answers_it_fails(footnote: Footnote, folder: Path) -> None:
    """In one sentence that says what to do."""
    del folder
    assert footnote("init").code == 0
    ran = footnote("health")
    assert ran.code == 1
    assert ran.err == (
        "footnote: No replica has given a sign of life on this machine for 30 seconds: start one "
        "with `footnote serve`, or look at its log.\n"
    )
