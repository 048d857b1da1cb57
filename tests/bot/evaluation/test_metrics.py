"""Figures of rankings and refusals, against hand-computed examples and other implementations."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.evaluation.retrieval.metrics import MRR, NDCG, HitRate

from footnote.bot.evaluation import metrics

DOCUMENTS = [f"d{number}" for number in range(12)]
rankings = st.permutations(DOCUMENTS).flatmap(
    lambda order: st.integers(1, len(order)).map(lambda length: order[:length])
)
judged = st.sets(st.sampled_from(DOCUMENTS), min_size=1)
scores = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=40)


def test_ndcg_with_graded_gains_by_hand() -> None:
    """Gains count linearly: (1 + 3 / log2 3) over (3 + 1 / log2 3)."""
    figure = metrics.ndcg(["low", "high", "none"], {"high": 3, "low": 1})
    assert figure == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_average_precision_by_hand() -> None:
    """Right at ranks 1, 3 and nowhere: (1/1 + 2/3 + 0) / 3."""
    figure = metrics.average_precision(["a", "x", "b"], {"a": 1, "b": 1, "c": 2})
    assert figure == pytest.approx((1 + 2 / 3) / 3)


def test_average_precision_ends_at_its_depth() -> None:
    """A right document after the first 200 counts as not found."""
    ranking = [*(f"x{number}" for number in range(metrics.MAP_DEPTH - 1)), "a", "b"]
    assert metrics.average_precision(ranking, {"a": 1, "b": 1}) == pytest.approx(
        1 / metrics.MAP_DEPTH / 2
    )


def test_recall_by_hand() -> None:
    """One of two right documents stands among the first three."""
    assert metrics.recall(["x", "a", "y", "b"], {"a": 1, "b": 5}, 3) == 0.5


@given(ranking=rankings, right=judged)
def test_binary_figures_agree_with_llama_index(ranking: list[str], right: set[str]) -> None:
    """MRR, and whether anything right was found, are LlamaIndex's."""
    gains = dict.fromkeys(right, 1)
    expected = sorted(right)
    assert metrics.reciprocal_rank(ranking, gains) == pytest.approx(
        MRR().compute(expected_ids=expected, retrieved_ids=ranking).score
    )
    hit = HitRate().compute(expected_ids=expected, retrieved_ids=ranking).score
    assert float(metrics.recall(ranking, gains, len(ranking)) > 0) == hit


@given(order=st.permutations(DOCUMENTS), right=judged)
def test_ndcg_agrees_with_llama_index(order: list[str], right: set[str]) -> None:
    """With binary gains and the whole ranking in view, nDCG is LlamaIndex's."""
    theirs = NDCG().compute(expected_ids=sorted(right), retrieved_ids=order).score
    assert metrics.ndcg(order, dict.fromkeys(right, 1), len(order)) == pytest.approx(theirs)


def test_only_questions_with_judgments_count() -> None:
    """A question that nobody judged changes nothing; one that found nothing counts as 0."""
    figures = metrics.ranking_figures(
        {"judged": ["a"], "unjudged": ["a"]}, {"judged": {"a": 1}, "empty": {"a": 1}}
    )
    assert figures["mrr"] == figures["map"] == figures["ndcg@10"] == figures["recall@3"] == 0.5


@given(positives=scores, negatives=scores)
def test_auc_is_the_share_of_pairs_in_order(positives: list[float], negatives: list[float]) -> None:
    """AUC is the mean over all pairs, ties counting half."""
    pairs = [(one > other) + (one == other) / 2 for one in positives for other in negatives]
    assert metrics.auc(positives, negatives) == pytest.approx(sum(pairs) / len(pairs))


@given(answerable=scores, share=st.sampled_from((0.0, 0.05, 0.1, 0.5)))
def test_threshold_is_the_highest_that_keeps_the_share(
    answerable: list[float], share: float
) -> None:
    """At the threshold no more than the share is refused; anything higher refuses more."""
    threshold = metrics.threshold_at(answerable, share)
    assert metrics.refused(answerable, threshold) <= share
    assert metrics.refused(answerable, math.nextafter(threshold, math.inf)) > share


def test_five_of_a_hundred_are_five_percent() -> None:
    """Rounding of .05 · 100 loses no question."""
    answerable = [float(number) for number in range(100)]
    random.Random(1).shuffle(answerable)  # noqa: S311  no secret is drawn
    assert metrics.threshold_at(answerable, 0.05) == 5.0
    assert metrics.threshold_at(answerable, 0.29) == 29.0


def test_nothing_measured_is_not_zero() -> None:
    """A figure without questions is NaN, which the report shows as a gap."""
    assert math.isnan(metrics.auc([], [1.0]))
    assert math.isnan(metrics.refused([], 0.0))
    assert math.isnan(metrics.mean([]))
