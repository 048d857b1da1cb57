"""The best of many by their scores."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from footnote.retrieval.ranking import best_first, best_of
from tests.properties import holds_for

scored = st.lists(st.tuples(st.sampled_from((0.0, 0.25, 0.5, 1.0)), st.text(max_size=2)))


@holds_for(scored, st.one_of(st.none(), st.integers(0, 9)))
def test_the_best_come_first_and_equals_by_name(
    given: list[tuple[float, str]], count: int | None
) -> None:
    """As one sort over scores and names gives them, cut where it was asked to be."""
    scores = np.array([score for score, _ in given])
    found = best_first(scores, lambda place: given[place][1], count)
    assert len(set(found)) == len(found)
    expected = sorted((-score, name) for score, name in given)[:count]
    assert [(-given[place][0], given[place][1]) for place in found] == expected


def test_only_equals_are_asked_for_their_names() -> None:
    """What differs by its score costs no look at its name."""
    asked: list[int] = []

    def name(place: int) -> str:
        asked.append(place)
        return "cab"[place % 3]

    assert best_first(np.array([3.0, 1.0, 2.0, 1.0, 1.0]), name, 4) == [0, 2, 1, 4]
    assert set(asked) == {1, 3, 4}


@holds_for(scored, st.integers(0, 9))
def test_the_best_in_any_order_are_the_first(given: list[tuple[float, str]], count: int) -> None:
    """As many as are wanted, and the same as those that come first."""
    scores = np.array([score for score, _ in given])

    def name(place: int) -> str:
        return f"{given[place][1]} {place}"

    found = best_of(scores, name, count)
    first = sorted(range(len(given)), key=lambda place: (-given[place][0], name(place)))
    assert sorted(found.tolist()) == sorted(first[:count])
