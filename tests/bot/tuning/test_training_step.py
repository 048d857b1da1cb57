"""The steps train, estimate and export: what they read, tell, refuse and leave in the manifest."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning import estimating, training
from footnote.bot.tuning.estimating import check_fits, estimate
from footnote.bot.tuning.examples import write_examples
from footnote.bot.tuning.exporting import FILE, export, export_merged
from footnote.bot.tuning.runs import Done, Run, begin, digest_of, new_manifest, open_run
from footnote.bot.tuning.training import train
from footnote.models.export.errors import DifferentModelError
from footnote.models.export.models import Source, export_model
from footnote.models.training import installed
from footnote.models.training.job import Counted, Dropped, Event, Job, Point, Step, Trained
from footnote.models.training.sizes import sizes
from tests.bot.tuning.made import example
from tests.models.export.checkpoints import write_adapter, write_checkpoint

COUNTED = Counted(3, 300, 60, 120, 1, 9, (Dropped("e7", "it has 9 tokens, and 8 are allowed"),))
SPEED = 50.0
Trains = Callable[[Job, Callable[[Event], None]], Awaitable[Trained]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model in both forms."""
    folder = tmp_path_factory.mktemp("served")
    checkpoint = write_checkpoint(folder)
    asyncio.run(export_model(Source(checkpoint, kind="f32"), folder / "served.gguf"))
    return folder


@pytest.fixture
def settings(tmp_path: Path, served: Path) -> Settings:
    """Settings by which a small model is served and trained."""
    shutil.copytree(served, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "footnote.toml"
    file.write_text(
        '[gguf]\npath = "served.gguf"\n[tune]\nmodel = "qwen2"\nbatch = 1\nrank = 4\n'
        '[sources.a]\nkind = "files"\npath = "."\naudience = ["everyone"]\n'
    )
    return load_settings(file)


@pytest.fixture
def run(settings: Settings) -> Run:
    """A run with a dataset."""
    manifest = new_manifest(7, parent="", settings={}, versions={})
    made = begin(settings.folder / "tuning", manifest)
    folder = made.folder / "dataset"
    folder.mkdir()
    for name, count in (("train", 3), ("validation", 1), ("heldout", 1)):
        write_examples(folder / f"{name}.jsonl", [example(f"{name}{at}") for at in range(count)])
    outputs = {f"dataset/{name}.jsonl": digest_of(folder / f"{name}.jsonl") for name in ("train",)}
    made.finish("dataset", Done("now", outputs=outputs))
    return made


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """What was to be trained; an adapter of random weights comes of it."""
    asked: list[Job] = []

    async def trained(job: Job, progress: Callable[[Event], None] = lambda _: None) -> Trained:
        asked.append(job)
        progress(COUNTED)
        for step in range(1, 10):
            progress(Step(step, 9, 600.0, 1.0 / step, 0.5 if step == 9 else None))
        write_adapter(job.folder / "adapter", job.model)
        (job.folder / "curve.svg").write_text("<svg/>")
        return Trained(
            adapter=job.folder / "adapter",
            curve=job.folder / "curve.svg",
            counted=COUNTED,
            steps=9,
            best=6,
            losses=(Point(1, 1.0),),
            validations=(Point(9, 0.5),),
            stopped_early=True,
            seconds=30.0,
            tokens_per_second=SPEED,
            peak_bytes=10**9,
            held_bytes=5 * 10**8,
            device="cpu",
            versions={"torch": "2"},
        )

    monkeypatch.setattr(installed, "NEEDED", ())
    monkeypatch.setattr(training, "trained_by", trained)
    monkeypatch.setattr(estimating, "train", trained)
    return asked


async def test_a_training_is_told_and_written_down(
    settings: Settings, run: Run, jobs: list[Job]
) -> None:
    """People hear what is left out and how far it is; the manifest has hashes and versions."""
    lines: list[str] = []
    await train(run, settings, report=lines.append)
    assert "Left out e7: it has 9 tokens, and 8 are allowed." in lines
    assert lines[-1].startswith("Trained 9 steps in 30 s, ended early by the validation split")
    assert any("10 min left at most" in line for line in lines)
    (job,) = jobs
    assert (job.seed, job.rank, job.alpha, job.batch) == (7, 4, 8, 1)
    kept = open_run(settings.folder / "tuning", run.id)
    done = kept.needs("train")
    assert done.facts["dropped"] == {"e7": "it has 9 tokens, and 8 are allowed"}
    assert done.inputs["train"] == digest_of(job.train)
    assert kept.manifest.versions == {"torch": "2"}


async def test_an_adapter_is_exported_for_the_model_that_is_served(
    settings: Settings, run: Run, jobs: list[Job]
) -> None:
    """The run has a GGUF adapter with its hash; a whole model is written beside it."""
    del jobs
    await train(run, settings, report=lambda _: None)
    done = await export(run, settings, report=lambda _: None)
    assert done.outputs == {FILE: digest_of(run.folder / FILE)}
    merged = await export_merged(run, settings, "f16", report=lambda _: None)
    assert merged.read_bytes()[:4] == b"GGUF"
    assert run.needs("export") == done


async def test_another_model_than_the_served_one_is_not_trained(
    settings: Settings, run: Run, jobs: list[Job], tmp_path: Path
) -> None:
    """It is refused before anything is spent."""
    write_checkpoint(tmp_path, seed=2)
    with pytest.raises(DifferentModelError, match="not the same model"):
        await train(run, settings, report=lambda _: None)
    assert jobs == []


@pytest.mark.parametrize(
    ("tune", "said"), [("", "set model below"), ('model = "none"', "There is no model in")]
)
async def test_a_missing_model_is_one_sentence(
    settings: Settings, run: Run, jobs: list[Job], tune: str, said: str
) -> None:
    """It says which key to set."""
    file = settings.root / "footnote.toml"
    file.write_text(file.read_text().replace('model = "qwen2"', tune))
    with pytest.raises(FootnoteError, match=said):
        await train(run, load_settings(file), report=lambda _: None)
    assert jobs == []


async def test_an_estimate_is_made_of_a_few_steps(
    settings: Settings, run: Run, jobs: list[Job]
) -> None:
    """Time follows from the measured speed, memory from the measured peak, and nothing is kept."""
    before = sorted(path.name for path in run.folder.iterdir())
    found = await estimate(run, settings, report=lambda _: None)
    assert jobs[0].only_measure == estimating.STEPS
    # Nine steps of one example with a hundred tokens each, and as many validations of one example.
    assert found.seconds == pytest.approx(9 * 2 + 9 * 0.4 * 2 - 30, abs=5)
    assert found.steps == 9
    assert found.memory_bytes == pytest.approx(1.1e9)
    assert found.dropped == 1
    assert sorted(path.name for path in run.folder.iterdir()) == before
    assert any(line.startswith("Memory: 1.1 GB of ") for line in found.lines)


def test_a_model_larger_than_the_memory_is_not_even_tried(tmp_path: Path) -> None:
    """The sentence says how much it takes by itself."""
    data = tmp_path / "train.jsonl"
    shape = sizes(Job(write_checkpoint(tmp_path), data, tmp_path), gpu=False)
    check_fits(shape, 0)
    check_fits(shape, 10**9)
    with pytest.raises(UnavailableError, match="set quantized = true"):
        check_fits(shape, 1000)


async def test_nothing_is_trained_without_a_dataset(settings: Settings, jobs: list[Job]) -> None:
    """The sentence names the command that makes one."""
    manifest = new_manifest(7, parent="", settings={}, versions={})
    made = begin(settings.folder / "tuning", manifest)
    for step in (train, estimate):
        with pytest.raises(FootnoteError, match="run footnote tune dataset first"):
            await step(made, settings, report=lambda _: None)
    with pytest.raises(FootnoteError, match="run footnote tune train first"):
        await export(made, settings, report=lambda _: None)
    assert jobs == []
