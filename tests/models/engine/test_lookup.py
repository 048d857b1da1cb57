"""Guesses are as long as they pay, and cost next to nothing where they do not."""

from __future__ import annotations

import pytest

from footnote.models.engine.lookup import ROUND, Lookup, worthwhile

TEXT = [1, 2, 3, 4, 5, 6, 7] * 3
CHEAP = (0.3, 0.6, 0.9, 1.2)
DEAR = (0.85, 1.5, 1.95, 2.6)
"""The first guess costs most where each row is computed; as measured on two cores with AVX2."""


def test_what_followed_before_is_guessed() -> None:
    """After three tokens that stood in the text before, what came next there is guessed."""
    assert Lookup(CHEAP[:3]).guess([*TEXT, 1, 2, 3], most=9, step=1) == (4, 5, 6)
    assert Lookup(CHEAP[:3]).guess([*TEXT, 1, 2, 3], most=2, step=1) == (4, 5)
    assert Lookup(CHEAP[:3]).guess([*TEXT, 3, 2, 1], most=9, step=1) == ()


@pytest.mark.parametrize(
    ("chance", "costs", "expected"),
    [
        (0.9, CHEAP, 4),
        (0.5, CHEAP, 1),
        (0.9, DEAR, 3),
        (0.7, DEAR, 0),
        (0.9, (0.75, 1.6, 2.4, 3.2), 0),
        (0.9, (0.95, 1.9, 2.85, 3.8), 0),
    ],
)
def test_no_further_than_it_pays(chance: float, costs: tuple[float, ...], expected: int) -> None:
    """The best length weighs what comes true against what the rows cost on this machine."""
    assert worthwhile([chance] * 8, answers=8, costs=costs, most=4) == expected


def test_few_who_guess_do_not_hold_up_many() -> None:
    """One of eight answers cannot bring in what guesses cost the step."""
    assert worthwhile([0.99], answers=8, costs=CHEAP, most=3) == 0
    assert worthwhile([0.99], answers=1, costs=CHEAP, most=3) == 3


@pytest.mark.parametrize("costs", [CHEAP, DEAR])
def test_guesses_that_never_come_true_cost_next_to_nothing(costs: tuple[float, ...]) -> None:
    """Over 200 steps they take less than two in a hundred of the time, all tried together."""
    lookups, tried = [Lookup(costs) for _ in range(8)], set()
    for step in range(1, 201):
        for lookup in lookups:
            if lookup.guess([*TEXT, 1, 2, 3], 3, step):
                lookup.learn(1, 0, step)
                tried.add(step)
    assert len(tried) * costs[0] < 0.02 * 200


def test_guesses_that_come_true_too_seldom_cost_next_to_nothing() -> None:
    """What every second one brings in does not pay for dear ones, so they are seldom tried."""
    lookup, loss = Lookup(DEAR), 0.0
    for step in range(1, 401):
        if lookup.guess([*TEXT, 1, 2, 3], 3, step):
            right = step // ROUND % 2
            lookup.learn(1, right, step)
            loss += DEAR[0] - right
    assert 0 < loss < 0.02 * 400


def test_a_guess_that_comes_true_is_soon_followed_by_more() -> None:
    """An answer that begins to repeat its passages is guessed again within some rounds."""
    lookup = Lookup((0.5, 1.0, 1.5))
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
