"""Joining two rankings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st

from footnote.retrieval.fusion import Scores, Weighting, fuse, min_max
from tests.properties import holds_for

numbers = st.floats(-100, 100).map(lambda value: round(value, 3))
scores = st.lists(numbers, max_size=6)
matches = st.one_of(st.just(0.0), st.floats(0.001, 100).map(lambda value: round(value, 3)))
candidates = st.lists(st.tuples(matches, numbers), max_size=6)
weights = st.floats(0, 1)


def sides(given: list[tuple[float, float]]) -> tuple[Scores, Scores]:
    """The lexical scores and the cosines of candidates."""
    lexical, cosines = np.array(given).reshape(-1, 2).T
    return lexical, cosines


@holds_for(scores)
def test_scaling_keeps_the_order(given: list[float]) -> None:
    """The lowest becomes 0, the highest 1, and the order stays."""
    scaled = min_max(np.array(given)).tolist()
    assert len(scaled) == len(given)
    assert all(0 <= value <= 1 for value in scaled)
    for one, score in zip(scaled, given, strict=True):
        for other, other_score in zip(scaled, given, strict=True):
            assert (score < other_score) == (one < other)
    if len(set(given)) > 1:
        assert min(scaled) == 0
        assert max(scaled) == 1


def test_equal_scores_are_all_best() -> None:
    """One candidate, or several alike, count in full; none gives none."""
    assert min_max(np.array([3.0])).tolist() == [1.0]
    assert min_max(np.zeros(2)).tolist() == [1.0, 1.0]
    assert min_max(np.zeros(0)).tolist() == []


@holds_for(candidates, weights)
def test_every_candidate_is_scored(given: list[tuple[float, float]], weight: float) -> None:
    """Each candidate gets a score of 0 to 1."""
    fused = fuse(*sides(given), weight)
    assert len(fused) == len(given)
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.tolist())


@holds_for(candidates, weights)
def test_better_on_both_sides_is_better(given: list[tuple[float, float]], weight: float) -> None:
    """Who is ahead on both sides is not behind in the end."""
    fused = fuse(*sides(given), weight).tolist()
    for one, (lexical, cosine) in zip(fused, given, strict=True):
        for other, (other_lexical, other_cosine) in zip(fused, given, strict=True):
            if lexical >= other_lexical and cosine >= other_cosine:
                assert one >= other - 1e-9


@holds_for(candidates)
def test_the_weight_decides_between_the_sides(given: list[tuple[float, float]]) -> None:
    """With weight 0 words alone rank, with weight 1 vectors alone."""
    lexical, cosines = sides(given)
    matched = lexical > 0
    assert fuse(lexical, cosines, 0)[matched] == pytest.approx(min_max(lexical[matched]))
    assert (fuse(lexical, cosines, 0)[~matched] == 0).all()
    assert fuse(lexical, cosines, 1) == pytest.approx(min_max(cosines))


def test_the_formula_of_the_sum() -> None:
    """A worked example: what no term matched stands where the lowest match stands."""
    lexical, cosines = np.array([4.0, 2.0, 0.0]), np.array([0.1, 0.3, 0.5])
    assert fuse(lexical, cosines, 0.25) == pytest.approx([0.75, 0.125, 0.25])


class TestWeighting:
    """How much the vectors count."""

    @holds_for(st.lists(st.floats(-1, 1)))
    def test_it_stays_within_its_limits(self, cosines: list[float]) -> None:
        """Whatever the cosines, the weight is between `low` and `high`."""
        weighting = Weighting(slope=5)
        assert weighting.low <= weighting.of(np.array(cosines)) <= weighting.high

    @holds_for(st.lists(st.floats(-1, 1), min_size=1), st.floats(-1, 1))
    def test_a_nearer_passage_makes_the_vectors_count_more(
        self, cosines: list[float], other: float
    ) -> None:
        """One more candidate never lowers the weight, and raises it only as the new nearest."""
        before, after = (Weighting().of(np.array(each)) for each in (cosines, [*cosines, other]))
        assert after >= before
        assert (after > before) <= (other > max(cosines))

    def test_nothing_found_is_far(self) -> None:
        """Without candidates the base holds."""
        assert Weighting().of(np.zeros(0)) == Weighting().base

    def test_the_formula(self) -> None:
        """A worked example: base + slope · best cosine, in whatever order they come."""
        assert Weighting().of(np.array([0.2, 0.6, 0.5])) == pytest.approx(0.45 + 0.3 * 0.6)
