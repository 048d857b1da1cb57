"""The decision: may the candidate take over? Floors, a gain that is no chance, and no loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from footnote.bot.tuning.gate import checks
from footnote.bot.tuning.gate.checks import Check, Row
from footnote.bot.tuning.gate.items import Suite
from footnote.bot.tuning.gate.measures import Bars
from footnote.bot.tuning.gate.statistics import Chance

Verdict = Literal["passed", "refused", "too_little"]

_VERDICTS: Mapping[Verdict, str] = {
    "passed": "The candidate has passed the gate.",
    "refused": "The gate refuses the candidate.",
    "too_little": "There is too little data to tell whether the candidate is better.",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of the gate.

    Attributes:
        passed: Whether the candidate may take over.
        verdict: "too_little" where the examples do not tell.
        reasons: Why, as sentences; the reasons against it where there are any.
        checks: Everything that was looked at.
        remarks: What else a reader has to know, such as what could not be asked.
        run: The run whose adapter it is about.
        against: The adapter that it was compared with; "" for the bare model.
    """

    passed: bool
    verdict: Verdict
    reasons: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    remarks: tuple[str, ...] = ()
    run: str = ""
    against: str = ""

    @property
    def summary(self) -> str:
        """Verdict and reasons, as a few sentences."""
        return " ".join((_VERDICTS[self.verdict], *self.reasons))


def decide(
    rows: Sequence[Row],
    *,
    seed: int,
    bars: Bars | None = None,
    left_out: int = 0,
    remarks: Iterable[str] = (),
) -> Decision:
    """Judge a candidate by its answers beside those of the current model and of the base.

    It passes if it reaches every floor, is better in the tuned behaviour than the current model by
    more than chance brings about, and is nowhere else worse by more than a margin. One floor or
    margin that is missed refuses it. What cannot be told for want of examples holds it back, too.

    Args:
        rows: What was asked, with every contestant's answer judged.
        seed: Of what is drawn by chance in the tests.
        bars: What it has to reach.
        left_out: How many items of the standing evaluation could not be asked.
        remarks: Are passed on.
    """
    bars = bars or Bars()
    chance = Chance(seed)
    looked = (
        checks.enough(rows, bars, left_out),
        checks.gain(rows, bars, chance),
        *checks.beats_base(rows),
        *checks.floors(rows, bars),
        *checks.losses(rows, Suite.HELD_OUT, bars, chance),
        *checks.speed(rows, bars),
        *checks.kinds(rows, bars),
        *checks.losses(rows, Suite.STANDING, bars, chance),
    )
    missed = tuple(check.said for check in looked if check.found == "missed")
    unknown = tuple(check.said for check in looked if check.found == "unknown")
    verdict: Verdict = "refused" if missed else "too_little" if unknown else "passed"
    reasons = missed or unknown or (looked[1].said,)
    return Decision(verdict == "passed", verdict, reasons, looked, tuple(remarks))
