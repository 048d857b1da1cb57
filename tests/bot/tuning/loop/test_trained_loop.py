"""The loop with a model that is really trained: corrections in Slack, and all steps as they are.

The model is made by the test, see `tests.models.tiny_copier`. It knows nothing of lists, other
languages or planted instructions, so the gate asks it the held-out examples alone, and of fewer
conversations than a real model.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from footnote.bot.settings.load import load_settings
from footnote.bot.tuning.exporting import FILE
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.gate.gating import ANSWERS
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import Run, digest_of, open_run, runs
from footnote.models.training.checkpoints import CHECKPOINTS
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
ASKED = 5
"""So many answers are given when the gate is killed."""


async def begun(folder: Path, *more: str, kill_when: Callable[[], bool] = lambda: False) -> str:
    """`footnote tune run` in a process of its own, killed once something holds; what it said."""
    command = (sys.executable, "-m", "tests.bot.tuning.loop.running", str(folder / "footnote.toml"))
    child = await asyncio.create_subprocess_exec(
        *command, *more, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert child.stdout
    reading = asyncio.ensure_future(child.stdout.read())
    while not reading.done():
        if kill_when():
            # What it has started itself has to see that it is gone.
            os.kill(child.pid, signal.SIGKILL)
            break
        await asyncio.wait((reading,), timeout=0.01)
    said = (await reading).decode()
    await child.wait()
    return said


async def killed_in_its_steps(folder: Path) -> Run:
    """A run that was killed over its training and over its answers, and then came to its end."""
    root = load_settings(folder / "footnote.toml").folder / "tuning"

    def saved() -> bool:
        return any(root.glob(f"*/training/{CHECKPOINTS}/*/trainer_state.json"))

    def asked() -> bool:
        kept = [path.read_text("utf-8").count("\n") for path in root.glob(f"*/{ANSWERS}")]
        return bool(kept) and kept[0] > ASKED

    await begun(folder, kill_when=saved)
    assert not open_run(root).done("train")
    await begun(folder, kill_when=asked)
    assert open_run(root).done("export")
    assert not open_run(root).done("gate")
    said = await begun(folder)
    run = open_run(root)
    assert runs(root) == [run.id], said
    assert "export is done already" in said
    return run


def made_by(run: Run) -> tuple[str, dict[tuple[str, str], str]]:
    """The adapter's hash, and what each contestant wrote."""
    lines = (run.folder / ANSWERS).read_text("utf-8").splitlines()[1:]
    written = {(each["item"], each["by"]): each["text"] for each in map(json.loads, lines)}
    return digest_of(run.folder / FILE), written


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
        run = await killed_in_its_steps(tmp_path)
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

    await begun(tmp_path, "--new")
    undisturbed = open_run(run.folder.parent)
    assert undisturbed.id != run.id
    assert made_by(undisturbed) == made_by(run)
