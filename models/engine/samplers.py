"""How tokens are chosen, in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Samplers:
    """One answer's way to choose tokens; the defaults change nothing but the temperature.

    Attributes:
        temperature: 0 is greedy.
        top_k: Only so many of the likeliest tokens; 0 for all.
        top_p: Only the likeliest that make up this share of probability.
        min_p: Only those at least this likely, as a share of the likeliest.
        repeat: Penalty that divides the scores of recent tokens; 1 for none.
        frequency: Penalty for each time that a token has occurred recently; 0 for none.
        presence: Penalty for having occurred recently at all; 0 for none.
        recent: How many tokens are recent.
        seed: For repeatable answers, or None.
    """

    temperature: float = 0.0
    top_k: int = 40
    top_p: float = 1.0
    min_p: float = 0.0
    repeat: float = 1.0
    frequency: float = 0.0
    presence: float = 0.0
    recent: int = 64
    seed: int | None = None

    def __post_init__(self) -> None:
        """Refuse what llama.cpp would end the process for.

        Raises:
            ValueError: A number is not finite, or the divisor is not positive.
        """
        numbers = (self.temperature, self.top_p, self.min_p, self.frequency, self.presence)
        if not all(map(math.isfinite, numbers)) or not 0 < self.repeat < math.inf:
            raise ValueError("samplers need finite numbers, and a positive penalty for repeats")

    @property
    def penalise(self) -> bool:
        """Whether recent tokens are less likely."""
        return self.repeat != 1 or self.frequency != 0 or self.presence != 0

    @property
    def greedy(self) -> bool:
        """Whether it is always the likeliest token."""
        return self.temperature <= 0 and not self.penalise
