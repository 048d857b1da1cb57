"""The tests of chance are exact, and count conversations."""

from __future__ import annotations

import math
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import strategies as st

from footnote.bot.tuning.gate.statistics import Chance, Gains, gains, mcnemar
from tests.properties import holds_for


@pytest.mark.parametrize(
    ("won", "lost", "chance"),
    [(0, 0, 1.0), (5, 0, 1 / 32), (8, 1, 10 / 512), (1, 8, 511 / 512), (23, 0, 2**-23)],
)
def test_mcnemar_by_hand(won: int, lost: int, chance: float) -> None:
    """The sum of the binomial distribution with one half, from what was won upwards."""
    assert mcnemar(won, lost) == pytest.approx(chance)


@holds_for(st.lists(st.integers(-3, 3), max_size=9), examples=60)
def test_few_conversations_are_tried_with_every_sign(sums: list[int]) -> None:
    """The share of all signs whose sum is as high, counted one by one."""
    moved = [value for value in sums if value]
    totals = [
        sum(s * v for s, v in zip(signs, moved, strict=True))
        for signs in product((1, -1), repeat=len(moved))
    ]
    expected = sum(total >= sum(moved) for total in totals) / len(totals)
    assert Chance(1).sign_flip(np.array(sums, dtype=np.float64)) == pytest.approx(expected)


def test_many_conversations_are_tried_with_random_signs(random: Random) -> None:
    """Near the normal distribution, and never nothing."""
    sums = np.array([1.0] * 60 + [-1.0] * 40)
    exact = mcnemar(60, 40)
    assert Chance(random.randrange(999)).sign_flip(sums) == pytest.approx(exact, abs=0.01)
    assert Chance(1).sign_flip(np.ones(100)) == pytest.approx(1 / 10_000)


def test_chance_is_as_rare_as_it_says(random: Random) -> None:
    """Of two that are alike, a test at one in twenty finds a gain one time in twenty, at most."""
    found = 0
    for _ in range(400):
        sums = np.array([random.gauss(0, 1) for _ in range(12)])
        found += Chance(1).sign_flip(sums) <= 0.05
    # Forty of four hundred come once in 200,000 times, where twenty are expected.
    assert found <= 40


def test_a_conversation_counts_once() -> None:
    """Differences within one are added up."""
    found = gains([1, 1, 0, 1], [0, 0, 1, 1], ["a", "a", "b", "c"])
    assert (found.sums.tolist(), found.counts.tolist()) == ([2.0, -1.0, 0.0], [2.0, 1.0, 1.0])
    assert (found.won, found.lost, found.mean) == (1, 1, 0.25)
    assert math.isnan(gains([], [], []).mean)
    with pytest.raises(ValueError, match="its conversation"):
        gains([1], [1], [])


def _alike(number: int) -> Gains:
    return gains([1.0] * number, [1.0] * number, [str(place) for place in range(number)])


def test_no_difference_in_a_few_is_no_proof() -> None:
    """Ten that are alike leave room for a loss of ten points; a hundred do not."""
    few, many = Chance(1).interval(_alike(10)), Chance(1).interval(_alike(100))
    assert few[0] < -0.1 < many[0] < 0 < many[1] < 0.1 < few[1]


def test_the_interval_holds_the_truth(random: Random) -> None:
    """In nine of ten draws, at least, with conversations of several alike answers."""
    held = 0
    trials = 200
    for _ in range(trials):
        ours, theirs, names = [], [], []
        for conversation in range(60):
            for _ in range(random.randint(1, 3)):
                ours.append(float(random.random() < 0.8))
                theirs.append(float(random.random() < 0.7))
                names.append(str(conversation))
        low, high = Chance(random.randrange(999)).interval(gains(ours, theirs, names))
        held += low <= 0.1 <= high
    # So few come once in ten thousand times where nine of ten hold it.
    assert held >= 163
