"""Trains: a LoRA on the answers' tokens alone, by TRL's trainer; only the child imports this."""

from __future__ import annotations

import resource
import shutil
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

import torch
from datasets import Dataset
from transformers import TrainerCallback, set_seed
from trl import SFTConfig, SFTTrainer

from footnote.models.training.best import Best
from footnote.models.training.checkpoints import check_room, checkpoints_of, last_whole
from footnote.models.training.curve import draw
from footnote.models.training.examples import Examples, check_trainable, read_examples
from footnote.models.training.installed import NEEDED
from footnote.models.training.job import Counted, Event, Job, Trained
from footnote.models.training.loading import context_of, model_of, tokenizer_of, with_adapter
from footnote.models.training.saving import Saving
from footnote.models.training.spans import Spans, Tokens
from footnote.models.training.steps import Watch

ADAPTER, CURVE = "adapter", "curve.svg"
"""What lies in a job's folder at the end."""
_TOKENS_AT_ONCE = 8192
_KEPT_CHECKPOINTS = 2


def fit(job: Job, tell: Callable[[Event], None]) -> Trained:
    """Train what a job says, and go on where a process that was killed has stopped.

    Args:
        job: What is to be trained.
        tell: Told how far it is.

    Raises:
        TrainingError: It cannot be trained, or written.
    """
    if job.threads:
        torch.set_num_threads(job.threads)
    set_seed(job.seed)
    tokenizer = tokenizer_of(job.model)
    longest = min(job.max_tokens, context_of(job.model) or job.max_tokens)
    spans = Spans(tokenizer)
    train = read_examples(job.train, spans, longest)
    check_trainable(train, job.train)
    tried = read_examples(job.validation, spans, longest) if job.validation else None
    counted = _counted(job, train, tried)
    tell(counted)
    checkpoints = checkpoints_of(job)
    check_room(job, gpu=torch.cuda.is_available())
    model = with_adapter(job, model_of(job))
    held = _peak()
    watch, read = Watch(tell, counted), _read(job, train.tokens)
    saving = Saving(watch, job.save_every)
    best = Best(model, job.patience) if _validates(job, counted) else None
    trainer = SFTTrainer(
        model=model,
        args=_arguments(job, counted, checkpoints),
        train_dataset=_dataset(read),
        eval_dataset=_dataset(tried.tokens) if tried and tried.tokens else None,
        processing_class=tokenizer,
        callbacks=_callbacks(job, best, watch, saving),
    )
    start = monotonic()
    found = last_whole(checkpoints, validates=best is not None)
    if found and best:
        best.resume(found)
    trainer.train(resume_from_checkpoint=str(found) if found else None)
    if best:
        best.put_back()
    seconds = monotonic() - start
    adapter = None if job.only_measure else _saved(trainer.model, job.folder)
    curve = None if job.only_measure else draw(watch.losses, watch.validations, job.folder / CURVE)
    if not job.only_measure:
        shutil.rmtree(checkpoints)
    tokens = sum(len(each.input_ids) for each in read) / len(read) * job.batch
    return Trained(
        adapter=adapter,
        curve=curve,
        counted=counted,
        steps=trainer.state.global_step,
        best=(best.step if best else 0) or trainer.state.global_step,
        losses=tuple(watch.losses),
        validations=tuple(watch.validations),
        stopped_early=trainer.state.global_step < counted.steps,
        seconds=seconds,
        tokens_per_second=tokens / watch.step_seconds if watch.step_seconds else 0.0,
        peak_bytes=_peak(),
        held_bytes=held,
        device=torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
        versions={name: version(name) for name in NEEDED},
        validating_seconds=watch.validating,
        saving_seconds=watch.saving,
        checkpoints=saving.checkpoints,
        processor_seconds=watch.processor,
    )


def _validates(job: Job, counted: Counted) -> bool:
    return bool(counted.validation) and not job.only_measure


def _callbacks(job: Job, best: Best | None, watch: Watch, saving: Saving) -> list[TrainerCallback]:
    """In their order: what the best adapter takes to keep counts as validating and saving."""
    first = [best] if best else []
    return [*first, watch, *([] if job.only_measure else [saving])]


def _counted(job: Job, train: Examples, tried: Examples | None) -> Counted:
    lengths = [len(each.input_ids) for each in train.tokens]
    return Counted(
        examples=len(lengths),
        tokens=sum(lengths),
        trained=sum(each.trained for each in train.tokens),
        longest=max(lengths),
        validation=len(tried.tokens) if tried else 0,
        steps=job.only_measure or job.steps(len(lengths)),
        dropped=(*train.dropped, *(tried.dropped if tried else ())),
    )


def _arguments(job: Job, counted: Counted, checkpoints: Path) -> SFTConfig:
    gpu = torch.cuda.is_available()
    at_once = job.batch
    while at_once % 2 == 0 and at_once * counted.longest > _TOKENS_AT_ONCE:
        at_once //= 2
    between = job.steps_between(counted.examples)
    validates = _validates(job, counted)
    return SFTConfig(
        output_dir=str(checkpoints),
        max_steps=counted.steps,
        per_device_train_batch_size=at_once,
        gradient_accumulation_steps=job.batch // at_once,
        per_device_eval_batch_size=at_once,
        learning_rate=job.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=max(1, counted.steps // 20),
        seed=job.seed,
        data_seed=job.seed,
        max_length=None,
        logging_steps=max(1, between // 4),
        eval_strategy="steps" if validates else "no",
        eval_steps=between,
        save_strategy="no",
        save_total_limit=_KEPT_CHECKPOINTS,
        report_to="none",
        disable_tqdm=True,
        use_cpu=not gpu,
        bf16=gpu,
        gradient_checkpointing=gpu,
        dataloader_pin_memory=gpu,
    )


def _read(job: Job, tokens: Sequence[Tokens]) -> Sequence[Tokens]:
    """All examples; to measure, a few of all lengths, the longest among them."""
    if not job.only_measure:
        return tokens
    ordered = sorted(tokens, key=lambda each: len(each.input_ids), reverse=True)
    count = job.only_measure * job.batch
    return [ordered[number * len(ordered) // count] for number in range(count)]


def _dataset(tokens: Sequence[Tokens]) -> Dataset:
    return Dataset.from_dict(
        {
            "input_ids": [list(each.input_ids) for each in tokens],
            "labels": [list(each.labels) for each in tokens],
        }
    )


def _saved(model: Any, folder: Path) -> Path:
    """The adapter under its name, whole, in the place of an older one."""
    part, target = folder / f"{ADAPTER}.part", folder / ADAPTER
    for path in (part, target):
        shutil.rmtree(path, ignore_errors=True)
    model.save_pretrained(part)
    part.replace(target)
    return target


def _peak() -> int:
    """Most bytes of memory so far: of the GPU where there is one, else of this process."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale
