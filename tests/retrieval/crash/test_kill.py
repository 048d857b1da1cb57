"""Killed at any moment of a sync, the index holds each document wholly old or wholly new."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from footnote.retrieval.stores.sqlite import open_store
from tests.retrieval.crash.child import DOCUMENTS, source
from tests.retrieval.sync_fakes import SOURCE, contents, make_sync

KILLS = [10, pytest.param(40, marks=pytest.mark.soak)]

PUT_SECONDS = 0.005
"""About what one document takes; a kill comes so long at most after a document was done."""


async def start(folder: Path, edition: int) -> Process:
    """A process that waits for a line before it syncs."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.retrieval.crash.child", str(folder), str(edition)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=PIPE,
        stdout=PIPE,
    )


async def kill(child: Process, chance: random.Random) -> None:
    """Let the process sync, and kill it after a random document and a random moment more."""
    assert child.stdin
    assert child.stdout
    child.stdin.write(b"go\n")
    await child.stdin.drain()
    last = chance.randrange(DOCUMENTS)
    async for line in child.stdout:
        if int(line) >= last:
            break
    # A timer of the event loop is too coarse for points within one document.
    time.sleep(chance.uniform(0, PUT_SECONDS))  # noqa: ASYNC251  nothing else runs
    child.kill()
    await child.communicate()
    assert child.returncode == -signal.SIGKILL


async def check_and_finish(folder: Path, edition: int) -> int:
    """See that every document is of this edition or of the one before, then sync to the end.

    Returns:
        How many documents the killed process had done.
    """
    old, new = source(edition - 1).texts, source(edition).texts
    async with open_store(folder / "index.db") as store:
        there = await contents(store)
        for name in new:
            assert there[name] in {old[name], new[name]}, f"{name} is of no edition"
        done = sum(there[name] == new[name] for name in new)
        report = await make_sync(store, folder).run(source(edition), SOURCE)
        assert (report.changed, report.unchanged) == (DOCUMENTS - done, done)
    return done


@pytest.mark.parametrize("kills", KILLS)
async def test_a_killed_sync_leaves_every_document_old_or_new(
    tmp_path: Path, seed: int, kills: int
) -> None:
    """After each SIGKILL at a random point all agrees, and the next sync completes."""
    chance = random.Random(seed)  # noqa: S311  guards no secret
    async with open_store(tmp_path / "index.db") as store:
        await make_sync(store, tmp_path).run(source(0), SOURCE)
    done: list[int] = []
    waiting = await start(tmp_path, 1)
    for edition in range(1, kills + 1):
        child, waiting = waiting, await start(tmp_path, edition + 1)
        await kill(child, chance)
        done.append(await check_and_finish(tmp_path, edition))
    waiting.kill()
    await waiting.communicate()
    print(f"documents done when killed: {sorted(done)}")  # noqa: T201  shown with a failure
    assert len(set(done)) > kills // 3
    async with open_store(tmp_path / "index.db") as store:
        assert await contents(store) == source(kills).texts
