"""Paired differences of two systems over the same questions, with how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SAMPLES = 10_000
SEED = 20_240_501
"""Fixed, so that the same figures give the same interval."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one system is than another one.

    Attributes:
        mean: Mean difference over the questions.
        low: Lower end of the 95 % confidence interval.
        high: Upper end of it.
    """

    mean: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def paired_bootstrap(ours: Sequence[float], theirs: Sequence[float]) -> Difference:
    """The mean of `ours - theirs` and its 95 % interval, by questions drawn anew.

    The percentile bootstrap (Efron 1979) over questions, both systems by the same draw.

    Raises:
        ValueError: The two are not figures of the same, one or more, questions.
    """
    if not ours or len(ours) != len(theirs):
        raise ValueError("a paired bootstrap needs the figures of both systems for each question")
    differences = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    random = np.random.default_rng(SEED)
    drawn = random.integers(0, len(differences), (SAMPLES, len(differences)), dtype=np.int32)
    means = differences[drawn].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(float(differences.mean()), float(low), float(high))
