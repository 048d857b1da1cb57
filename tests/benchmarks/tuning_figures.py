"""What is told of a training, by LoRA and by QLoRA side by side."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from time import monotonic
from typing import Any

from footnote.bot.tuning.estimating import estimate_job
from footnote.models.training.installed import QUANTIZING
from footnote.models.training.job import Job, Trained
from footnote.models.training.training import train
from tests.benchmarks.timing import say


def training_seconds(trained: Trained) -> float:
    """Seconds of the training by itself, without validating and saving."""
    return trained.seconds - trained.validating_seconds - trained.saving_seconds


def tokens_read(trained: Trained, batch: int) -> float:
    """Tokens of all examples that were read, prompts included, each as often as it was."""
    a_round = -(-trained.counted.examples // batch)
    return trained.counted.tokens * trained.steps / a_round


def figures(trained: Trained, batch: int) -> dict[str, Any]:
    """Speed and memory; of the GPU where there is one, else of the process."""
    return {
        "tokens_per_second": round(tokens_read(trained, batch) / training_seconds(trained), 1),
        "peak_mb": round(trained.peak_bytes / 1e6),
        "with_model_mb": round(trained.held_bytes / 1e6),
        "training_s": round(training_seconds(trained), 2),
        "steps": trained.steps,
        "device": trained.device,
    }


async def both(job: Job, *, estimated: bool = False) -> dict[str, Any]:
    """A training in full and one in four bits; None where that is not installed.

    Args:
        job: What is trained, in folders of their own below that of the job.
        estimated: Whether to put beside each what an estimate says of it first.
    """
    found: dict[str, Any] = {"lora": None, "qlora": None}
    for name, quantized in (("lora", False), ("qlora", True)):
        if quantized and importlib.util.find_spec(QUANTIZING) is None:
            say(f"{QUANTIZING} is not installed, so there is no training in four bits.")
            continue
        chosen = replace(job, folder=job.folder / name, quantized=quantized)
        said = await _said(chosen) if estimated else {}
        start = monotonic()
        trained = await train(chosen)
        whole = {"whole_s": round(monotonic() - start, 1)}
        found[name] = {**figures(trained, job.batch), **whole, **said}
        say(f"{name}: {found[name]}")
    return found


async def _said(job: Job) -> dict[str, Any]:
    """What an estimate says of a training."""
    found = await estimate_job(job, within=job.folder.parent, report=say)
    return {
        "estimated": {
            "whole_s": round(found.seconds, 1),
            "peak_mb": round(found.memory_bytes / 1e6),
            "disk_mb": round(found.disk_bytes / 1e6, 1),
        }
    }
