"""Joining two rankings."""

from __future__ import annotations

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from footnote.retrieval.fusion import Weighting, fuse, min_max
from tests.properties import holds_for

scores = st.dictionaries(
    st.sampled_from("abcdef"), st.floats(-100, 100).map(lambda value: round(value, 3)), max_size=6
)
weights = st.floats(0, 1)


@holds_for(scores)
def test_scaling_keeps_the_order(given: dict[str, float]) -> None:
    """The lowest becomes 0, the highest 1, and the order stays."""
    scaled = min_max(given)
    assert scaled.keys() == given.keys()
    assert all(0 <= value <= 1 for value in scaled.values())
    for one, score in given.items():
        for other, other_score in given.items():
            assert (score < other_score) == (scaled[one] < scaled[other])
    if len(set(given.values())) > 1:
        assert min(scaled.values()) == 0
        assert max(scaled.values()) == 1


def test_equal_scores_are_all_best() -> None:
    """One candidate, or several alike, count in full; none gives none."""
    assert min_max({"a": 3.0}) == {"a": 1.0}
    assert min_max({"a": 0.0, "b": 0.0}) == {"a": 1.0, "b": 1.0}
    assert min_max({}) == {}


@holds_for(scores, scores, weights)
def test_every_candidate_is_scored(
    lexical: dict[str, float], cosines: dict[str, float], weight: float
) -> None:
    """Each candidate of either side gets a score of 0 to 1, and nobody else."""
    fused = fuse(lexical, cosines, weight)
    assert fused.keys() == lexical.keys() | cosines.keys()
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())


@holds_for(scores, scores, weights)
def test_better_on_both_sides_is_better(
    lexical: dict[str, float], cosines: dict[str, float], weight: float
) -> None:
    """Who is ahead on both sides is not behind in the end."""
    fused = fuse(lexical, cosines, weight)
    low = -1000.0
    for one in fused:
        for other in fused:
            if lexical.get(one, low) >= lexical.get(other, low) and cosines.get(
                one, low
            ) >= cosines.get(other, low):
                assert fused[one] >= fused[other] - 1e-9


@holds_for(scores, scores)
def test_the_weight_decides_between_the_sides(
    lexical: dict[str, float], cosines: dict[str, float]
) -> None:
    """With weight 0 words alone rank, with weight 1 vectors alone."""
    assume(lexical and cosines)
    for key, score in min_max(lexical).items():
        assert fuse(lexical, cosines, 0)[key] == pytest.approx(score)
    for key, score in min_max(cosines).items():
        assert fuse(lexical, cosines, 1)[key] == pytest.approx(score)


class TestWeighting:
    """How much the vectors count."""

    @holds_for(st.lists(st.floats(-1, 1)))
    def test_it_stays_within_its_limits(self, cosines: list[float]) -> None:
        """Whatever the cosines, the weight is between `low` and `high`."""
        weighting = Weighting(slope=5)
        assert weighting.low <= weighting.of(cosines) <= weighting.high

    @holds_for(st.lists(st.floats(-1, 1), min_size=1), st.floats(-1, 1))
    def test_a_nearer_passage_makes_the_vectors_count_more(
        self, cosines: list[float], other: float
    ) -> None:
        """One more candidate never lowers the weight, and raises it only as the new nearest."""
        before, after = Weighting().of(cosines), Weighting().of([*cosines, other])
        assert after >= before
        assert (after > before) <= (other > max(cosines))

    def test_nothing_found_is_far(self) -> None:
        """Without candidates the base holds."""
        assert Weighting().of([]) == Weighting().base

    def test_the_formula(self) -> None:
        """A worked example: base + slope · best cosine, in whatever order they come."""
        assert Weighting().of([0.2, 0.6, 0.5]) == pytest.approx(0.45 + 0.3 * 0.6)
