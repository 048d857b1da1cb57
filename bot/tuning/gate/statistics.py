"""Could it be chance? Exact tests and intervals that count conversations, not answers.

Answers of one conversation are alike, so they are no independent witnesses: each test here takes
what a conversation has gained or lost as one thing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 2_000
FLIPS = 9_999
ALL_FLIPS = 14
"""So many conversations are tried with every sign; more of them with random ones."""

_SAME = 1e-9

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gains:
    """What the candidate gained over another one, by conversation.

    Attributes:
        sums: Of the differences within each conversation.
        counts: How many differences each has.
    """

    sums: Numbers
    counts: Numbers

    @property
    def mean(self) -> float:
        """The mean difference of an answer, or NaN of nothing."""
        total = float(self.counts.sum())
        return float(self.sums.sum()) / total if total else math.nan

    @property
    def won(self) -> int:
        """How many conversations the candidate does better in."""
        return int((self.sums > _SAME).sum())

    @property
    def lost(self) -> int:
        """How many conversations it does worse in."""
        return int((self.sums < -_SAME).sum())


def gains(ours: Sequence[float], theirs: Sequence[float], conversations: Sequence[str]) -> Gains:
    """The differences `ours - theirs` of the same answers, added up by conversation.

    Raises:
        ValueError: The three are not of one length.
    """
    if not len(ours) == len(theirs) == len(conversations):
        raise ValueError("each answer needs a figure of both contestants, and its conversation")
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for our, their, conversation in zip(ours, theirs, conversations, strict=True):
        sums[conversation] = sums.get(conversation, 0.0) + our - their
        counts[conversation] = counts.get(conversation, 0) + 1
    return Gains(
        np.array(list(sums.values()), dtype=np.float64),
        np.array(list(counts.values()), dtype=np.float64),
    )


def mcnemar(won: int, lost: int) -> float:
    """The chance of winning so many or more of those that differ, if both were alike.

    The exact, one-sided test of McNemar (Psychometrika 1947); with a whole conversation won, lost
    or neither, it is the sign test.
    """
    trials = won + lost
    ways = sum(math.comb(trials, wins) for wins in range(won, trials + 1))
    return float(ways / 2**trials)


class Chance:
    """Tests and intervals for which something is drawn; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._weights: dict[int, Numbers] = {}

    def sign_flip(self, sums: Numbers) -> float:
        """How often so high a sum or a higher one comes about, if it is chance who is who.

        Then each conversation's difference has either sign, as often the one as the other:
        Fisher's randomisation test (The Design of Experiments, 1935, section 21) over
        conversations. It is exact whatever the distribution. Of many conversations random signs
        are drawn, and the sum itself counts as one of the draws, which keeps it exact (Phipson and
        Smyth 2010).
        """
        moved = sums[np.abs(sums) > _SAME]
        if not len(moved):
            return 1.0
        total = float(moved.sum())
        if len(moved) <= ALL_FLIPS:
            bits = np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1
            return float(((2 * bits - 1) @ moved >= total - _SAME).mean())
        random = np.random.default_rng(self._seed)
        # The sum of what keeps its sign, twice, less all of it, is the sum with the signs.
        kept = random.integers(0, 2, (FLIPS, len(moved)), dtype=np.int8).astype(np.float64) @ moved
        return (1 + int((2 * kept - np.sum(moved) >= total - _SAME).sum())) / (1 + FLIPS)

    def interval(self, found: Gains, share: float = 0.9) -> tuple[float, float]:
        """Between what the mean difference lies for this share of conversations drawn anew.

        The percentile bootstrap (Efron 1979) over whole conversations (Field and Welsh 2007). One
        conversation that was won and one that was lost are added, as Agresti and Min (2005) do for
        matched pairs, so that a few examples without any difference do not pass for proof.

        Args:
            found: The differences of figures from 0 to 1.
            share: .9 for an end that is passed by chance one time in twenty.
        """
        sums = np.append(found.sums, (1.0, -1.0))
        counts = np.append(found.counts, (1.0, 1.0))
        drawn = self._drawn(len(sums))
        means = (drawn @ sums) / (drawn @ counts)
        low, high = np.quantile(means, ((1 - share) / 2, (1 + share) / 2))
        return float(low), float(high)

    def _drawn(self, number: int) -> Numbers:
        """How often each of so many conversations is drawn, in each sample."""
        if number not in self._weights:
            random = np.random.default_rng(self._seed)
            drawn = random.integers(0, number, (SAMPLES, number))
            drawn += np.arange(SAMPLES)[:, None] * number
            counted = np.bincount(drawn.ravel(), minlength=SAMPLES * number)
            self._weights[number] = counted.reshape(SAMPLES, number).astype(np.float64)
        return self._weights[number]
