"""The gate over a real engine: one model, two adapters, each asked the same."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.generators.opening import options_of
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.gate import gating
from footnote.bot.tuning.gate.gating import ADAPTER, ANSWERS, gate
from footnote.bot.tuning.gate.incumbent import Incumbent
from footnote.bot.tuning.runs import Done, Run, digest_of
from footnote.models.engine.options import EngineOptions
from tests.bot.tuning.gate.stage import NOW, exported
from tests.bot.tuning.gate.world import World
from tests.hashing import HashEmbedder
from tests.models.engine.serving import FIXED
from tests.models.gguf_files import Shape, write_adapter, write_model

SHAPE = Shape("llama", context=4096)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A model on this machine, and an embedder without weights."""
    write_model(tmp_path / "tiny.gguf", SHAPE)
    (tmp_path / "docs").mkdir()
    (tmp_path / "footnote.toml").write_text(
        'data = "data"\n[answer]\ngenerator = "gguf"\n'
        '[gguf]\npath = "tiny.gguf"\ncontext_tokens = 4096\n'
        '[sources.handbook]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n',
        "utf-8",
    )

    @asynccontextmanager
    async def open_embedder(*_: object) -> AsyncIterator[HashEmbedder]:
        yield HashEmbedder()

    def tuned_options(named: Settings) -> EngineOptions:
        # Measuring the machine takes longer than all the answers.
        return replace(options_of(named), tuning=FIXED, cache_type="f32", profiles=None)

    monkeypatch.setattr(gating, "open_embedder", open_embedder)
    monkeypatch.setattr(gating, "options_of", tuned_options)
    return load_settings(tmp_path / "footnote.toml")


@pytest.fixture
def run(tmp_path: Path, small_world: World) -> Run:
    """A run of one held-out example, with an adapter that fits the model."""
    asked = World(small_world.items[:1], small_world.facts)
    made = exported(tmp_path / "data" / "tuning", asked)
    write_adapter(made.folder / ADAPTER, SHAPE, seed=5, scale=40)
    made.finish("export", Done(NOW, outputs={ADAPTER: digest_of(made.folder / ADAPTER)}))
    return made


async def test_each_contestant_writes_with_its_own_adapter(
    tmp_path: Path, settings: Settings, run: Run
) -> None:
    """Three texts for the same prompt and seed; random weights earn nobody's place."""
    current = write_adapter(tmp_path / "current.gguf", SHAPE, seed=6, scale=40)
    decision = await gate(
        run,
        settings,
        report=lambda _: None,
        incumbent=Incumbent("abc", current),
        standing=[],
    )
    lines = (run.folder / ANSWERS).read_text("utf-8").splitlines()[1:]
    texts = {row["by"]: row["text"] for row in map(json.loads, lines)}
    assert set(texts) == {"base", "current", "candidate"}
    assert len(set(texts.values())) == 3
    assert not decision.passed
    assert decision.against == "abc"


async def test_an_adapter_of_another_model_is_one_sentence(settings: Settings, run: Run) -> None:
    """It is told before anything is asked."""
    write_adapter(run.folder / ADAPTER, Shape("llama", width=128), seed=5)
    run.finish("export", Done(NOW, outputs={ADAPTER: digest_of(run.folder / ADAPTER)}))
    with pytest.raises(FootnoteError, match="adapter"):
        await gate(run, settings, report=lambda _: None, standing=[])
    assert not (run.folder / ANSWERS).exists()
