"""An inverted index in memory for one field, with textbook BM25.

Postings lie in segments: sorted term hashes, and for each term its rows and counts. What is loaded
later becomes a segment of its own; small segments are merged, so that there are only ever
logarithmically many. A row is the place of a passage in memory; the rows of passages that are gone
stay in the segments and are passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.stores.base import FieldQuery, TermStatistics
from footnote.retrieval.stores.sqlite_columns import Column
from footnote.retrieval.stores.sqlite_terms import term_hashes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
Rows = NDArray[np.int32]
Counts = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Matches:
    """Postings of a query's terms, term by term.

    Attributes:
        sizes: How many postings each term has.
        rows: The row of each posting.
        counts: How often the term stands there.
    """

    sizes: NDArray[np.int64]
    rows: Rows
    counts: Counts

    def living(self, alive: Flags) -> NDArray[np.int64]:
        """How many postings each term has in living rows."""
        ends = np.cumsum(self.sizes)
        running = np.concatenate(([0], np.cumsum(alive[self.rows])))
        living: NDArray[np.int64] = running[ends] - running[ends - self.sizes]
        return living


@dataclass(frozen=True, slots=True)
class Segment:
    """Postings of many rows by term.

    Attributes:
        hashes: The different terms, ascending.
        offsets: Where the postings of each term begin; one more than there are terms.
        rows: The row of each posting.
        counts: How often the term stands in that row.
    """

    hashes: Hashes
    offsets: NDArray[np.int64]
    rows: Rows
    counts: Counts

    @classmethod
    def build(cls, hashes: Hashes, rows: Rows, counts: Counts) -> Segment:
        """Sort postings, given in any order, by term; each argument has one item a posting."""
        order, hashes = sort_hashes(hashes)
        first = np.ones(len(hashes), dtype=np.bool_)
        np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
        starts = np.flatnonzero(first)
        offsets = np.append(starts, len(hashes))
        return cls(hashes[starts], offsets, rows[order], counts[order])

    def merged(self, other: Segment) -> Segment:
        """Both segments as one."""
        return Segment.build(
            np.concatenate((self._expanded(), other._expanded())),
            np.concatenate((self.rows, other.rows)),
            np.concatenate((self.counts, other.counts)),
        )

    def _expanded(self) -> Hashes:
        return np.repeat(self.hashes, np.diff(self.offsets))

    def find(self, wanted: Hashes) -> Matches:
        """The postings of these terms, term by term."""
        places = np.searchsorted(self.hashes, wanted)
        places[places == len(self.hashes)] = 0
        starts = self.offsets[places]
        stops = np.where(self.hashes[places] == wanted, self.offsets[places + 1], starts)
        slices = [slice(*ends) for ends in zip(starts.tolist(), stops.tolist(), strict=True)]
        return Matches(
            sizes=stops - starts,
            rows=np.concatenate([self.rows[:0], *(self.rows[s] for s in slices)]),
            counts=np.concatenate([self.counts[:0], *(self.counts[s] for s in slices)]),
        )


def sort_hashes(hashes: Hashes) -> tuple[NDArray[np.intp], Hashes]:
    """The order that sorts hashes, equal ones as they were given, and the sorted hashes.

    NumPy sorts numbers several times faster than it finds their order, so each place is written
    into the low bits of its hash and sorted with it. Where two hashes differ in those bits alone,
    a second pass, quick on what is nearly sorted, puts them right.
    """
    low = np.uint64((1 << len(hashes).bit_length()) - 1)
    packed = hashes & ~low
    packed |= np.arange(len(hashes), dtype=np.uint64)
    packed.sort()
    packed &= low
    order = packed.view(np.intp)
    in_order = hashes[order]
    if (in_order[1:] < in_order[:-1]).any():
        order = order[np.argsort(in_order, kind="stable")]
        in_order = hashes[order]
    return order, in_order


class FieldIndex:
    """The terms of one field of all passages."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._lengths = Column(np.dtype(np.int32))
        self._total_length = 0

    @property
    def lengths(self) -> Column:
        """Number of terms of each row, repetitions included."""
        return self._lengths

    @property
    def nbytes(self) -> int:
        """Bytes of memory in use."""
        return self._lengths.nbytes + sum(
            array.nbytes
            for s in self._segments
            for array in (s.hashes, s.offsets, s.rows, s.counts)
        )

    def add(self, hashes: Hashes, rows: Rows, counts: Counts) -> None:
        """Add postings of new rows, one item a posting."""
        if not len(hashes):
            return
        self._segments.append(Segment.build(hashes, rows, counts))
        while len(self._segments) > 1 and len(self._segments[-2].rows) < 2 * len(
            self._segments[-1].rows
        ):
            last = self._segments.pop()
            self._segments[-1] = self._segments[-1].merged(last)

    def count_living(self, alive: Flags) -> None:
        """Take note of which rows are alive; needed after every change of rows."""
        self._total_length = int(self._lengths.values.sum(where=alive, dtype=np.int64))

    def statistics(self, terms: Collection[str], alive: Flags, living: int) -> TermStatistics:
        """N, document frequencies and mean length over the living rows."""
        different = tuple(dict.fromkeys(terms))
        _, frequencies = self._find(different, alive, living)
        return TermStatistics(
            passages=living,
            frequencies=dict(zip(different, frequencies.tolist(), strict=True)),
            mean_length=self._total_length / living if living else 0.0,
        )

    def add_scores(self, scores: Floats, query: FieldQuery, alive: Flags, living: int) -> None:
        """Add the query's weighted BM25 to the score of every living row.

        The sum over the query's terms of idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * l / mean)),
        with idf = ln(1 + (N - df + 0.5) / (df + 0.5)) (Robertson & Zaragoza 2009, "The
        Probabilistic Relevance Framework", 3.5).
        """
        times = Counter(query.terms)
        matches, df = self._find(times, alive, living)
        if not df.any():
            return
        idf = np.log(1 + (living - df + 0.5) / (df + 0.5))
        factors = query.weight * (query.k1 + 1) * idf * np.fromiter(times.values(), np.float64)
        mean = self._total_length / living
        norms = query.k1 * (1 - query.b + query.b / mean * self._lengths.values)
        for match in matches:
            weights = np.repeat(factors, match.sizes)
            weights /= 1 + norms.take(match.rows) / match.counts
            scores += np.bincount(match.rows, weights, minlength=len(scores))

    def _find(
        self, terms: Collection[str], alive: Flags, living: int
    ) -> tuple[list[Matches], NDArray[np.int64]]:
        """The postings of these terms, dead rows included, and the terms' document frequencies."""
        hashes = term_hashes(terms)
        matches = [segment.find(hashes) for segment in self._segments]
        frequencies = np.zeros(len(hashes), np.int64)
        for match in matches:
            frequencies += match.sizes if living == len(alive) else match.living(alive)
        return matches, frequencies
