"""What the best documents say, as a second question for all the others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.fusion import Scores
from footnote.retrieval.ranking import Places

_BELOW = 0.999
"""The best of the others stays this much below the last that is settled, so that none is level."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """How far the best documents lead the search on to more of their kind.

    They keep their places: only what ranks below them is ranked anew. A question that one document
    answers therefore loses nothing, and one that many answer finds more of them. Measured over
    five public collections; see docs/search.md.

    Attributes:
        leaders: How many of the best documents are believed, and keep their places.
        share: How much the mean of their best passages counts beside the question.
    """

    leaders: int = 5
    share: float = 0.5


def led_on(vector: Vectors, best: Vectors, share: float) -> Vectors:
    """The question's vector moved towards the mean of the best passages, shape (dimension,).

    Rocchio 1971, "Relevance feedback in information retrieval", without what is not relevant.

    Args:
        vector: The question's, shape (dimension,).
        best: Those of the passages, shape (number of passages, dimension), one or more.
        share: How much their mean counts.
    """
    moved = np.asarray(vector, dtype=np.float32) + share * best.mean(axis=0)
    return np.asarray(moved, dtype=np.float32)


def settled(before: Scores, anew: Scores, kept: Places) -> Scores:
    """The scores anew, but at the kept places, one or more, those before and above all others."""
    lowest = float(before[kept].min())
    others = np.ones(len(anew), np.bool_)
    others[kept] = False
    highest = float(anew[others].max(initial=0.0))
    scale = min(1.0, _BELOW * lowest / highest) if highest > 0 else 1.0
    # Numbers next to nothing have no 0.999 of themselves: rounding would make them level again.
    after: Scores = np.minimum(anew * scale, math.nextafter(lowest, 0.0))
    after[kept] = before[kept]
    return after
