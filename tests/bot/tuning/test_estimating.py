"""What an estimate says is what the training then takes."""

from __future__ import annotations

import asyncio
import resource
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from footnote.bot.tuning.estimating import Estimate, estimate_job
from footnote.models.export.adapters import export_adapter
from footnote.models.training.checkpoints import CHECKPOINTS
from footnote.models.training.job import Event, Job, Trained
from footnote.models.training.sizes import CHECKPOINTS as AT_ONCE
from footnote.models.training.training import train
from tests.models.export.checkpoints import write_checkpoint
from tests.models.training.chats import chat, needs_torch, small_job, write_chats

TIME, MEMORY, DISK = 2.0, 1.5, 1.2
"""By which factor each may be off, up or down."""
EXAMPLES = 64


@dataclass(frozen=True, slots=True)
class Taken:
    """What a training took.

    Attributes:
        trained: What came of it.
        seconds: Of the processor.
        checkpoint: Bytes of the largest checkpoint.
        checkpoints: Most whole ones at once.
        adapter: Bytes of the adapter in both formats.
    """

    trained: Trained
    seconds: float
    checkpoint: int
    checkpoints: int
    adapter: int


def job_in(folder: Path) -> Job:
    """A training whose steps take long enough to be timed, and which saves on its way."""
    job = small_job(folder, rank=64, epochs=3.0, patience=1000, save_every=4, learning_rate=1e-3)
    sizes: dict[str, Any] = {
        "hidden_size": 256,
        "intermediate_size": 768,
        "num_hidden_layers": 4,
    }
    answers = [f"It is {number}: {'day ' * (10 + number % 30)}" for number in range(EXAMPLES)]
    write_chats(job.train, [chat(number, answer) for number, answer in enumerate(answers)])
    return replace(job, model=write_checkpoint(folder / "larger", **sizes))


async def taken(job: Job) -> Taken:
    """Train, and see what that takes."""
    found: list[list[int]] = []

    def look(_: Event) -> None:
        each = (job.folder / CHECKPOINTS).glob("checkpoint-*")
        found.append([bytes_in(path) for path in each])

    before = processor_seconds()
    trained = await train(job, look)
    seconds = processor_seconds() - before
    assert trained.adapter
    gguf = job.folder / "adapter.gguf"
    await export_adapter(trained.adapter, job.model, gguf)
    return Taken(
        trained,
        seconds,
        checkpoint=max(size for sizes in found for size in sizes),
        checkpoints=max(map(len, found)),
        adapter=bytes_in(trained.adapter) + gguf.stat().st_size,
    )


def bytes_in(folder: Path) -> int:
    """Bytes of all files in a folder, of which some may go meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def processor_seconds() -> float:
    """What all processes that have ended, and were started here, took of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def is_within(factor: float, said: float, was: float) -> bool:
    """Whether what was said is what was, but for a factor."""
    return said / factor <= was <= said * factor


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[Estimate, float, Taken]:
    """An estimate, the part of a processor that it had, and the training."""
    folder = tmp_path_factory.mktemp("estimated")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OMP_NUM_THREADS", "1")
        job = job_in(folder)
        before, began = processor_seconds(), monotonic()
        said = asyncio.run(estimate_job(job, within=folder, report=print))
        part = (processor_seconds() - before) / (monotonic() - began)
        return said, part, asyncio.run(taken(job))


pytestmark = [needs_torch, pytest.mark.soak]


def test_time_is_as_was_said(scene: tuple[Estimate, float, Taken]) -> None:
    """Within a factor of 2, as a machine counts that has nothing else to do.

    A busy one gives the trial a part of a processor, and what it says is longer by that.
    """
    said, part, was = scene
    assert was.trained.steps == said.steps
    assert is_within(TIME, said.seconds * part, was.seconds), (said.seconds, part, was.seconds)


def test_memory_is_as_was_said(scene: tuple[Estimate, float, Taken]) -> None:
    """Within a factor of 1.5."""
    said, _, was = scene
    peak = was.trained.peak_bytes
    assert is_within(MEMORY, said.memory_bytes, peak), (said.memory_bytes, peak)


def test_disk_is_as_was_said(scene: tuple[Estimate, float, Taken]) -> None:
    """Within a factor of 1.2: two checkpoints, one that is being written, and the adapter twice."""
    said, _, was = scene
    took = AT_ONCE * was.checkpoint + was.adapter
    assert was.checkpoints <= AT_ONCE
    assert is_within(DISK, said.disk_bytes, took), (said.disk_bytes, took)
