"""Joining two rankings by their scores.

Scores are scaled to 0…1 over the candidates and added. How much the vectors count depends on the
question: where one document stands out from the rest by its cosine, they count more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key", bound=str)

_RUNNERS_UP = 10


@dataclass(frozen=True, slots=True)
class Weighting:
    """The weight of the vectors: `base + slope * distinctness`, kept within `low` and `high`."""

    base: float = 0.45
    slope: float = 0.25
    low: float = 0.1
    high: float = 0.9

    def of(self, cosines: Sequence[float]) -> float:
        """The weight for a question whose best cosines, best first, are these.

        Distinctness is how far the best stands above the mean of the next nine, as a share of the
        whole range.
        """
        if len(cosines) < 2 or cosines[0] <= cosines[-1]:  # noqa: PLR2004  a range needs two
            return self.base
        next_best = cosines[1:_RUNNERS_UP]
        lead = cosines[0] - sum(next_best) / len(next_best)
        distinctness = lead / (cosines[0] - cosines[-1])
        return min(self.high, max(self.low, self.base + self.slope * distinctness))


def min_max(scores: Mapping[Key, float]) -> dict[Key, float]:
    """Scores scaled so that the lowest is 0 and the highest 1; all 1 where they are equal."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high <= low:
        return dict.fromkeys(scores, 1.0)
    return {key: (score - low) / (high - low) for key, score in scores.items()}


def fuse(
    lexical: Mapping[Key, float], cosines: Mapping[Key, float], weight: float
) -> dict[Key, float]:
    """`weight` times the scaled cosine plus `1 - weight` times the scaled lexical score.

    A candidate that one side does not know counts as that side's lowest.
    """
    scaled_lexical, scaled_cosines = min_max(lexical), min_max(cosines)
    return {
        key: weight * scaled_cosines.get(key, 0.0) + (1 - weight) * scaled_lexical.get(key, 0.0)
        for key in {**lexical, **cosines}
    }
