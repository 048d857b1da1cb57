"""The rows with the highest sums over terms, found without adding up every sum.

A term that stands in nearly every row makes little difference, but has nearly all the postings. So
terms are added from the rarest to the most frequent, and once the rows that can still be among the
best are few, only these are looked up in what is left (Turtle & Flood 1995, "Query evaluation:
strategies and optimizations", max_score). The sums of the rows that are given back are complete.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int32]
Counts = NDArray[np.uint16]
Spread = NDArray[np.unsignedinteger]
Places = NDArray[np.intp]

LOOKUP: Final = 4
"""Looking a row up in a term costs about so many times what adding one posting does."""

PAUSE: Final = 4
"""What can be left out is asked before a quarter as many postings as rows are added."""

ROUNDING: Final = 1e-9
"""More than the order of additions can change in a sum, for each 1 of its bound."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Where one term stands.

    Attributes:
        rows: The rows that it stands in, ascending.
        counts: How often it stands in each.
        spread: How often it stands in each row of the index, or None. With it, which frequent
            terms have, nothing is looked for among `rows`.
    """

    rows: Rows
    counts: Counts
    spread: Spread | None = None

    @classmethod
    def joined(cls, pieces: Sequence[Postings]) -> Postings:
        """Pieces whose rows ascend from one to the next as one."""
        if len(pieces) == 1:
            return pieces[0]
        return cls(
            np.concatenate([piece.rows for piece in pieces] or [np.empty(0, np.int32)]),
            np.concatenate([piece.counts for piece in pieces] or [np.empty(0, np.uint16)]),
        )

    def among(self, rows: Places) -> tuple[Places, Counts]:
        """Which of these rows the term stands in, as places in `rows`, and how often."""
        places = np.searchsorted(self.rows, rows.astype(self.rows.dtype))
        places[places == len(self.rows)] = 0
        there = np.flatnonzero(self.rows[places] == rows)
        return there, self.counts[places[there]]


@dataclass(frozen=True, slots=True)
class Norms:
    """What the lengths of rows do to a term's frequency.

    Attributes:
        values: For each row of the index.
        least: The lowest of them.
    """

    values: Floats
    least: float


@dataclass(frozen=True, slots=True)
class ScoredTerm:
    """What one term adds: `factor * tf / (tf + norm)` in each row that it stands in.

    Attributes:
        postings: Where it stands.
        factor: See above.
        norms: See above.
        most: At least as much as it adds to any row.
    """

    postings: Postings
    factor: float
    norms: Norms
    most: float

    @classmethod
    def of(cls, postings: Postings, factor: float, norms: Norms) -> ScoredTerm:
        """A term that stands somewhere."""
        often = float(postings.counts.max())
        return cls(postings, factor, norms, factor * often / (often + norms.least))

    def add_to(self, scores: Floats) -> None:
        """Add to the score of every row."""
        rows, counts, spread = self.postings.rows, self.postings.counts, self.postings.spread
        if spread is None:
            scores[rows] += self._weights(self.norms.values.take(rows), counts)
        else:
            scores += self._weights(self.norms.values.copy(), spread)

    def in_rows(self, rows: Places) -> Floats:
        """What is added to each of these rows."""
        norms, spread = self.norms.values, self.postings.spread
        if spread is not None:
            return self._weights(norms[rows], spread[rows])
        there, counts = self.postings.among(rows)
        added = np.zeros(len(rows))
        added[there] = self._weights(norms[rows[there]], counts)
        return added

    def _weights(self, norms: Floats, counts: Spread) -> Floats:
        """What so many occurrences add, 0 for none; takes the norms for itself."""
        with np.errstate(divide="ignore"):
            norms /= counts
        norms += 1
        return np.divide(self.factor, norms, out=norms)


def best_rows(terms: Sequence[ScoredTerm], eligible: Flags, limit: int) -> tuple[Places, Floats]:
    """Eligible rows with their sums, all of the best ones and equals among them.

    Args:
        terms: What is added up.
        eligible: For each row whether it counts.
        limit: How many of the best are wanted, above 0.

    Returns:
        Rows whose sum is above 0, ascending, and their sums.
    """
    scores = np.zeros(len(eligible))
    left = deque(sorted(terms, key=lambda term: len(term.postings.rows)))
    reach: Places | None = None
    added = 0
    while left:
        added += len(left[0].postings.rows)
        if added * PAUSE >= len(scores):
            added = 0
            reach = _reachable(scores, left, eligible, limit, reach)
            if reach is not None and _is_quicker(len(reach), left):
                return _completed(reach, scores[reach], left, limit)
        left.popleft().add_to(scores)
    rows = np.flatnonzero(eligible & (scores > 0)) if reach is None else reach
    return rows, scores[rows]


def _reachable(
    scores: Floats,
    left: Collection[ScoredTerm],
    eligible: Flags,
    limit: int,
    before: Places | None,
) -> Places | None:
    """The rows that can still be among the best, or None where all can; `before` could so far."""
    rows = before
    if rows is None:
        rows = np.flatnonzero(scores > 0)
        rows = rows[eligible[rows]]
    so_far = scores[rows]
    needed = _needed(so_far, left, limit)
    if needed <= 0:
        return None
    return rows[so_far >= needed]


def _is_quicker(rows: int, left: Collection[ScoredTerm]) -> bool:
    """Whether so many rows are sooner looked up in the terms than the terms are added."""
    return rows * LOOKUP * len(left) <= sum(len(term.postings.rows) for term in left)


def _completed(
    rows: Places, scores: Floats, left: Collection[ScoredTerm], limit: int
) -> tuple[Places, Floats]:
    """Of these rows the best, with what the terms that are left add to their scores."""
    rest = deque(sorted(left, key=lambda term: -term.most))
    while rest:
        scores = scores + rest.popleft().in_rows(rows)
        keep = scores >= _needed(scores, rest, limit)
        rows, scores = rows[keep], scores[keep]
    return rows, scores


def _needed(so_far: Floats, left: Iterable[ScoredTerm], limit: int) -> float:
    """What a row must have so far to be among the best in the end, or 0."""
    if len(so_far) <= limit:
        return 0.0
    most = sum(term.most for term in left)
    least = float(np.partition(so_far, -limit)[-limit])
    return max(0.0, least - most - ROUNDING * (least + most))
