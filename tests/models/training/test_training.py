"""A whole training in its own process: what comes of it, and that kill -9 changes nothing.

The trainings are shared by all tests here, also by those in other processes of one test run, since
each takes as long as importing torch.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from safetensors.numpy import load_file

from footnote.models.export.adapters import export_adapter
from footnote.models.training.errors import TrainingError
from footnote.models.training.job import Counted, Event, Job, Step, Trained, events
from footnote.models.training.sizes import sizes
from footnote.models.training.training import train
from tests.models.training.chats import chat, needs_torch, small_job, write_chats

pytestmark = needs_torch


@dataclass(frozen=True, slots=True)
class Whole:
    """A training that nothing disturbed.

    Attributes:
        job: What was trained.
        told: What was told meanwhile.
        trained: What came of it.
    """

    job: Job
    told: list[Event]
    trained: Trained


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all processes of this test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "training"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def whole(shared: Path) -> Whole:
    """The undisturbed training, done by the first process that asks for it."""
    folder, kept = shared / "whole", shared / "whole.jsonl"
    with FileLock(shared / "whole.lock"):
        if not kept.exists():
            told: list[Event] = []
            result = asyncio.run(train(small_job(folder), told.append))
            kept.write_bytes(b"\n".join(events().dump_json(each) for each in (*told, result)))
        *told, last = (events().validate_json(line) for line in kept.read_bytes().splitlines())
    assert isinstance(last, Trained)
    return Whole(small_job(folder), told, last)


def test_what_is_left_out_is_named_before_the_first_step(whole: Whole) -> None:
    """The broken line and the long example are named; all others are counted."""
    first = whole.told[0]
    assert isinstance(first, Counted)
    assert [each.id for each in first.dropped] == ["line 25", "e98"]
    assert (first.examples, first.validation) == (24, 6)
    assert first.trained < first.tokens


def test_progress_and_losses_are_told(whole: Whole) -> None:
    """Steps come in order with the time that is left, and the losses fall on both splits."""
    steps = [each for each in whole.told if isinstance(each, Step)]
    assert [each.step for each in steps] == sorted(each.step for each in steps)
    assert steps[-1].seconds_left == 0
    losses, tried = whole.trained.losses, whole.trained.validations
    assert losses[-1].loss < losses[0].loss
    assert tried[-1].loss < tried[0].loss
    assert whole.trained.curve is not None
    assert whole.trained.curve.read_text().startswith("<svg")


def test_a_short_training_is_not_saved_on_its_way(whole: Whole) -> None:
    """What is done again in a moment costs nothing; where the time went is told."""
    trained = whole.trained
    assert (trained.checkpoints, trained.saving_seconds) == (0, 0)
    assert 0 < trained.validating_seconds < trained.seconds


def test_nothing_but_the_adapter_and_the_picture_is_kept(whole: Whole) -> None:
    """Checkpoints, with their pickles, are gone; the adapter is as large as was foreseen."""
    names = {path.name for path in whole.job.folder.iterdir()}
    assert names == {"adapter", "curve.svg", "job.json", "training.log"}
    size = (whole.job.folder / "adapter" / "adapter_model.safetensors").stat().st_size
    foreseen = sizes(whole.job, gpu=False).adapter_bytes
    assert foreseen <= size < foreseen + 50_000


async def test_the_adapter_can_be_exported(whole: Whole, tmp_path: Path) -> None:
    """What is trained is what a GGUF adapter has a place for."""
    target = tmp_path / "adapter.gguf"
    await export_adapter(whole.job.folder / "adapter", whole.job.model, target)
    assert target.stat().st_size > 0


async def test_a_killed_training_goes_on_to_the_same_adapter(
    whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After kill -9 the next one begins at a checkpoint, and every bit is as if undisturbed.

    The undisturbed one has saved no checkpoint, so saving changes nothing either.
    """
    job = small_job(tmp_path, save_every=4)
    kill = _kill_after(5, monkeypatch)
    with pytest.raises(TrainingError, match=r"signal 9.*goes on at its last checkpoint"):
        await train(job, kill)
    assert not (job.folder / "adapter").exists()
    told: list[Event] = []
    resumed = await train(job, told.append)
    first = next(each for each in told if isinstance(each, Step))
    assert first.step == 5
    _same(whole.job.folder, job.folder)
    assert resumed.losses == whole.trained.losses
    assert resumed.validations == whole.trained.validations


@pytest.mark.soak
async def test_a_killed_training_ends_early_as_if_undisturbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After kill -9 behind the best step, it ends at the same step with the same best adapter."""

    def overfitted(folder: Path) -> Job:
        job = small_job(folder, learning_rate=2e-2, epochs=30.0, patience=6, save_every=2)
        assert job.validation
        write_chats(job.validation, [chat(at, "Nobody knows that here.") for at in range(30, 36)])
        return job

    one, other = overfitted(tmp_path / "one"), overfitted(tmp_path / "other")
    undisturbed = await train(one)
    assert undisturbed.stopped_early
    assert undisturbed.checkpoints > 0
    kill = _kill_after(undisturbed.best + 3, monkeypatch)
    with pytest.raises(TrainingError, match="signal 9"):
        await train(other, kill)
    told: list[Event] = []
    resumed = await train(other, told.append)
    assert next(each for each in told if isinstance(each, Step)).step > undisturbed.best
    assert (resumed.steps, resumed.best) == (undisturbed.steps, undisturbed.best)
    assert resumed.validations == undisturbed.validations
    _same(one.folder, other.folder)


def _kill_after(step: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[Event], None]:
    """Kills the child when it tells of this step."""
    made: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def noted(*args: str, **kwargs: object) -> asyncio.subprocess.Process:
        made.append(await start(*args, **kwargs))  # type: ignore[arg-type]  # as it was given
        return made[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)

    def kill(event: Event) -> None:
        if isinstance(event, Step) and event.step >= step and made[-1].returncode is None:
            made[-1].send_signal(signal.SIGKILL)

    return kill


def _same(one: Path, other: Path) -> None:
    weights = [load_file(each / "adapter" / "adapter_model.safetensors") for each in (one, other)]
    assert weights[0].keys() == weights[1].keys()
    for name, numbers in weights[0].items():
        assert numbers.tobytes() == weights[1][name].tobytes(), name
