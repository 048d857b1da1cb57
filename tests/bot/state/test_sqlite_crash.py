"""A process that is killed loses no question that it acknowledged."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from footnote.bot.state.entries import Acceptance
from footnote.bot.state.sqlite import open_state
from tests.bot.state.acts import ask

_CHILD = """
import asyncio, itertools, sys
from pathlib import Path
from footnote.bot.state.entries import Filing
from footnote.bot.state.sqlite import open_state

async def accept(state, caller):
    for number in itertools.count():
        question_id = f"{caller}-{number}"
        await state.queue.accept(Filing(question_id, caller, "{}"), limit=10**9, engaged_s=60.0)
        print(question_id, flush=True)

async def main():
    async with open_state(Path(sys.argv[1])) as state:
        await asyncio.gather(*(accept(state, f"caller {n}") for n in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("run", range(2))
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seed: int, run: int) -> None:
    """Killed in the midst of many accepts, every acknowledged question is there afterwards."""
    path = tmp_path / "state.db"
    wanted = random.Random(seed + run).randint(1, 400)  # noqa: S311  not for secrets
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline() for _ in range(wanted)]
        os.kill(child.pid, signal.SIGKILL)
        acknowledged += child.stdout.readlines()
    whole = [line.rstrip("\n") for line in acknowledged if line.endswith("\n")]
    assert len(whole) >= wanted
    asyncio.run(_all_known(path, whole))


async def _all_known(path: Path, question_ids: list[str]) -> None:
    async with open_state(path) as state:
        accepted = await asyncio.gather(*(ask(state, question_id) for question_id in question_ids))
        assert {one.acceptance for one in accepted} == {Acceptance.DUPLICATE}
        assert await state.queue.waiting() >= len(question_ids)
        assert not await state.queue.idle()
