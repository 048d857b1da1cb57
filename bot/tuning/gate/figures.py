"""The gate's figures as reports show them: a line for each check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from footnote.bot.tuning.gate.checks import Check
from footnote.bot.tuning.gate.decision import Decision
from footnote.bot.tuning.gate.items import Suite
from footnote.bot.tuning.gate.measures import KINDS, LABELS

GAP = "\u2013"
"""What stands where there is no figure."""

WORDS = {"met": "met", "missed": "missed", "unknown": "cannot be told"}
SUITES = {Suite.HELD_OUT: "Held-out examples", Suite.STANDING: "Standing evaluation"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line.

    Attributes:
        suite: Over what.
        label: Of what.
        base: The base's figure.
        current: The current model's.
        candidate: The candidate's.
        difference: Between the last two, with its interval.
        asked: What has to be reached.
        found: "met", "missed" or "cannot be told".
        check: Where it comes from.
    """

    suite: str
    label: str
    base: str
    current: str
    candidate: str
    difference: str
    asked: str
    found: str
    check: Check


def figures(decision: Decision) -> Iterator[Figure]:
    """Every check that has figures, in order."""
    for check in decision.checks:
        if check.about == "enough":
            continue
        shown = _seconds if check.about == "speed" else _share
        yield Figure(
            SUITES[check.suite],
            _label(check),
            shown(check.base),
            shown(check.current),
            shown(check.candidate),
            _difference(check),
            _asked(check),
            WORDS[check.found],
            check,
        )


def _label(check: Check) -> str:
    if check.about == "kind":
        return f"right {KINDS.get(check.measure, check.measure)}"
    return LABELS.get(check.measure, check.measure)


def _asked(check: Check) -> str:
    match check.about:
        case "gain":
            return f"a gain, chance at most {check.bar:g}"
        case "loss":
            return f"at most {_share(check.bar)} lost"
        case "base":
            return "no less than the bare model"
        case "speed":
            return f"at most {check.bar:g} times as long"
        case _:
            return f"at least {_share(check.bar)}"


def _difference(check: Check) -> str:
    if check.current is None or check.candidate is None or check.about in {"floor", "base"}:
        return GAP
    if check.about == "speed":
        return f"{check.candidate - check.current:+.1f} s"
    moved = f"{100 * (check.candidate - check.current):+.1f}"
    if check.low is None or check.high is None:
        return moved
    return f"{moved} ({100 * check.low:+.1f} to {100 * check.high:+.1f})"


def _share(value: float | None) -> str:
    return GAP if value is None else f"{100 * value:.0f} %"


def _seconds(value: float | None) -> str:
    return GAP if value is None else f"{value:.1f} s"
