"""Timing, made-up texts and printing, shared by the benchmarks."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

VOCABULARY = 30_000
_ZIPF = 1.07


class Writer:
    """Writes texts whose words are as frequent as in a natural language (Zipf's law).

    Args:
        seed: Of the draw.
    """

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
        self._words = [
            "".join(self.random.choice(letters, size))
            for size in self.random.integers(3, 11, VOCABULARY)
        ]
        weights = 1 / np.arange(1, VOCABULARY + 1) ** _ZIPF
        self._edges = np.cumsum(weights / weights.sum())

    def words(self, count: int) -> list[str]:
        """So many words, one by one."""
        drawn = np.searchsorted(self._edges, self.random.random(count)).tolist()
        return [self._words[min(index, VOCABULARY - 1)] for index in drawn]

    def text(self, words: int) -> str:
        """So many words."""
        return " ".join(self.words(words))

    def unit_vectors(self, count: int, dimension: int) -> np.ndarray:
        """Random directions, shape (count, dimension)."""
        vectors = self.random.normal(size=(count, dimension)).astype(np.float32)
        unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def percentiles(seconds: Sequence[float] | np.ndarray) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    low, high = np.percentile(np.array(seconds) * 1000, (50, 95))
    return {"p50_ms": round(float(low), 3), "p95_ms": round(float(high), 3)}


def resident_bytes() -> int:
    """Bytes of memory that this process has in use now, on Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def say(line: str) -> None:
    """Tell whoever waits."""
    sys.stderr.write(f"{line}\n")


def show(result: Mapping[str, object], *, as_json: bool) -> None:
    """Print the result."""
    if as_json:
        sys.stdout.write(f"{json.dumps(result, indent=2)}\n")
        return
    for name, value in result.items():
        sys.stdout.write(f"{name:<12} {value}\n")
