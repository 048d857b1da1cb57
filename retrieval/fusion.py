"""Joining two rankings by their scores.

Scores are scaled to 0…1 over the candidates and added. How much the vectors count depends on the
question: the nearer its nearest passage is, the better the embedder has understood it, and the
more they count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighting:
    """The weight of the vectors: `base + slope * best cosine`, kept within `low` and `high`.

    Fitted over five public collections together and rounded. Among six features alone it fitted
    best; with one collection left out, a fixed weight did better still. See docs/search.md.
    """

    base: float = 0.45
    slope: float = 0.3
    low: float = 0.1
    high: float = 0.9

    def of(self, cosines: Scores) -> float:
        """The weight for a question whose candidates have these cosines, in any order."""
        best = float(cosines.max()) if len(cosines) else 0.0
        return min(self.high, max(self.low, self.base + self.slope * best))


def min_max(scores: Scores) -> Scores:
    """Scores scaled so that the lowest is 0 and the highest 1; all 1 where they are equal."""
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    if high <= low:
        return np.ones_like(scores)
    scaled: Scores = (scores - low) / (high - low)
    return scaled


def fuse(lexical: Scores, cosines: Scores, weight: float) -> Scores:
    """`weight` times the scaled cosine plus `1 - weight` times the scaled lexical score.

    Args:
        lexical: Of each candidate, above 0, or 0 where no term matched: that counts as the lowest
            of those that matched.
        cosines: Of each candidate.
        weight: See above, 0…1.
    """
    fused = weight * min_max(cosines)
    matched = np.flatnonzero(lexical)
    fused[matched] += (1 - weight) * min_max(lexical[matched])
    return fused
