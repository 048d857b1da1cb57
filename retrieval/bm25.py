"""Textbook BM25 for one text, from the numbers that a store gives."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from footnote.retrieval.stores.base import TermStatistics

K1 = 1.2
B = 0.75


def idf(statistics: TermStatistics, term: str) -> float:
    """ln(1 + (N - df + 0.5) / (df + 0.5)): never negative, highest for a term that is nowhere."""
    frequency = statistics.frequencies.get(term, 0)
    return math.log1p((statistics.passages - frequency + 0.5) / (frequency + 0.5))


def bm25(terms: Sequence[str], query: Sequence[str], statistics: TermStatistics) -> float:
    """BM25 (Robertson & Zaragoza 2009) of a passage's `terms` for a query."""
    counts = Counter(terms)
    length = len(terms) / statistics.mean_length if statistics.mean_length else 0.0
    return sum(
        idf(statistics, term) * counts[term] * (K1 + 1) / (counts[term] + K1 * (1 - B + B * length))
        for term in query
        if counts[term]
    )
