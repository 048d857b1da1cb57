"""What a training takes by the shape of its model alone, before anything is loaded."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from footnote.models.export.checkpoint import read_checkpoint
from footnote.models.export.families import shape_of
from footnote.models.export.tensors import sizes_of
from footnote.models.training.job import TARGETS, Job

_FOUR_BITS = 0.56
"""Bytes of a weight in NF4: half a byte, and a scale for every 64, itself in eight bits."""
_ADAM = 3
"""An adapter in training: its weights, and Adam's two means of each."""
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
"""What lies in each checkpoint, too."""
CHECKPOINTS = 3
"""So many lie on the disk at once: the last two, and the one that is being written."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a training takes.

    Attributes:
        parameters: Of the training model.
        trained: Of the adapter.
        weights_bytes: The model in memory.
        largest_bytes: Its largest tensor, as training holds it.
        adapter_bytes: The adapter as a file.
        checkpoint_bytes: A checkpoint.
    """

    parameters: int
    trained: int
    weights_bytes: int
    largest_bytes: int
    adapter_bytes: int
    checkpoint_bytes: int

    @property
    def disk_bytes(self) -> int:
        """Checkpoints, and the adapter in both formats."""
        return CHECKPOINTS * self.checkpoint_bytes + 2 * self.adapter_bytes


def sizes(job: Job, *, gpu: bool) -> Sizes:
    """What the job's model and adapter take.

    Args:
        job: What is to be trained.
        gpu: Whether a GPU computes, which holds weights in two bytes and not in four.

    Raises:
        ExportError: The model's folder cannot be read, or is of a type that cannot be exported.
    """
    shape = shape_of(read_checkpoint(Path(job.model)).config)
    exact = 2.0 if gpu else 4.0
    parameters = trained = 0
    weights = 0.0
    largest = 0
    for name, size in sizes_of(shape).items():
        count = math.prod(size)
        part = name.removesuffix(".weight").rpartition(".")[2]
        is_matrix = name.endswith(".weight") and part in TARGETS
        parameters += count
        largest = max(largest, count)
        weights += count * (_FOUR_BITS if is_matrix and job.quantized else exact)
        if is_matrix:
            trained += job.rank * sum(size)
    adapter = 4 * trained
    best = adapter if job.validation else 0
    checkpoint = _ADAM * adapter + best + _size_of(job.model, _TOKENIZER)
    return Sizes(parameters, trained, int(weights), int(largest * exact), adapter, checkpoint)


def _size_of(folder: Path, names: Iterable[str]) -> int:
    """Bytes of these files, as far as they are there."""
    return sum(path.stat().st_size for name in names if (path := folder / name).is_file())
