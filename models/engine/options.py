"""How a model is served: what a person sets, and what is tuned to the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

CacheType = Literal["f32", "f16", "q8_0", "q4_0"]


@dataclass(frozen=True, slots=True)
class Tuning:
    """What fits a machine; the answers are as good whatever it says.

    Attributes:
        threads: Of the arithmetic.
        sequences: Answers at once.
        rows: Tokens of one step at most.
        rows_beside: Tokens of a prompt in one step while answers are written, or None for as many
            as the machine reads between two tokens that do not seem to stall.
        flash_attention: Whether attention is computed in one pass; best on GPUs.
        shared_cells: Whether the sequences share one cache; best on GPUs.
        cache_type: Of the keys and values.
        guesses: Tokens guessed at a time from the prompt; 0 for none.
    """

    threads: int = 1
    sequences: int = 4
    rows: int = 512
    rows_beside: int | None = None
    flash_attention: bool = False
    shared_cells: bool = False
    cache_type: CacheType = "f16"
    guesses: int = 3


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter.

    Attributes:
        path: The GGUF file.
        scale: How much of it is added to the model's weights; 1 is as it was trained.
    """

    path: Path
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What is served, and with which means.

    Attributes:
        model: The GGUF file.
        adapters: By name.
        context_tokens: Tokens of one prompt with its answer.
        gpu_layers: Layers on the GPU; -1 for all, 0 for none.
        split_mode: How several GPUs share the model.
        flash_attention: Whether attention is computed in one pass, or None to find out.
        cache_type: Of the keys and values, or None to find out.
        spill_bytes: Memory for threads' caches outside the model.
        extra_buffers: Whether weights may be rearranged for special instructions.
        tuning: Fixed, or None to find out and remember it.
        profiles: The folder where what was found out is remembered, or None.
    """

    model: Path
    adapters: dict[str, Adapter] = field(default_factory=dict)
    context_tokens: int = 4096
    gpu_layers: int = 0
    split_mode: Literal["none", "layer", "row"] = "layer"
    flash_attention: bool | None = None
    cache_type: CacheType | None = None
    spill_bytes: int = 256 << 20
    extra_buffers: bool = True
    tuning: Tuning | None = None
    profiles: Path | None = None
