"""A model of Qwen2's smallest shape, by LoRA and by QLoRA: memory and tokens a second.

Its weights are random, which costs as much as others would. Where there is a GPU, it computes, and
memory is what CUDA has given out at most; else it is the most that the process has held. Before
each training stands what `footnote tune estimate` says of it.

    python -m tests.benchmarks.tuning --half-billion --json
    python -m tests.benchmarks.tuning --half-billion --examples 8 --tokens 64 --json

The second is for a machine without a GPU.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from footnote.models.training.job import Job
from tests.benchmarks.timing import say
from tests.benchmarks.tuning_figures import both
from tests.models.export.checkpoints import write_checkpoint
from tests.models.training.chats import write_chats

SHAPE: Final[Mapping[str, Any]] = {
    "hidden_size": 896,
    "intermediate_size": 4864,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "vocab_size": 151_936,
    "max_position_embeddings": 32_768,
    "rope_theta": 1_000_000.0,
    "tie_word_embeddings": True,
    "dtype": "bfloat16",
}
"""Qwen2 0.5B as it was published, in bfloat16: 494 million parameters."""
FEW: Final = 64
LENGTH: Final = 512
_BATCH = 4
_AROUND = 40
"""Tokens of the template and the question."""


async def measure_half_billion(
    examples: int, length: int, shape: Mapping[str, Any] = SHAPE
) -> dict[str, Any]:
    """Train a new model for one round, twice.

    Args:
        examples: How many are read.
        length: Tokens of each, about.
        shape: Of the model.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say("Making the model…")
        model = write_checkpoint(folder, **shape)
        chats = (_chat(number, length - _AROUND) for number in range(examples))
        train = write_chats(folder / "train.jsonl", chats)
        job = Job(model, train, folder, epochs=1.0, batch=_BATCH, max_tokens=2 * length + _AROUND)
        return {"examples": examples, "length": length, **await both(job, estimated=True)}


def _chat(number: int, words: int) -> dict[str, Any]:
    """An example, whose answer has a token or two a letter."""
    draw = random.Random(number)  # noqa: S311  nothing secret
    answer = "".join(draw.choice("bcdfghjklmnpqrstvwxz") for _ in range(words))
    texts = (("user", f"What is number {number}?"), ("assistant", answer))
    return {"messages": [{"role": role, "content": text} for role, text in texts]}
