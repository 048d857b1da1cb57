"""A plain forward pass of BERT in float64, one text at a time, as the paper writes it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def states(
    weights: Mapping[str, NDArray[np.float32]], token_ids: Sequence[int], *, heads: int
) -> Array:
    """Last hidden states, shape (tokens, hidden).

    Args:
        weights: By their names in the checkpoint.
        token_ids: Of one text, without padding.
        heads: Attention heads a layer.
    """
    exact = {name: value.astype(np.float64) for name, value in weights.items()}

    def linear(inputs: Array, name: str) -> Array:
        return np.asarray(inputs @ exact[f"{name}.weight"].T + exact[f"{name}.bias"])

    def norm(inputs: Array, name: str) -> Array:
        centred = inputs - inputs.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return np.asarray(scaled * exact[f"{name}.weight"] + exact[f"{name}.bias"])

    def attention(inputs: Array, prefix: str) -> Array:
        query, key, value = (linear(inputs, prefix + part) for part in ("query", "key", "value"))
        size = inputs.shape[1] // heads
        mixed = []
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            scores = query[:, part] @ key[:, part].T / math.sqrt(size)
            powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
            mixed.append(powers / powers.sum(axis=-1, keepdims=True) @ value[:, part])
        return np.concatenate(mixed, axis=-1)

    found = (
        exact["embeddings.word_embeddings.weight"][list(token_ids)]
        + exact["embeddings.position_embeddings.weight"][: len(token_ids)]
        + exact["embeddings.token_type_embeddings.weight"][0]
    )
    found = norm(found, "embeddings.LayerNorm")
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in weights:
        prefix = f"encoder.layer.{layer}."
        attended = linear(
            attention(found, f"{prefix}attention.self."), f"{prefix}attention.output.dense"
        )
        found = norm(found + attended, f"{prefix}attention.output.LayerNorm")
        wide = _gelu(linear(found, f"{prefix}intermediate.dense"))
        found = norm(found + linear(wide, f"{prefix}output.dense"), f"{prefix}output.LayerNorm")
        layer += 1
    return found


def sentence(states_of_text: Array) -> Array:
    """The mean of the states, scaled to length 1."""
    mean = states_of_text.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def _gelu(inputs: Array) -> Array:
    return np.asarray(inputs * 0.5 * (1 + np.vectorize(math.erf)(inputs / math.sqrt(2))))
