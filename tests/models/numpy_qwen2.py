"""A plain forward pass of Qwen2 in float64 over the weights of a GGUF file, one text at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BASE = 10_000.0


def states(path: Path, tokens: Sequence[int], *, heads: int) -> Array:
    """Last hidden states after the final norm, shape (tokens, width).

    Args:
        path: The file, with weights in F32 and half as many heads for keys and values.
        tokens: Of one text.
        heads: Of the attention.
    """
    file = gguf.GGUFReader(path)
    exact = {tensor.name: tensor.data.astype(np.float64) for tensor in file.tensors}

    def norm(inputs: Array, name: str) -> Array:
        scaled = inputs / np.sqrt((inputs**2).mean(axis=-1, keepdims=True) + 1e-6)
        return np.asarray(scaled * exact[f"{name}.weight"])

    def linear(inputs: Array, name: str) -> Array:
        bias = exact.get(f"{name}.bias", np.zeros(1))
        return np.asarray(inputs @ exact[f"{name}.weight"].T + bias)

    found = exact["token_embd.weight"][list(tokens)]
    layer = 0
    while f"blk.{layer}.attn_q.weight" in exact:
        block = f"blk.{layer}"
        inputs = norm(found, f"{block}.attn_norm")
        query, key, value = (linear(inputs, f"{block}.attn_{part}") for part in "qkv")
        found = found + linear(_attention(query, key, value, heads), f"{block}.attn_output")
        inputs = norm(found, f"{block}.ffn_norm")
        gate = linear(inputs, f"{block}.ffn_gate")
        wide = gate / (1 + np.exp(-gate)) * linear(inputs, f"{block}.ffn_up")
        found = found + linear(wide, f"{block}.ffn_down")
        layer += 1
    return norm(found, "output_norm")


def _attention(query: Array, key: Array, value: Array, heads: int) -> Array:
    """Each token sees itself and those before it; two heads share keys and values."""
    size = query.shape[1] // heads
    unseen = np.triu(np.full((len(query), len(query)), -np.inf), 1)
    mixed = []
    for head in range(heads):
        own = slice(head * size, (head + 1) * size)
        shared = slice(head // 2 * size, (head // 2 + 1) * size)
        scores = _turned(query[:, own]) @ _turned(key[:, shared]).T / math.sqrt(size) + unseen
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed.append(powers / powers.sum(axis=-1, keepdims=True) @ value[:, shared])
    return np.concatenate(mixed, axis=-1)


def _turned(states_of_head: Array) -> Array:
    """Rotary positions: the first half of a head's numbers with the second half."""
    half = states_of_head.shape[1] // 2
    angles = np.arange(len(states_of_head))[:, None] * BASE ** (-np.arange(half) / half)
    first, second = states_of_head[:, :half], states_of_head[:, half:]
    cosines, sines = np.cos(angles), np.sin(angles)
    return np.concatenate(
        [first * cosines - second * sines, second * cosines + first * sines], axis=-1
    )
