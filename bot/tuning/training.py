"""The step train: an adapter from a run's dataset."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.runs import Done, Run, digest_of
from footnote.bot.tuning.training_model import check_served
from footnote.bot.working_time import in_words
from footnote.models.training.installed import check_installed
from footnote.models.training.job import Counted, Event, Job, Step, Trained
from footnote.models.training.training import train as trained_by

FOLDER = "training"
"""What a run's folder has of this step."""
ADAPTER = f"{FOLDER}/adapter"
_OUTPUTS = (f"{ADAPTER}/adapter_model.safetensors", f"{ADAPTER}/adapter_config.json")
CURVE = f"{FOLDER}/curve.svg"
_TOLD_PARTS = 20
"""Progress is told so often, and at each validation."""


async def train(run: Run, settings: Settings, *, report: Callable[[str], None]) -> Done:
    """Teach an adapter, or go on where a killed process stopped.

    Args:
        run: The run; its dataset is read.
        settings: The settings.
        report: Told what is trained, what is left out and why, and how far it is.

    Raises:
        FootnoteError: There is no dataset, or no model to train.
        ModelError: The training model is not the one that is served, or it cannot be trained.
    """
    run.needs("dataset")
    check_installed(quantized=settings.tune.quantized)
    began = monotonic()
    job = await job_of(run, settings)
    result = await trained_by(job, _Teller(report))
    inputs = {
        "train": digest_of(job.train),
        "model": digest_of(job.model / "config.json"),
    }
    if job.validation:
        inputs["validation"] = digest_of(job.validation)
    outputs = {name: digest_of(run.folder / name) for name in (*_OUTPUTS, CURVE)}
    run.knows(result.versions)
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    done = Done(now, round(monotonic() - began, 3), inputs, outputs, _facts(result))
    run.finish("train", done)
    report(_told(result))
    return done


async def job_of(run: Run, settings: Settings) -> Job:
    """What is to be trained.

    Raises:
        FootnoteError: There is no model to train.
        ExportError: It is not the model that is served.
    """
    tune, data = settings.tune, run.folder / "dataset"
    validation = data / "validation.jsonl"
    return Job(
        model=await check_served(settings),
        train=data / "train.jsonl",
        folder=run.folder / FOLDER,
        validation=validation if validation.is_file() else None,
        rank=tune.rank,
        alpha=2 * tune.rank,
        epochs=tune.epochs,
        learning_rate=tune.learning_rate,
        batch=tune.batch,
        max_tokens=tune.max_tokens,
        quantized=tune.quantized,
        seed=run.manifest.seed,
    )


class _Teller:
    """Turns events into lines, and not too many of them."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._part = -1

    def __call__(self, event: Event) -> None:
        if isinstance(event, Counted):
            for each in event.dropped:
                self._report(f"Left out {each.id}: {each.reason}.")
            self._report(
                f"Training on {event.examples} examples with {event.tokens} tokens, "
                f"{event.trained} of them in answers; {event.validation} are kept for validation."
            )
        elif isinstance(event, Step):
            part = event.step * _TOLD_PARTS // event.steps
            if part > self._part or event.validation is not None:
                self._part = part
                self._report(_line(event))


def _line(step: Step) -> str:
    losses = [f"loss {step.loss:.3f}"] if step.loss is not None else []
    if step.validation is not None:
        losses.append(f"loss on validation {step.validation:.3f}")
    left = in_words(step.seconds_left)
    return f"Step {step.step} of {step.steps}: {', '.join(losses)}; {left} left at most."


def _told(result: Trained) -> str:
    early = ", ended early by the validation split" if result.stopped_early else ""
    return (
        f"Trained {result.steps} steps in {in_words(result.seconds)}{early}; the adapter is that "
        f"of step {result.best}."
    )


def _facts(result: Trained) -> dict[str, object]:
    counted = result.counted
    return {
        "examples": counted.examples,
        "validation": counted.validation,
        "tokens": counted.tokens,
        "trained_tokens": counted.trained,
        "dropped": {each.id: each.reason for each in counted.dropped},
        "steps": result.steps,
        "best_step": result.best,
        "stopped_early": result.stopped_early,
        "losses": [[point.step, point.loss] for point in result.losses],
        "validation_losses": [[point.step, point.loss] for point in result.validations],
        "seconds": round(result.seconds, 3),
        "validating_seconds": round(result.validating_seconds, 3),
        "saving_seconds": round(result.saving_seconds, 3),
        "processor_seconds": round(result.processor_seconds, 3),
        "tokens_per_second": round(result.tokens_per_second, 1),
        "peak_bytes": result.peak_bytes,
        "device": result.device,
    }
