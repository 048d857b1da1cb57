"""BM25 of one text."""

from __future__ import annotations

import math

import pytest
from hypothesis import strategies as st

from footnote.retrieval.bm25 import K1, bm25, idf
from footnote.retrieval.stores.base import TermStatistics
from tests.properties import holds_for

STATISTICS = TermStatistics(10, {"leave": 2, "the": 10}, 4.0)
terms = st.lists(st.sampled_from(["leave", "the", "desk", "nowhere"]), max_size=12)


def test_the_formula() -> None:
    """A worked example: idf · tf · 2.2 / (tf + 1.2 · (.25 + .75 · length / mean))."""
    rare = math.log(1 + (10 - 2 + 0.5) / 2.5)
    usual = math.log(1 + (10 - 10 + 0.5) / 10.5)
    text = ["leave", "leave", "the", "x", "y", "z"]
    expected = rare * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 1.5)) + usual * 2.2 / (1 + 1.2 * 1.375)
    assert idf(STATISTICS, "leave") == pytest.approx(rare)
    assert bm25(text, ["leave", "the"], STATISTICS) == pytest.approx(expected)


def test_a_term_that_stands_twice_in_the_question_counts_twice() -> None:
    """As in the store, repeated query terms add up."""
    once = bm25(["leave"], ["leave"], STATISTICS)
    assert bm25(["leave"], ["leave", "leave"], STATISTICS) == pytest.approx(2 * once)


@holds_for(st.integers(0, 1000), st.integers(0, 1000))
def test_rare_terms_weigh_more(frequency: int, more: int) -> None:
    """Idf is positive and falls with the number of passages that hold a term."""
    statistics = TermStatistics(2000, {"a": frequency, "b": frequency + more}, 5.0)
    assert idf(statistics, "a") >= idf(statistics, "b") > 0
    assert idf(statistics, "unseen") >= idf(statistics, "a")


@holds_for(terms, terms)
def test_scores_stay_below_their_bound(text: list[str], query: list[str]) -> None:
    """A score is 0 without a common term, and never above (k1 + 1) times the sum of idf."""
    score = bm25(text, query, STATISTICS)
    assert (score > 0) is bool(set(text) & set(query))
    assert score <= (K1 + 1) * sum(idf(STATISTICS, term) for term in query) + 1e-9


@holds_for(terms, terms)
def test_longer_texts_score_lower(text: list[str], query: list[str]) -> None:
    """Words that were not asked for can only lower a score."""
    assert bm25([*text, "beside"], query, STATISTICS) <= bm25(text, query, STATISTICS)


def test_an_empty_index_scores_nothing() -> None:
    """No passages, no mean length, no error."""
    nothing = TermStatistics(0, {}, 0.0)
    assert bm25([], ["leave"], nothing) == 0
    assert bm25(["leave"], ["leave"], nothing) >= 0
