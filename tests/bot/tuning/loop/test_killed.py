"""Kill -9 in the midst of each step: nothing is lost, and nothing half passes for whole.

What a killed training goes on with is proved where one is real, see `test_trained_loop`.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from footnote.bot.app import open_app
from footnote.bot.errors import FootnoteError
from footnote.bot.settings.load import load_settings
from footnote.bot.state.opening import open_state
from footnote.bot.tuning.announcing import NEWS
from footnote.bot.tuning.exporting import FILE
from footnote.bot.tuning.gate import gating, keeping
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import open_run, runs
from tests.bot.tuning.loop import dying
from tests.bot.tuning.loop.team import SETTINGS, without_weights
from tests.models.export.checkpoints import write_checkpoint
from tests.models.tiny_copier import LOOKS, THINGS

ROWS = 50
DATASET = ("train", "validation", "heldout")
TUNE = """[tune]
min_examples = 10
files = ["more.csv"]
"""
Runs = Callable[[str], Awaitable[int]]
"""Goes on until it dies at a place, or to the end; gives back the exit code."""


@asynccontextmanager
async def running(config: Path) -> AsyncIterator[Runs]:
    """What runs and dies."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot.tuning.loop.dying", str(config)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    given, said = process.stdin, process.stdout
    assert given
    assert said

    async def run(place: str) -> int:
        given.write(f"{place}\n".encode())
        return int(await said.readline())

    try:
        yield run
    finally:
        given.close()
        await process.wait()


async def prepared(folder: Path) -> Path:
    """A team with pages, a table of questions, and a training model."""
    (folder / "docs").mkdir()
    rows = ["question,answer"]
    for number, (look, thing) in enumerate(zip(LOOKS[:ROWS], reversed(THINGS), strict=False)):
        text = f"The {look} {thing} costs {number + 20} euros."
        (folder / "docs" / f"{look} {thing}.md").write_text(text, "utf-8")
        rows.append(f'"{look.title()} {thing}, its price?","{text}"')
    (folder / "more.csv").write_text("\n".join(rows), "utf-8")
    (folder / "model.gguf").write_bytes(b"model")
    write_checkpoint(folder, dying.MODEL)
    config = folder / "footnote.toml"
    config.write_text(SETTINGS + TUNE, "utf-8")
    async with open_app(load_settings(config), report=print, answers=False) as app:
        await app.sync.run(app.connectors["docs"], "docs")
    return config


async def test_wherever_it_is_killed_it_ends_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it writes the dataset, exports, asks, and files what it has made."""
    without_weights(monkeypatch)
    config = await prepared(tmp_path)
    settings = load_settings(config)
    root, killed = settings.folder / "tuning", -signal.SIGKILL
    async with running(config) as goes_on:
        assert await goes_on("dataset") == killed
        broken = open_run(root)
        assert sorted(path.name for path in (broken.folder / "dataset").iterdir()) == [
            "train.jsonl",
            "validation.part",
        ]
        with pytest.raises(FootnoteError, match="has no dataset yet"):
            broken.needs("dataset")

        assert await goes_on("export") == killed
        run = open_run(root)
        assert run.id != broken.id
        assert [path.name for path in (run.folder / "export").iterdir()] == ["adapter.gguf.part"]
        assert run.done("train")
        with pytest.raises(FootnoteError, match="has no export yet"):
            run.needs("export")

        assert await goes_on("gate") == killed
        answers = (run.folder / gating.ANSWERS).read_bytes()
        assert len(answers.splitlines()) == 1 + dying.ANSWERS
        with pytest.raises(FootnoteError, match="has no gate yet"):
            keeping.read(open_run(root))

        assert await goes_on("filing") == killed
        assert (run.folder / gating.ANSWERS).read_bytes().startswith(answers)
        adapter = (run.folder / FILE).read_bytes()
        async with open_state(settings) as state:
            part = sha256(adapter[: dying.PART_BYTES]).hexdigest()
            assert await state.blobs.get(part)
            assert not await Registry(state).adapters()
            assert not await state.records.all(NEWS)

        assert await goes_on("") == 0
        assert runs(root) == [broken.id, run.id]
        async with open_state(settings) as state:
            registry = Registry(state)
            (filed,) = (await registry.adapters()).values()
            assert len(filed.parts) > dying.PARTS + 1
            assert (await registry.fetch(filed, tmp_path / "cache")).read_bytes() == adapter
            (news,) = (await state.records.all(NEWS)).values()
            assert json.loads(news.value)["adapter"] == filed.id

        assert await goes_on("anew") == 0
    whole = open_run(root)
    assert whole.id not in {broken.id, run.id}
    ours, theirs = open_run(root, run.id).manifest.steps, whole.manifest.steps
    for step in ("dataset", "export"):
        assert ours[step].outputs == theirs[step].outputs
    one, other = keeping.read(open_run(root, run.id)), keeping.read(whole)
    assert one.passed
    assert [each for each in one.checks if each.about != "speed"] == [
        each for each in other.checks if each.about != "speed"
    ]
