"""What training a run will take, before anything is spent: by the model's shape and a few steps."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from footnote.bot.errors import UnavailableError
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.runs import Run
from footnote.bot.tuning.training import job_of
from footnote.bot.working_time import in_words
from footnote.models.machine import gpus, memory_bytes
from footnote.models.training.installed import check_installed
from footnote.models.training.job import Job, Trained
from footnote.models.training.pace import SHARE
from footnote.models.training.sizes import Sizes, sizes
from footnote.models.training.training import train

STEPS = 3
"""So many are tried out; the first warms up and is not counted."""
_FORWARD = 0.4
"""What a validation takes of a step over the same examples, which also goes back."""
_MARGIN = 1.1


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a training takes.

    Attributes:
        examples: That are trained.
        dropped: That are left out.
        steps: At most.
        parameters: Of the training model.
        trained: Of the adapter.
        device: What computes.
        memory_bytes: Most memory, of the GPU where there is one.
        has_bytes: The memory that there is; 0 where nobody tells.
        seconds: From the start to the adapter, at most.
        disk_bytes: At most at once.
        free_bytes: The room that there is.
    """

    examples: int
    dropped: int
    steps: int
    parameters: int
    trained: int
    device: str
    memory_bytes: int
    has_bytes: int
    seconds: float
    disk_bytes: int
    free_bytes: int

    @property
    def lines(self) -> tuple[str, ...]:
        """It for people."""
        needed, has = f"{self.memory_bytes / 1e9:.1f} GB", f"{self.has_bytes / 1e9:.1f} GB"
        left_out = f", and {self.dropped} are left out" if self.dropped else ""
        adapter = f"the adapter has {self.trained / 1e6:.2f} million"
        return (
            f"Examples: {self.examples}, in {self.steps} steps at most{left_out}",
            f"Model: {self.parameters / 1e6:.1f} million parameters; {adapter}, on {self.device}",
            f"Memory: {needed} of {has}" if self.has_bytes else f"Memory: {needed}",
            f"Time: {in_words(self.seconds)} at most",
            f"Disk: {self.disk_bytes / 1e9:.2f} GB of {self.free_bytes / 1e9:.1f} GB",
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it would fail, one sentence each."""
        found = []
        if self.has_bytes and self.memory_bytes > self.has_bytes:
            found.append(
                "There is too little memory: set quantized = true, a smaller batch or fewer "
                "max_tokens, or choose a smaller model."
            )
        if self.disk_bytes > self.free_bytes:
            found.append("There is too little room on the disk: free some space.")
        return tuple(found)


async def estimate(run: Run, settings: Settings, *, report: Callable[[str], None]) -> Estimate:
    """Say what training a run takes.

    Args:
        run: The run; its dataset is read.
        settings: The settings.
        report: Told what goes on.

    Raises:
        FootnoteError: There is no dataset, no model, or far too little memory for it.
        ModelError: The training model is not the one that is served, or it cannot be trained.
    """
    run.needs("dataset")
    check_installed(quantized=settings.tune.quantized)
    began = monotonic()
    job = await job_of(run, settings)
    checking = monotonic() - began
    found = await estimate_job(job, within=run.folder, report=report)
    return replace(found, seconds=checking + found.seconds)


async def estimate_job(job: Job, *, within: Path, report: Callable[[str], None]) -> Estimate:
    """Say what a job takes.

    Args:
        job: What would be trained.
        within: A folder on the disk that is to hold it.
        report: Told what goes on.

    Raises:
        FootnoteError: There is far too little memory.
        ModelError: It cannot be trained.
    """
    has_gpu = max((gpu.memory for gpu in await gpus() if gpu.kind == "cuda"), default=0)
    has = has_gpu or memory_bytes()
    shape = sizes(job, gpu=bool(has_gpu))
    check_fits(shape, has)
    report(f"Trying {STEPS} steps out.")
    began = monotonic()
    with TemporaryDirectory(dir=within) as folder:
        measured = await train(replace(job, folder=Path(folder), only_measure=STEPS))
    starting = monotonic() - began - measured.seconds
    free = shutil.disk_usage(within).free
    return _estimate(job, shape, measured, starting, has=has, free=free)


def check_fits(shape: Sizes, has: int) -> None:
    """Refuse even to try a model that is larger than the memory.

    Args:
        shape: What the training takes by the model's shape.
        has: The memory that there is; 0 where nobody tells.

    Raises:
        UnavailableError: It is larger.
    """
    if has and shape.weights_bytes > has:
        raise UnavailableError(
            f"The training model takes {shape.weights_bytes / 1e9:.1f} GB of memory by itself, and "
            f"there are {has / 1e9:.1f} GB: set quantized = true, or choose a smaller model."
        )


def _estimate(  # noqa: PLR0913  all that it is made of
    job: Job, shape: Sizes, measured: Trained, starting: float, *, has: int, free: int
) -> Estimate:
    counted = measured.counted
    steps = job.steps(counted.examples)
    step_tokens = counted.tokens / counted.examples * job.batch
    step = step_tokens / measured.tokens_per_second
    validations = steps // job.steps_between(counted.examples)
    validating = validations * counted.validation / job.batch * _FORWARD * step
    working = steps * step + validating
    return Estimate(
        examples=counted.examples,
        dropped=len(counted.dropped),
        steps=steps,
        parameters=shape.parameters,
        trained=shape.trained,
        device=measured.device,
        memory_bytes=int(measured.peak_bytes * _MARGIN),
        has_bytes=has,
        seconds=starting + working / (1 - SHARE),
        disk_bytes=shape.disk_bytes,
        free_bytes=free,
    )
