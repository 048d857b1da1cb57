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
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.stores.base import FieldQuery, TermStatistics
from footnote.retrieval.stores.sqlite_columns import Column
from footnote.retrieval.stores.sqlite_scoring import (
    Counts,
    Flags,
    Floats,
    Rows,
    Shares,
    Term,
)
from footnote.retrieval.stores.sqlite_terms import term_hashes

Hashes = NDArray[np.uint64]

FREQUENT: Final = 8
"""A term that stands in one of so many rows, or in more, has its share in every row at hand."""


class Postings(NamedTuple):
    """Where one term stands.

    Attributes:
        rows: The rows that it stands in, each once.
        counts: How often it stands in each.
    """

    rows: Rows
    counts: Counts


class Known(NamedTuple):
    """What is kept of a term that was asked for until rows change.

    Attributes:
        living: In how many living rows it stands.
        rows: See `Term`.
        shares: See `Term`: of a row, `count / (count + norm)`.
    """

    living: int
    rows: Rows | None
    shares: Shares


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

    @property
    def nbytes(self) -> int:
        """Bytes of memory in use."""
        arrays = (self.hashes, self.offsets, self.rows, self.counts)
        return sum(array.nbytes for array in arrays)

    def _expanded(self) -> Hashes:
        return np.repeat(self.hashes, np.diff(self.offsets))

    def find(self, wanted: Hashes) -> list[Postings]:
        """The postings of each of these terms."""
        places = np.searchsorted(self.hashes, wanted)
        places[places == len(self.hashes)] = 0
        starts = self.offsets[places]
        stops = np.where(self.hashes[places] == wanted, self.offsets[places + 1], starts)
        return [
            Postings(self.rows[start:stop], self.counts[start:stop])
            for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
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
        self._norms: dict[tuple[float, float], Floats] = {}
        self._known: dict[int, Known] = {}

    @property
    def lengths(self) -> Column:
        """Number of terms of each row, repetitions included."""
        return self._lengths

    @property
    def nbytes(self) -> int:
        """Bytes of memory in use."""
        kept = sum(known.shares.nbytes for known in self._known.values())
        return self._lengths.nbytes + kept + sum(s.nbytes for s in self._segments)

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
        # It may view segments that have been merged since, and would keep them in memory.
        self._known.clear()

    def statistics(self, terms: Collection[str], alive: Flags, living: int) -> TermStatistics:
        """N, document frequencies and mean length over the living rows."""
        different = tuple(dict.fromkeys(terms))
        found = self._find(term_hashes(different))
        frequencies = [_living(postings, alive, living) for postings in found]
        return TermStatistics(
            passages=living,
            frequencies=dict(zip(different, frequencies, strict=True)),
            mean_length=self._total_length / living if living else 0.0,
        )

    def scoring(self, query: FieldQuery, alive: Flags, living: int) -> list[Term]:
        """What each term of a query that stands somewhere adds to the scores of rows.

        The terms' sum is textbook BM25: idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * l / mean)),
        with idf = ln(1 + (N - df + 0.5) / (df + 0.5)) (Robertson & Zaragoza 2009, "The
        Probabilistic Relevance Framework", 3.5).
        """
        times = Counter(query.terms)
        hashes = term_hashes(times)
        scale = query.weight * (query.k1 + 1)
        self._learn(hashes, self._norms_of(query, living), alive, living)
        terms: list[Term] = []
        for hash_, count in zip(hashes.tolist(), times.values(), strict=True):
            known = self._known.get(hash_)
            if known:
                factor = scale * count * _idf(known.living, living)
                terms.append(Term(known.rows, known.shares, factor))
        return terms

    def _learn(self, hashes: Hashes, norms: Floats, alive: Flags, living: int) -> None:
        """Keep what those of the terms add that are not known yet and stand somewhere."""
        new = hashes[[hash_ not in self._known for hash_ in hashes.tolist()]]
        if not len(new):
            return
        for hash_, postings in zip(new.tolist(), self._find(new), strict=True):
            if not len(postings.rows):
                # Anything may be asked for, and nothing is kept of what stands nowhere.
                continue
            shares = (postings.counts / (postings.counts + norms[postings.rows])).astype(np.float32)
            rows: Rows | None = postings.rows
            if len(postings.rows) * FREQUENT >= len(norms):
                rows, shares = None, _spread(postings.rows, shares, len(norms))
            self._known[hash_] = Known(_living(postings, alive, living), rows, shares)

    def _norms_of(self, query: FieldQuery, living: int) -> Floats:
        """k1 * (1 - b + b * l / mean) for every row, kept until rows change."""
        key = query.k1, query.b
        if key not in self._norms:
            mean = self._total_length / living if living else 0.0
            by_length = query.b / mean if mean else 0.0
            self._norms = {key: query.k1 * (1 - query.b + by_length * self._lengths.values)}
            self._known.clear()
        return self._norms[key]

    def _find(self, hashes: Hashes) -> list[Postings]:
        """The postings of each of these terms, dead rows included."""
        if len(self._segments) == 1:
            return self._segments[0].find(hashes)
        found = [segment.find(hashes) for segment in self._segments]
        none = [Postings(np.empty(0, np.int32), np.empty(0, np.uint16))] * len(hashes)
        return [
            Postings(*(np.concatenate(pieces) for pieces in zip(*each, strict=True)))
            for each in zip(none, *found, strict=True)
        ]


def _spread(rows: Rows, shares: Shares, count: int) -> Shares:
    """The shares of all of so many rows, given those of some."""
    every = np.zeros(count, np.float32)
    every[rows] = shares
    return every


def _idf(df: int, living: int) -> float:
    return math.log(1 + (living - df + 0.5) / (df + 0.5))


def _living(postings: Postings, alive: Flags, living: int) -> int:
    """In how many living rows a term stands."""
    if living == len(alive):
        return len(postings.rows)
    return int(np.count_nonzero(alive[postings.rows]))
