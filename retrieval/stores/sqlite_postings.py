"""An inverted index in memory for one field, and what its terms add to textbook BM25.

Postings lie in segments: sorted term hashes, and for each term its rows and counts. What is loaded
later becomes a segment of its own; small segments are merged, so that there are only ever
logarithmically many. A row is the place of a passage in memory; the rows of passages that are gone
stay in the segments and are passed over.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.stores.base import FieldQuery, TermStatistics
from footnote.retrieval.stores.sqlite_columns import Column
from footnote.retrieval.stores.sqlite_scoring import (
    Counts,
    Norms,
    Postings,
    Rows,
    ScoredTerm,
    Spread,
)
from footnote.retrieval.stores.sqlite_terms import term_hashes

Flags = NDArray[np.bool_]
Hashes = NDArray[np.uint64]

FREQUENT = 8
"""A term that stands in one of so many rows, or in more, is frequent: see `Postings.spread`."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Postings of many rows by term.

    Attributes:
        hashes: The different terms, ascending.
        offsets: Where the postings of each term begin; one more than there are terms.
        rows: The row of each posting.
        counts: How often the term stands in that row.
        peaks: The highest count of each term.
    """

    hashes: Hashes
    offsets: NDArray[np.int64]
    rows: Rows
    counts: Counts
    peaks: Counts

    @classmethod
    def build(cls, hashes: Hashes, rows: Rows, counts: Counts) -> Segment:
        """Sort postings, given in any order, by term; each argument has one item a posting."""
        order, hashes = sort_hashes(hashes)
        first = np.ones(len(hashes), dtype=np.bool_)
        np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
        starts = np.flatnonzero(first)
        offsets = np.append(starts, len(hashes))
        counts = counts[order]
        peaks = np.maximum.reduceat(counts, starts)
        return cls(hashes[starts], offsets, rows[order], counts, peaks)

    def merged(self, other: Segment) -> Segment:
        """Both segments as one."""
        return Segment.build(
            np.concatenate((self._expanded(), other._expanded())),
            np.concatenate((self.rows, other.rows)),
            np.concatenate((self.counts, other.counts)),
        )

    def _expanded(self) -> Hashes:
        return np.repeat(self.hashes, np.diff(self.offsets))

    def find(self, wanted: Hashes) -> list[Postings]:
        """The postings of each of these terms."""
        places = np.searchsorted(self.hashes, wanted)
        places[places == len(self.hashes)] = 0
        starts = self.offsets[places]
        stops = np.where(self.hashes[places] == wanted, self.offsets[places + 1], starts)
        ends = zip(starts.tolist(), stops.tolist(), self.peaks[places].tolist(), strict=True)
        return [
            Postings(self.rows[start:stop], self.counts[start:stop], peak if start < stop else 0)
            for start, stop, peak in ends
        ]


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
        self._norms: dict[tuple[float, float], Norms] = {}
        self._spread: dict[int, Spread] = {}

    @property
    def lengths(self) -> Column:
        """Number of terms of each row, repetitions included."""
        return self._lengths

    @property
    def nbytes(self) -> int:
        """Bytes of memory in use."""
        arrays = [
            array
            for s in self._segments
            for array in (s.hashes, s.offsets, s.rows, s.counts, s.peaks)
        ]
        return self._lengths.nbytes + sum(
            array.nbytes for array in (*arrays, *self._spread.values())
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
        self._norms.clear()
        self._spread.clear()

    def statistics(self, terms: Collection[str], alive: Flags, living: int) -> TermStatistics:
        """N, document frequencies and mean length over the living rows."""
        different = tuple(dict.fromkeys(terms))
        frequencies = [_living(each, alive, living) for _, each in self._find(different)]
        return TermStatistics(
            passages=living,
            frequencies=dict(zip(different, frequencies, strict=True)),
            mean_length=self._total_length / living if living else 0.0,
        )

    def scoring(self, query: FieldQuery, alive: Flags, living: int) -> list[ScoredTerm]:
        """What each term of a query that stands somewhere adds to the scores of rows.

        The terms' sum is textbook BM25: idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * l / mean)),
        with idf = ln(1 + (N - df + 0.5) / (df + 0.5)) (Robertson & Zaragoza 2009, "The
        Probabilistic Relevance Framework", 3.5).
        """
        times = Counter(query.terms)
        scored = []
        for (hash_, postings), count in zip(self._find(times), times.values(), strict=True):
            df = _living(postings, alive, living)
            if df:
                idf = math.log(1 + (living - df + 0.5) / (df + 0.5))
                factor = query.weight * (query.k1 + 1) * idf * count
                norms = self._norms_of(query, living)
                spread = self._spread_out(hash_, postings) if norms.least > 0 else postings
                scored.append(ScoredTerm.of(spread, factor, norms))
        return scored

    def _spread_out(self, hash_: int, postings: Postings) -> Postings:
        """A frequent term with how often it stands in each row, kept until rows change."""
        rows = len(self._lengths.values)
        if len(postings.rows) * FREQUENT < rows:
            return postings
        if hash_ not in self._spread:
            spread = np.zeros(rows, np.min_scalar_type(postings.peak))
            spread[postings.rows] = postings.counts
            self._spread[hash_] = spread
        return replace(postings, spread=self._spread[hash_])

    def _norms_of(self, query: FieldQuery, living: int) -> Norms:
        """k1 * (1 - b + b * l / mean) for every row, kept until rows change."""
        key = query.k1, query.b
        if key not in self._norms:
            mean = self._total_length / living
            norms = query.k1 * (1 - query.b + query.b / mean * self._lengths.values)
            self._norms = {key: Norms(norms, float(norms.min()))}
        return self._norms[key]

    def _find(self, terms: Collection[str]) -> list[tuple[int, Postings]]:
        """The hash and the postings of each of these terms, dead rows included."""
        hashes = term_hashes(terms)
        found = [segment.find(hashes) for segment in self._segments]
        joined = [Postings.joined(pieces) for pieces in zip(*found, strict=True)] or [
            Postings.joined(()) for _ in hashes
        ]
        return list(zip(hashes.tolist(), joined, strict=True))


def _living(postings: Postings, alive: Flags, living: int) -> int:
    """In how many living rows a term stands."""
    if living == len(alive):
        return len(postings.rows)
    return int(np.count_nonzero(alive[postings.rows]))
