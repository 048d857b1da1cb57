"""The rows with the highest sums over terms, found without adding up every sum.

A term that stands in nearly every row makes little difference, but has nearly all the postings. So
terms are added from the rarest to the most frequent, and once the rows that can still be among the
best are few, only these are looked up in what is left (Turtle & Flood 1995, "Query evaluation:
strategies and optimizations", max_score). The sums of the rows that are given back are complete.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
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

PAUSE: Final = 4
"""What can be left out is asked before a quarter as many postings as rows are added."""

ADDING: Final = (12, 6)
"""What adding takes: for a posting of its own, and for a row of a term that is spread out."""

LOOKING_UP: Final = (40, 8)
"""What looking a row up takes in a term: among its postings, and where it is spread out."""

ROUNDING: Final = 1e-9
"""More than the order of additions can change in a sum, for each 1 of its bound."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Where one term stands.

    Attributes:
        rows: The rows that it stands in, ascending.
        counts: How often it stands in each.
        peak: The highest of the counts, or more; 0 where it stands nowhere.
        spread: How often it stands in each row of the index, or None. With it, which frequent
            terms have, nothing is looked for among `rows`.
    """

    rows: Rows
    counts: Counts
    peak: int
    spread: Spread | None = None

    @classmethod
    def joined(cls, pieces: Sequence[Postings]) -> Postings:
        """Pieces whose rows ascend from one to the next as one."""
        if len(pieces) == 1:
            return pieces[0]
        return cls(
            np.concatenate([piece.rows for piece in pieces] or [np.empty(0, np.int32)]),
            np.concatenate([piece.counts for piece in pieces] or [np.empty(0, np.uint16)]),
            max((piece.peak for piece in pieces), default=0),
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
        return cls(postings, factor, norms, factor * postings.peak / (postings.peak + norms.least))

    @property
    def cost(self) -> int:
        """About what it takes to add it to every row."""
        apart, across = ADDING
        spread = self.postings.spread
        return apart * len(self.postings.rows) if spread is None else across * len(spread)

    def cost_of(self, rows: int) -> int:
        """About what it takes to look so many rows up."""
        return rows * LOOKING_UP[self.postings.spread is not None]

    def in_rows(self, rows: Places, norms: Floats) -> Floats:
        """What is added to each of these rows, which have these norms."""
        if self.postings.spread is not None:
            return _weights(self.factor, norms.copy(), self.postings.spread[rows])
        there, counts = self.postings.among(rows)
        added = np.zeros(len(rows))
        added[there] = _weights(self.factor, norms[there], counts)
        return added


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
    most = 0.0
    while left:
        batch = _next(left, len(scores) // PAUSE)
        _add(scores, batch)
        most += sum(term.most for term in batch)
        # No row can have more so far, so where that is less than what is left all can be reached.
        if left and most > sum(term.most for term in left):
            reach = _reachable(scores, left, eligible, limit, reach)
            if reach is not None and _is_quicker(len(reach), left):
                return _completed(reach, scores[reach], left, limit)
    rows = np.flatnonzero(scores > 0) if reach is None else reach
    if reach is None:
        rows = rows[eligible[rows]]
    return rows, scores[rows]


def _next(left: deque[ScoredTerm], most: int) -> list[ScoredTerm]:
    """The next terms, one or more, which have no more than so many postings together."""
    batch = [left.popleft()]
    postings = len(batch[0].postings.rows)
    while left and postings + len(left[0].postings.rows) <= most:
        batch.append(left.popleft())
        postings += len(batch[-1].postings.rows)
    return batch


def _add(scores: Floats, terms: Iterable[ScoredTerm]) -> None:
    """Add what these terms add to the score of every row."""
    apart: dict[int, list[ScoredTerm]] = defaultdict(list)
    for term in terms:
        if term.postings.spread is None:
            apart[id(term.norms)].append(term)
        else:
            scores += _weights(term.factor, term.norms.values.copy(), term.postings.spread)
    for alike in apart.values():
        rows = np.concatenate([term.postings.rows for term in alike])
        counts = np.concatenate([term.postings.counts for term in alike])
        sizes = [len(term.postings.rows) for term in alike]
        factors = np.repeat([term.factor for term in alike], sizes)
        weights = _weights(factors, alike[0].norms.values.take(rows), counts)
        if len(rows) * ADDING[0] < len(scores):
            np.add.at(scores, rows, weights)
        else:
            scores += np.bincount(rows, weights, len(scores))


def _weights(factor: float | Floats, norms: Floats, counts: Spread) -> Floats:
    """What so many occurrences add, 0 for none; takes the norms for itself."""
    with np.errstate(divide="ignore"):
        norms /= counts
    norms += 1
    return np.divide(factor, norms, out=norms)


def _reachable(
    scores: Floats,
    left: Iterable[ScoredTerm],
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


def _is_quicker(rows: int, left: Iterable[ScoredTerm]) -> bool:
    """Whether so many rows are sooner looked up in the terms than the terms are added."""
    return sum(term.cost_of(rows) for term in left) <= sum(term.cost for term in left)


def _completed(
    rows: Places, scores: Floats, left: Iterable[ScoredTerm], limit: int
) -> tuple[Places, Floats]:
    """Of these rows the best, with what the terms that are left add to their scores."""
    rest = deque(sorted(left, key=lambda term: -term.most))
    norms: dict[int, Floats] = {}
    while rest:
        term = rest.popleft()
        if id(term.norms) not in norms:
            norms[id(term.norms)] = term.norms.values[rows]
        scores = scores + term.in_rows(rows, norms[id(term.norms)])
        if len(rows) > 2 * limit:
            keep = np.flatnonzero(scores >= _needed(scores, rest, limit))
            if len(keep) * 2 < len(rows):
                rows, scores = rows[keep], scores[keep]
                norms = {field: values[keep] for field, values in norms.items()}
    return rows, scores


def _needed(so_far: Floats, left: Iterable[ScoredTerm], limit: int) -> float:
    """What a row must have so far to be among the best in the end, or 0."""
    if len(so_far) <= limit:
        return 0.0
    most = sum(term.most for term in left)
    least = float(np.partition(so_far, -limit)[-limit])
    return max(0.0, least - most - ROUNDING * (least + most))
