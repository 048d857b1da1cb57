"""The rows with the highest sums of BM25 over the terms of a question.

What a term adds to a row is a factor, which the question has, times a share, which the row has. A
frequent term has its share in every row at hand, so that adding it is one pass over an array; what
the others add is gathered for their own rows alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numkong
import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.ranking import Places, best_of

Floats = NDArray[np.float64]
Shares = NDArray[np.float32]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int32]
Counts = NDArray[np.uint16]

SAMPLED: Final = 16
"""The highest of many are first looked for above what one in so many says is high."""

SURELY: Final = 2
"""So many times as many as are wanted are let through by that, and a few more."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a term adds to rows: `factor * share` to each.

    Attributes:
        rows: The rows that it stands in, each once; None where every row has a share.
        shares: The share of each of these rows, 0 where the term does not stand.
        factor: See above.
    """

    rows: Rows | None
    shares: Shares
    factor: float


def best_rows(
    terms: Iterable[Term], eligible: Flags, name: Callable[[int], str], limit: int
) -> tuple[Places, Floats]:
    """The eligible rows with the highest sums above 0, in any order, and their sums.

    Args:
        terms: What is added up.
        eligible: For each row whether it counts.
        name: The name of a row. Of rows with equal sums the first by their names are the best.
        limit: How many rows are wanted at most, above 0.
    """
    sums = _sums(list(terms), len(eligible))
    if np.count_nonzero(eligible) < len(eligible):
        sums[~eligible] = 0
    rows = above(sums, limit)
    rows = rows[sums[rows] > 0]
    rows = rows[best_of(sums[rows], lambda place: name(rows[place]), limit)]
    return rows, sums[rows]


def above(scores: NDArray[np.floating], count: int) -> Places:
    """The places of the `count` highest scores, equals among them, and perhaps of some below."""
    rank = SURELY * count // SAMPLED + SAMPLED
    sample = scores[::SAMPLED]
    if rank < len(sample):
        places = np.flatnonzero(scores >= np.partition(sample, -rank)[-rank])
        if len(places) >= count:
            return places
    if count < len(scores):
        return np.flatnonzero(scores >= np.partition(scores, -count)[-count])
    return np.arange(len(scores))


def _sums(terms: Sequence[Term], rows: int) -> Floats:
    """What the terms add to each row."""
    sums = _gathered([(term.rows, term) for term in terms if term.rows is not None], rows)
    frequent = [term for term in terms if term.rows is None]
    if frequent:
        added = np.zeros(rows, np.float32)
        for term in frequent:
            numkong.blend(term.shares, added, alpha=term.factor, beta=1.0, out=added)
        sums += added
    return sums


def _gathered(terms: Sequence[tuple[Rows, Term]], rows: int) -> Floats:
    """What terms add to each row that stand in some alone, each given with these."""
    if not terms:
        return np.zeros(rows)
    places = np.concatenate([stands for stands, _ in terms])
    added = np.concatenate([term.shares * np.float32(term.factor) for _, term in terms])
    # The types of NumPy know of no weights, with which sums are what it counts.
    return np.bincount(places, added, rows).astype(np.float64, copy=False)
