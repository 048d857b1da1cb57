"""What a training process is told, and what it tells: JSON, one object a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The matrices that get an adapter: all for which a GGUF adapter has a place."""
_MOST_STEPS_BETWEEN = 100


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be trained.

    Attributes:
        model: The folder of the training model, as Transformers saves one.
        train: The examples: chats as JSONL, each with `messages` and, where it has one, an `id`.
        folder: Where checkpoints, adapter and curve go; what is there of the same job is gone on
            with.
        validation: Examples for the early stop, or None.
        rank: Of the adapter's matrices.
        alpha: By which the adapter is scaled: alpha / rank.
        epochs: How often each example is read, at most.
        learning_rate: How far a step goes, at its largest.
        batch: Examples of one step.
        max_tokens: Longer examples are left out, and named.
        quantized: Whether the training model is held in four bits.
        seed: Of all that is random.
        patience: After so many validations without a gain it ends.
        threads: Of the processor, or 0 for as many as there are.
        only_measure: Train for so many steps, and keep nothing; 0 to train.
        save_every: Steps from one checkpoint to the next; 0 for as often as costs about a
            hundredth of the time.
    """

    model: Path
    train: Path
    folder: Path
    validation: Path | None = None
    rank: int = 16
    alpha: int = 32
    epochs: float = 3.0
    learning_rate: float = 2e-4
    batch: int = 8
    max_tokens: int = 2048
    quantized: bool = False
    seed: int = 1
    patience: int = 3
    threads: int = 0
    only_measure: int = 0
    save_every: int = 0

    def steps(self, examples: int) -> int:
        """How many steps so many examples take, at most."""
        return max(1, round(self.epochs * self._round(examples)))

    def steps_between(self, examples: int) -> int:
        """How many steps lie between two looks at the validation split: half a round, or 100."""
        return max(1, min(self._round(examples) // 2, _MOST_STEPS_BETWEEN))

    def _round(self, examples: int) -> int:
        """Steps in which each example is read once."""
        return -(-examples // self.batch)


@dataclass(frozen=True, slots=True)
class Dropped:
    """An example that is not trained.

    Attributes:
        id: Its own, or "line N".
        reason: Why, as the end of a sentence.
    """

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What is trained.

    Attributes:
        examples: How many.
        tokens: Theirs, prompts included.
        trained: Of these, the ones whose loss counts.
        longest: Tokens of the longest example.
        validation: Examples that it is tried on.
        steps: How many there will be at most.
        dropped: What is left out.
    """

    examples: int
    tokens: int
    trained: int
    longest: int
    validation: int
    steps: int
    dropped: tuple[Dropped, ...] = ()
    type: Literal["counted"] = "counted"


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is.

    Attributes:
        step: The last one that is done, from 1.
        steps: How many there will be at most.
        seconds_left: Until all are done.
        loss: Mean of the trained tokens since the last such message, or None.
        validation: The same on the validation split, or None.
    """

    step: int
    steps: int
    seconds_left: float
    loss: float | None = None
    validation: float | None = None
    type: Literal["step"] = "step"


@dataclass(frozen=True, slots=True)
class Point:
    """A loss on the curve."""

    step: int
    loss: float


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of it.

    Attributes:
        adapter: The folder, as PEFT saves one; None where it was only measured.
        curve: The picture of the losses, SVG.
        counted: What was trained.
        steps: How many were done.
        best: The step whose adapter was kept.
        losses: Of training, in order.
        validations: Of the validation split, in order.
        stopped_early: Whether the validation split ended it.
        seconds: Of training, validating and saving, without what comes before and behind.
        tokens_per_second: Tokens of examples, prompts included, while it trains and does neither
            validate nor save; the first step, which warms up, is not counted.
        peak_bytes: Most memory of the process, or of the GPU where there is one.
        held_bytes: Memory of the process, or of the GPU, with the model before the first step.
        device: What computed: "cpu" or the GPU's name.
        versions: Of the libraries.
        validating_seconds: Of `seconds`, what the validation split took.
        saving_seconds: Of `seconds`, what checkpoints took.
        checkpoints: How many were saved.
        processor_seconds: That the processor, all its threads together, was at training alone; on
            a busy machine they say more than the others.
    """

    adapter: Path | None
    curve: Path | None
    counted: Counted
    steps: int
    best: int
    losses: tuple[Point, ...]
    validations: tuple[Point, ...]
    stopped_early: bool
    seconds: float
    tokens_per_second: float
    peak_bytes: int
    held_bytes: int
    device: str
    versions: dict[str, str] = field(default_factory=dict)
    validating_seconds: float = 0.0
    saving_seconds: float = 0.0
    checkpoints: int = 0
    processor_seconds: float = 0.0
    type: Literal["trained"] = "trained"


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing came of it; a sentence for a person."""

    reason: str
    type: Literal["failed"] = "failed"


Event = Counted | Step | Trained | Failed


@cache
def jobs() -> TypeAdapter[Job]:
    """Reads and writes what a process is told."""
    return TypeAdapter(Job)


@cache
def events() -> TypeAdapter[Event]:
    """Reads and writes what it tells."""
    return TypeAdapter(Annotated[Event, Field(discriminator="type")])
