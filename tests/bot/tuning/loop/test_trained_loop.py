"""The loop with a model that is really trained: corrections in Slack, and all steps as they are.

The model is made by the test, see `tests.models.tiny_copier`. It knows nothing of lists, other
languages or planted instructions, so the gate asks it the held-out examples alone, and of fewer
conversations than a real model.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from footnote.bot.settings.load import load_settings
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import open_run, runs
from tests.bot.tuning.loop.team import Team, hurried, team, without_weights
from tests.models.tiny_copier import (
    LOOKS,
    THINGS,
    document,
    is_as_wanted,
    make,
    question,
)
from tests.models.training.chats import needs_torch

SETTINGS = """context_tokens = 1024
cache_type = "f32"
[tune]
model = "model"
min_examples = 30
files = ["more.csv"]
learning_rate = 3e-3
epochs = 12
rank = 16
seed = 10
"""
"""Questions so alike fall into groups that stay together; this seed trains on the largest one."""
PAIRS = list(zip(THINGS, LOOKS, strict=True))
CORRECTED = 4
"""So many of the answers are corrected in Slack; the others' come from a file."""
STEPS = 4


async def begun(folder: Path, kill_at: int | None) -> str:
    """`footnote tune run` in a process of its own, killed at the begin of a step; what it said."""
    command = (sys.executable, "-m", "tests.bot.tuning.loop.running", str(folder / "footnote.toml"))
    child = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert child.stdout
    said = ""
    while line := (await child.stdout.readline()).decode():
        said += line
        if kill_at is not None and line.startswith(f"Step {kill_at} of {STEPS}:"):
            # What it has started itself has to see that it is gone.
            os.kill(child.pid, signal.SIGKILL)
            break
    await child.wait()
    return said


async def corrected(here: Team) -> None:
    """The first answers are not as people want them, and an admin says how they should be."""
    for thing, look in PAIRS[:CORRECTED]:
        message, shown, adapter = await here.asks(question(thing))
        assert look in shown
        assert not is_as_wanted(shown)
        assert adapter is None
        await here.corrects(message, f"{document(thing, look)} [1]")


@pytest.mark.soak
@needs_torch
@pytest.mark.usefixtures("brisk")
async def test_what_is_corrected_is_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the run is killed; promoted, it writes as wanted, and it can be undone."""
    without_weights(monkeypatch)
    hurried(monkeypatch)
    await make(tmp_path)
    rows = [f'"{question(thing)}","{document(thing, look)}"' for thing, look in PAIRS[CORRECTED:]]
    (tmp_path / "more.csv").write_text("\n".join(["question,answer", *rows]), "utf-8")
    pages = {thing: document(thing, look) for thing, look in PAIRS}
    async with team(tmp_path, pages, SETTINGS) as here:
        await corrected(here)
        before = [(await here.asks(question(thing)))[1] for thing, _ in PAIRS[:CORRECTED]]
        for step in range(1, STEPS + 1):
            await begun(tmp_path, step)
        said = await begun(tmp_path, None)
        root = load_settings(tmp_path / "footnote.toml").folder / "tuning"
        run = open_run(root)
        assert runs(root) == [run.id], said
        decision = keeping.read(run)
        assert decision.passed, decision.summary

        asked = await here.asked()
        assert (await here.boss.clicks(asked, "promote")).ok
        registry = Registry(here.room.state)
        (adapter,) = await registry.adapters()
        await here.uses(adapter)
        for thing, _ in PAIRS[:CORRECTED]:
            _, shown, by = await here.asks(question(thing))
            assert is_as_wanted(shown), shown
            assert by == adapter

        await registry.roll_back("boss at the command line")
        await here.uses(None)
        after = [(await here.asks(question(thing)))[1] for thing, _ in PAIRS[:CORRECTED]]
        assert after == before
