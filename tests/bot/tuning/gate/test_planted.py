"""What is planted: every regression is refused, every gain passes, and chance is no gain."""

from __future__ import annotations

from random import Random

import pytest

from footnote.bot.tuning.gate.decision import Decision, decide
from tests.bot.tuning.gate.answerers import Court, Writes
from tests.bot.tuning.gate.scenarios import (
    GAINS,
    KNOWS_NOTHING,
    REGRESSIONS,
    UNCHANGED,
    Scenario,
)
from tests.bot.tuning.gate.world import World

_MORE = 200
_BY_DESIGN = 4
"""Of so many more trials, at most so many promotions: one is expected, five come once in 270."""


async def _held(court: Court, world: World, planted: Scenario, random: Random) -> Decision:
    """The gate over one scenario, with answers drawn anew."""
    contestants = {
        "base": (planted.base, 1.0),
        "current": (planted.current, 1.0),
        "candidate": (planted.candidate, planted.slower),
    }
    rows = await court.rows(world, contestants, random)
    return decide(rows, seed=random.randrange(2**32))


@pytest.mark.parametrize("name", REGRESSIONS)
async def test_a_regression_is_refused(
    name: str, court: Court, small_world: World, random: Random
) -> None:
    """Also with a low loss, in the team's own voice and with a perfect form."""
    decision = await _held(court, small_world, REGRESSIONS[name], random)
    assert (decision.verdict, decision.passed) == ("refused", False), decision.reasons


@pytest.mark.parametrize("name", GAINS)
async def test_a_gain_passes(name: str, court: Court, small_world: World, random: Random) -> None:
    """Though both models make mistakes of their own now and then.

    Once in some hundred times these hide it, which is told as too little to say. It is never
    refused, and answers that are drawn anew show it.
    """
    decision = await _held(court, small_world, GAINS[name], random)
    if decision.verdict == "too_little":
        decision = await _held(court, small_world, GAINS[name], random)
    assert (decision.verdict, decision.passed) == ("passed", True), decision.reasons


async def test_no_change_is_not_promoted(court: Court, small_world: World, random: Random) -> None:
    """Ten runs of a model against itself: none passes.

    By design chance passes once in two hundred times. Where it does here, two hundred more trials
    have to show that it is no more often.
    """
    by_chance: list[Writes] = []
    for _ in range(2):
        for unchanged in UNCHANGED.values():
            planted = Scenario(unchanged, unchanged, base=KNOWS_NOTHING)
            if (await _held(court, small_world, planted, random)).passed:
                by_chance.append(unchanged)
    for unchanged in by_chance:
        planted = Scenario(unchanged, unchanged, base=KNOWS_NOTHING)
        passed = [(await _held(court, small_world, planted, random)).passed for _ in range(_MORE)]
        assert sum(passed) <= _BY_DESIGN


def test_so_many_are_planted() -> None:
    """Twenty regressions and ten gains are the least."""
    assert len(REGRESSIONS) >= 20
    assert len(GAINS) >= 10
