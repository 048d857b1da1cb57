"""How an embedding or reranking model is served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Task = Literal["embed", "rank"]
Pooling = Literal["mean", "cls", "last"]

LONGEST = 1024
"""Tokens of one input at most, however long a context the model was made for: room for a passage
of 220 tokens beside a long question, and little memory."""


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """What is served, and with which means.

    Attributes:
        model: The GGUF file.
        task: What it is for: vectors of texts, or a score for a question with a passage.
        pooling: How a text's vector is made of its tokens', or None for what the file says.
        threads: Of the arithmetic.
        gpu_layers: Layers on the GPU; -1 for all, 0 for none.
        split_mode: How several GPUs share the model.
        flash_attention: Whether attention is computed in one pass, or None for llama.cpp's choice.
        extra_buffers: Whether weights may be rearranged for special instructions.
    """

    model: Path
    task: Task
    pooling: Pooling | None = None
    threads: int = 1
    gpu_layers: int = 0
    split_mode: Literal["none", "layer", "row"] = "layer"
    flash_attention: bool | None = None
    extra_buffers: bool = True
