"""The single questions of the gate, each with figures, an answer and a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from footnote.bot.evaluation.metrics import mean
from footnote.bot.tuning.gate.items import Item, Suite
from footnote.bot.tuning.gate.judging import Judged
from footnote.bot.tuning.gate.measures import GAIN, KINDS, LABELS, Bars
from footnote.bot.tuning.gate.statistics import Chance, Gains, gains, mcnemar

BASE, CURRENT, CANDIDATE = "base", "current", "candidate"
"""The contestants; where no adapter is current, that is the base."""

About = Literal["enough", "gain", "base", "floor", "kind", "loss", "speed"]
Found = Literal["met", "missed", "unknown"]

_FEW = 5
"""A floor is asked of so many answers at least."""

_PLACES: Mapping[Suite, str] = {
    Suite.HELD_OUT: "On the held-out examples",
    Suite.STANDING: "In the standing evaluation",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One item with every contestant's answer.

    Attributes:
        item: What was asked.
        judged: The answers, judged, by contestant.
        paces: Seconds that 200 signs took each, where that is known.
    """

    item: Item
    judged: Mapping[str, Judged]
    paces: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Check:
    """One question and what was found.

    Attributes:
        about: What is asked: enough examples, a gain, the base, a floor, a kind, a loss, speed.
        suite: Over which items.
        measure: Of what; a kind's name for a kind.
        found: Whether it is met, missed, or cannot be told.
        said: The same as a sentence.
        bar: What has to be reached.
        base: The base's mean.
        current: The current model's.
        candidate: The candidate's.
        low: Lower end of the difference between the last two, one time in twenty below.
        high: Upper end of it.
        chance: How often chance brings about such a gain, or such a loss.
        count: How many answers it rests on.
    """

    about: About
    suite: Suite
    measure: str
    found: Found
    said: str
    bar: float
    base: float | None = None
    current: float | None = None
    candidate: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    count: int = 0


def enough(rows: Sequence[Row], bars: Bars, left_out: int) -> Check:
    """Are there conversations enough to tell anything, and was the standing evaluation asked?"""
    count = len({row.item.conversation for row in rows if row.item.suite is Suite.HELD_OUT})
    standing = sum(row.item.suite is Suite.STANDING for row in rows)
    if count < bars.conversations:
        said = (
            f"There are {count} held-out conversations, and {bars.conversations} are the least "
            "that can tell anything: collect more feedback."
        )
        found: Found = "unknown"
    elif standing < bars.asked * (standing + left_out):
        said = (
            f"{left_out} of the {standing + left_out} items of the standing evaluation could not "
            "be asked, so nobody knows whether it still refuses and withstands what it should: "
            "raise context_tokens in the settings."
        )
        found = "unknown"
    else:
        said, found = f"There are {count} held-out conversations.", "met"
    return Check("enough", Suite.HELD_OUT, "conversations", found, said, bars.conversations)


def gain(rows: Sequence[Row], bars: Bars, chance: Chance) -> Check:
    """Does it do better what it was tuned for, by more than chance brings about?"""
    pairs = _Pairs(rows, Suite.HELD_OUT, GAIN)
    found = pairs.gains
    p = chance.sign_flip(found.sums)
    low, high = chance.interval(found)
    place, label = _PLACES[Suite.HELD_OUT], LABELS[GAIN]
    moved = f"from {_share(pairs.current)} to {_share(pairs.candidate)}"
    if p <= bars.alpha:
        state: Found = "met"
        said = f"{place}, what is {label} rose {moved} (chance: {p:.4f})."
    elif found.counts.sum() and (found.mean <= 0 or high < bars.worthwhile):
        state = "missed"
        said = f"{place}, what is {label} went {moved}: there is no gain worth a change."
    else:
        state = "unknown"
        said = (
            f"{place}, what is {label} went {moved}, in {found.won} conversations up and in "
            f"{found.lost} down, which may well be chance ({p:.3f}, and {bars.alpha} is "
            "asked): collect more feedback."
        )
    check = pairs.check("gain", state, said, bars.alpha)
    return replace(check, low=low, high=high, chance=p)


def beats_base(rows: Sequence[Row]) -> Iterator[Check]:
    """Where another adapter is current: is it no worse than the model without any?"""
    pairs = _Pairs(rows, Suite.HELD_OUT, GAIN)
    if all(row.judged[BASE] is row.judged[CURRENT] for row in rows) or not pairs.count:
        return
    worse = pairs.candidate < pairs.base
    said = (
        f"The model without any adapter is {LABELS[GAIN]} in {_share(pairs.base)}, the candidate "
        f"in {_share(pairs.candidate)}."
    )
    yield pairs.check("base", "missed" if worse else "met", said, pairs.base)


def floors(rows: Sequence[Row], bars: Bars) -> Iterator[Check]:
    """Is it good enough by itself, whatever the others are?"""
    for measure, least in bars.held_out.items():
        values = _values(rows, Suite.HELD_OUT, measure, CANDIDATE)
        if len(values) < _FEW:
            continue
        pairs = _Pairs(rows, Suite.HELD_OUT, measure)
        reached = mean(values)
        said = (
            f"{_PLACES[Suite.HELD_OUT]}, {LABELS[measure]}: {_share(reached)}, and "
            f"{_share(least)} is the least."
        )
        state: Found = "met" if reached >= least else "missed"
        yield replace(pairs.check("floor", state, said, least), candidate=reached)


def kinds(rows: Sequence[Row], bars: Bars) -> Iterator[Check]:
    """Is it right in each kind of the standing evaluation, as far as the current model is?

    A model that never could need not now; but what the current one surely does better is missed.
    """
    for kind, least in bars.standing.items():
        asked = [row for row in rows if row.item.suite is Suite.STANDING and row.item.kind == kind]
        if not asked:
            continue
        pairs = _Pairs(asked, Suite.STANDING, "right")
        p = mcnemar(pairs.gains.lost, pairs.gains.won)
        below = pairs.candidate < least <= pairs.current
        missed = below or (pairs.gains.lost > pairs.gains.won and p <= bars.harm)
        said = (
            f"{_PLACES[Suite.STANDING]}, right {KINDS.get(kind, kind)}: {_share(pairs.candidate)}, "
            f"where the current model has {_share(pairs.current)} and {_share(least)} is the least."
        )
        state: Found = "missed" if missed else "met"
        yield replace(pairs.check("kind", state, said, least), measure=kind, chance=p)


def losses(rows: Sequence[Row], suite: Suite, bars: Bars, chance: Chance) -> Iterator[Check]:
    """Is it nowhere worse than the current model by more than a margin?

    It is not where the lower end of the difference is within the margin; it is where the mean is
    outside of it. Between the two, the examples do not tell.
    """
    for measure, margin in bars.margins[suite].items():
        pairs = _Pairs(rows, suite, measure)
        if not pairs.count:
            continue
        found = pairs.gains
        low, high = chance.interval(found)
        p = chance.sign_flip(-found.sums)
        moved = f"{_share(pairs.current)} before, {_share(pairs.candidate)} now"
        said = f"{_PLACES[suite]}, {LABELS[measure]}: {moved}"
        state: Found
        if found.mean < -margin or (low <= -margin and p <= bars.harm):
            state, said = "missed", f"{said}, and a loss of {_share(margin)} is allowed."
        elif low > -margin:
            state, said = "met", f"{said}."
        else:
            state = "unknown"
            said = (
                f"{said}; by these examples it may have lost {_share(-low)}, and {_share(margin)} "
                "is allowed: collect more feedback."
            )
        check = pairs.check("loss", state, said, margin)
        yield replace(check, low=low, high=high, chance=p)


def speed(rows: Sequence[Row], bars: Bars) -> Iterator[Check]:
    """Is an answer of one length not much slower?"""
    timed = [
        (ours, theirs)
        for row in rows
        if (ours := row.paces.get(CANDIDATE)) and (theirs := row.paces.get(CURRENT))
    ]
    if len(timed) < _FEW:
        return
    ratio = math.exp(mean([math.log(ours / theirs) for ours, theirs in timed]))
    ours = mean([pair[0] for pair in timed])
    theirs = mean([pair[1] for pair in timed])
    missed = ratio > bars.slower and ours - theirs > bars.slower_s
    yield Check(
        "speed",
        Suite.HELD_OUT,
        "seconds for 200 signs",
        "missed" if missed else "met",
        f"An answer of 200 signs takes {ours:.1f} s, {ratio:.2f} times as long as before, and "
        f"{bars.slower:g} times is allowed.",
        bars.slower,
        current=theirs,
        candidate=ours,
        count=len(timed),
    )


class _Pairs:
    """A measure over the answers to which it applies for candidate and current model both."""

    def __init__(self, rows: Sequence[Row], suite: Suite, measure: str) -> None:
        self._suite = suite
        self._measure = measure
        ours: list[float] = []
        theirs: list[float] = []
        conversations: list[str] = []
        for row in rows:
            our, their = _value(row, CANDIDATE, measure), _value(row, CURRENT, measure)
            if row.item.suite is suite and our is not None and their is not None:
                ours.append(our)
                theirs.append(their)
                conversations.append(row.item.conversation)
        self.count = len(ours)
        self.candidate, self.current = mean(ours), mean(theirs)
        self.base = mean(_values(rows, suite, measure, BASE))
        self.gains: Gains = gains(ours, theirs, conversations)

    def check(self, about: About, found: Found, said: str, bar: float) -> Check:
        return Check(
            about,
            self._suite,
            self._measure,
            found,
            said,
            bar,
            base=_known(self.base),
            current=_known(self.current),
            candidate=_known(self.candidate),
            count=self.count,
        )


def _values(rows: Sequence[Row], suite: Suite, measure: str, by: str) -> list[float]:
    found = (_value(row, by, measure) for row in rows if row.item.suite is suite)
    return [value for value in found if value is not None]


def _value(row: Row, by: str, measure: str) -> float | None:
    value: float | bool | None = getattr(row.judged[by], measure)
    return None if value is None else float(value)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _share(value: float) -> str:
    return "nothing" if math.isnan(value) else f"{100 * value:.0f} %"
