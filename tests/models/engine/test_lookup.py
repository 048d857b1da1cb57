"""Guesses are as long as they pay, and cost next to nothing where they do not."""

from __future__ import annotations

import pytest

from footnote.models.engine.lookup import ROUND, Lookup, worthwhile

TEXT = [1, 2, 3, 4, 5, 6, 7] * 3


def test_what_followed_before_is_guessed() -> None:
    """After three tokens that stood in the text before, what came next there is guessed."""
    assert Lookup(3, cost=0.3).guess([*TEXT, 1, 2, 3], most=9, step=1) == (4, 5, 6)
    assert Lookup(3, cost=0.3).guess([*TEXT, 1, 2, 3], most=2, step=1) == (4, 5)
    assert Lookup(3, cost=0.3).guess([*TEXT, 3, 2, 1], most=9, step=1) == ()


@pytest.mark.parametrize(
    ("chance", "cost", "expected"),
    [(0.9, 0.3, 4), (0.9, 0.65, 2), (0.5, 0.3, 1), (0.5, 0.65, 0), (0.95, 1.0, 0)],
)
def test_no_further_than_it_pays(chance: float, cost: float, expected: int) -> None:
    """The best length weighs what comes true against what the rows cost on this machine."""
    assert worthwhile([chance] * 8, answers=8, cost=cost, most=4) == expected


def test_few_who_guess_do_not_hold_up_many() -> None:
    """One of eight answers cannot bring in what guesses cost the step."""
    assert worthwhile([0.99], answers=8, cost=0.3, most=3) == 0
    assert worthwhile([0.99], answers=1, cost=0.3, most=3) == 3


@pytest.mark.parametrize("cost", [0.3, 0.65, 0.9])
def test_guesses_that_never_come_true_cost_next_to_nothing(cost: float) -> None:
    """Over 200 steps they take less than two in a hundred of the time, all tried together."""
    lookups, tried = [Lookup(3, cost) for _ in range(8)], set()
    for step in range(1, 201):
        for lookup in lookups:
            if lookup.guess([*TEXT, 1, 2, 3], 3, step):
                lookup.learn(1, 0, step)
                tried.add(step)
    assert len(tried) * cost < 0.02 * 200


def test_a_guess_that_comes_true_is_soon_followed_by_more() -> None:
    """An answer that begins to repeat its passages is guessed again within some rounds."""
    lookup = Lookup(3, cost=0.5)
    for step in range(1, 1000):
        if lookup.guess([*TEXT, 1, 2, 3], 3, step):
            lookup.learn(1, 0, step)
    came_true = []
    for step in range(1000, 1000 + 100 * ROUND):
        if lookup.guess([*TEXT, 1, 2, 3], 3, step):
            lookup.learn(1, 1, step)
            came_true.append(step)
    assert lookup.pays
    assert came_true[-1] - came_true[-10] == 9
