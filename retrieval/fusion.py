"""Joining two rankings by their scores.

Scores are scaled to 0…1 over the candidates and added. How much the vectors count depends on the
question: the nearer its nearest passage is, the better the embedder has understood it, and the
more they count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key", bound=str)


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

    def of(self, cosines: Collection[float]) -> float:
        """The weight for a question whose candidates have these cosines, in any order."""
        best = max(cosines, default=0.0)
        return min(self.high, max(self.low, self.base + self.slope * best))


def min_max(scores: Mapping[Key, float]) -> dict[Key, float]:
    """Scores scaled so that the lowest is 0 and the highest 1; all 1 where they are equal."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high <= low:
        return dict.fromkeys(scores, 1.0)
    span = high - low
    return {key: (score - low) / span for key, score in scores.items()}


def fuse(
    lexical: Mapping[Key, float], cosines: Mapping[Key, float], weight: float
) -> dict[Key, float]:
    """`weight` times the scaled cosine plus `1 - weight` times the scaled lexical score.

    A candidate that one side does not know counts as that side's lowest.
    """
    fused = {key: weight * scaled for key, scaled in min_max(cosines).items()}
    rest = 1 - weight
    for key, scaled in min_max(lexical).items():
        fused[key] = fused.get(key, 0.0) + rest * scaled
    return fused
