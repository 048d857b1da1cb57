"""Every bar of the gate is needed: without it, a regression that only it sees would pass.

The answers are made as judged ones, so that each is flawed in a single measure. These tests fail
when a bar is taken out of the gate or turned around.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from footnote.bot.tuning.gate.checks import Row
from footnote.bot.tuning.gate.decision import Decision, decide
from footnote.bot.tuning.gate.items import Item, Suite
from footnote.bot.tuning.gate.judging import Judged
from footnote.bot.tuning.gate.measures import Bars

FINE = Judged(
    as_wanted=0.6,
    right=True,
    outcome=True,
    trusted=True,
    values=True,
    precision=1.0,
    recall=1.0,
    likeness=0.6,
    formed=True,
    whole=True,
    once=True,
    language=True,
    length=True,
    withstood=True,
    kept=1.0,
)
BETTER = replace(FINE, as_wanted=0.8, likeness=0.8)
Flaw = Callable[[Judged, Suite], Judged]
BARS = Bars()


def _as_it_is(judged: Judged, suite: Suite) -> Judged:
    del suite
    return judged


def _lacks(measure: str, *suites: Suite) -> Flaw:
    """An answer without one virtue, and as good in every other."""

    def flawed(judged: Judged, suite: Suite) -> Judged:
        value: Any = 0.0 if measure in {"precision", "recall", "kept"} else False
        return replace(judged, **{measure: value}) if suite in suites else judged

    return flawed


def _kinds() -> list[str]:
    counts = {"citation": 20, "injection": 20, "refusal": 16, "language": 10, "list": 6}
    return [kind for kind, count in counts.items() for _ in range(count)]


def _rows(  # noqa: PLR0913  what may differ between the contestants
    random: Random,
    *,
    current: Flaw = _as_it_is,
    candidate: Flaw = _as_it_is,
    of_current: float = 0.0,
    of_candidate: float = 0.0,
    gain: bool = True,
    paces: Mapping[str, float] | None = None,
    held_out: int = 200,
    only: str = "",
) -> list[Row]:
    """Answers of which some shares are flawed; the candidate is more like what is wanted."""
    asked = [(Suite.HELD_OUT, "corrected")] * held_out
    asked += [(Suite.STANDING, kind) for kind in _kinds()]
    seconds = {"base": 1.0, "current": 1.0, "candidate": 1.0, **(paces or {})}
    rows = []
    for place, (suite, kind) in enumerate(asked):
        item = Item(f"{place}", suite, kind, f"{place}", "?", (), (), "It is.")
        here = not only or only == kind
        # One draw for both, so that equal shares are the same items.
        drawn = random.random()
        theirs = current(FINE, suite) if here and drawn < of_current else FINE
        better = BETTER if gain and suite is Suite.HELD_OUT else FINE
        ours = candidate(better, suite) if here and drawn < of_candidate else better
        rows.append(Row(item, {"base": FINE, "current": theirs, "candidate": ours}, seconds))
    return rows


def _decided(rows: list[Row], bars: Bars | None = None) -> Decision:
    return decide(rows, seed=1, bars=bars)


def _without(mapping: Mapping[Any, Any], *names: Any) -> dict[Any, Any]:
    return {name: value for name, value in mapping.items() if name not in names}


def test_a_candidate_with_no_flaw_passes(random: Random) -> None:
    """What the tests below plant is all that is wrong in them."""
    assert _decided(_rows(random)).passed


@pytest.mark.parametrize("measure", BARS.held_out)
def test_every_floor_is_needed(measure: str, random: Random) -> None:
    """A candidate that is as bad as the current model in one measure, and too bad by itself."""
    flaw = _lacks(measure, Suite.HELD_OUT)
    rows = _rows(random, current=flaw, candidate=flaw, of_current=0.6, of_candidate=0.6)
    refused = _decided(rows)
    assert refused.verdict == "refused"
    assert [check.measure for check in refused.checks if check.found == "missed"] == [measure]
    mutant = replace(BARS, held_out=_without(BARS.held_out, measure))
    assert _decided(rows, mutant).verdict != "refused"


@pytest.mark.parametrize(
    ("suite", "measure"), [(suite, name) for suite, each in BARS.margins.items() for name in each]
)
def test_every_margin_is_needed(suite: Suite, measure: str, random: Random) -> None:
    """A candidate that still reaches every floor, and is worse than the current model."""
    flaw = _lacks(measure, suite)
    rows = _rows(random, candidate=flaw, of_candidate=0.35)
    lenient = replace(BARS, held_out=_without(BARS.held_out, measure), standing={})
    refused = _decided(rows, lenient)
    assert refused.verdict == "refused"
    assert {check.measure for check in refused.checks if check.found == "missed"} == {measure}
    margins = {**BARS.margins, suite: _without(BARS.margins[suite], measure)}
    assert _decided(rows, replace(lenient, margins=margins)).passed


@pytest.mark.parametrize("kind", BARS.standing)
def test_every_kind_is_needed(kind: str, random: Random) -> None:
    """A candidate that has become worse in one kind of the standing evaluation alone."""
    rows = _rows(random, candidate=_lacks("right", Suite.STANDING), of_candidate=1.0, only=kind)
    lenient = replace(BARS, margins={**BARS.margins, Suite.STANDING: {}})
    refused = _decided(rows, lenient)
    assert refused.verdict == "refused"
    assert kind in {check.measure for check in refused.checks if check.found == "missed"}
    mutant = replace(lenient, standing=_without(BARS.standing, kind))
    assert _decided(rows, mutant).passed


def test_what_the_current_model_never_could_is_not_asked(random: Random) -> None:
    """A small model that obeys every injection may be replaced by one that does so as well."""
    flaw = _lacks("right", Suite.STANDING)
    flawed = {"of_current": 1.0, "of_candidate": 1.0, "only": "injection"}
    rows = _rows(random, current=flaw, candidate=flaw, **flawed)  # type: ignore[arg-type]  # of two types
    assert _decided(rows).passed


def test_what_the_current_model_half_could_is_asked() -> None:
    """Below the floor itself, it still does better than a candidate that never can."""
    flaw = _lacks("right", Suite.STANDING)
    random = Random(1)  # noqa: S311  no secret; 10 of 20 are right before
    rows = _rows(
        random, current=flaw, candidate=flaw, of_current=0.4, of_candidate=1.0, only="injection"
    )
    lenient = replace(BARS, margins={**BARS.margins, Suite.STANDING: {}})
    decision = _decided(rows, lenient)
    assert [check.measure for check in decision.checks if check.found == "missed"] == ["injection"]
    assert _decided(rows, replace(lenient, harm=0.0)).passed


def test_a_gain_is_needed(random: Random) -> None:
    """What is as good as the current model stays where it is."""
    rows = _rows(random, gain=False)
    assert _decided(rows).verdict == "refused"
    assert _decided(_rows(random)).passed


def test_a_gain_in_a_few_conversations_is_none(random: Random) -> None:
    """With five of two hundred better, chance is once in 32."""
    rows = _rows(random, gain=False)
    better = [replace(row, judged={**row.judged, "candidate": BETTER}) for row in rows[:5]]
    decision = _decided([*better, *rows[5:]])
    assert not decision.passed
    lenient = replace(BARS, alpha=0.05)
    assert _decided([*better, *rows[5:]], lenient).passed


def test_one_long_conversation_is_no_proof(random: Random) -> None:
    """Sixty better answers of one conversation count once."""
    rows = _rows(random, gain=False)
    one = [
        replace(
            row,
            item=replace(row.item, conversation="long"),
            judged={**row.judged, "candidate": BETTER},
        )
        for row in rows[:60]
    ]
    assert not _decided([*one, *rows[60:]]).passed
    apart = [replace(row, judged={**row.judged, "candidate": BETTER}) for row in rows[:60]]
    assert _decided([*apart, *rows[60:]]).passed


def test_the_base_has_to_be_beaten_too(random: Random) -> None:
    """A candidate that is better than a broken adapter, but not than the model without any."""
    perfect = replace(FINE, as_wanted=0.9)
    rows = [
        replace(
            row,
            judged={**row.judged, "base": perfect if row.item.suite is Suite.HELD_OUT else FINE},
        )
        for row in _rows(random)
    ]
    decision = _decided(rows)
    assert [check.about for check in decision.checks if check.found == "missed"] == ["base"]


def test_speed_is_needed(random: Random) -> None:
    """Twice as long for the same text is too slow; what takes no time may take twice of it."""
    slow = _rows(random, paces={"candidate": 2.0})
    assert _decided(slow).verdict == "refused"
    assert _decided(slow, replace(BARS, slower=9.0)).passed
    quick = _rows(random, paces={"base": 0.01, "current": 0.01, "candidate": 0.02})
    assert _decided(quick).passed


def test_few_examples_are_too_little(random: Random) -> None:
    """Nineteen conversations do not tell, however clear they are; twenty-five may."""
    few = _decided(_rows(random, held_out=19))
    assert (few.verdict, few.passed) == ("too_little", False)
    assert "collect more feedback" in few.reasons[0]
    assert _decided(_rows(random, held_out=25)).passed


def test_a_loss_that_may_be_is_too_little() -> None:
    """Where a loss is neither shown nor ruled out, the answer is that nobody knows."""
    rows = _rows(Random(0), held_out=40)  # noqa: S311  no secret
    lost = [
        replace(row, judged={**row.judged, "candidate": replace(BETTER, right=False)})
        for row in rows[:3]
    ]
    decision = _decided([*lost, *rows[3:]])
    assert decision.verdict == "too_little"
    assert "may have lost" in decision.reasons[0]


def test_a_standing_evaluation_that_was_not_asked_holds_it_back(random: Random) -> None:
    """Nobody knows whether such a model still refuses."""
    rows = [row for row in _rows(random) if row.item.suite is Suite.HELD_OUT]
    decision = decide(rows, seed=1, left_out=72)
    assert decision.verdict == "too_little"
    assert "72 of the 72" in decision.reasons[0]
