"""How the time that something takes grows with its input, which is the same on slow machines."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

BELOW_CUBE = 40
"""Four times the input: 16 times the time is its square, 64 times its cube."""

BELOW_SQUARE = 12
"""Four times the input: 4 times the time is in proportion, 16 times its square."""

TRIES = 3
_LEAST_S = 0.005


def growth(work: Callable[[int], object], length: int) -> float:
    """How many times as long something takes with this input as with a quarter of it.

    Args:
        work: Does it with an input of about so much.
        length: The input; one that takes no time to speak of has not grown.
    """
    return _seconds(work, length) / max(_LEAST_S, _seconds(work, length // 4))


def _seconds(work: Callable[[int], object], length: int) -> float:
    """The time of the processor that it takes, undisturbed as far as that can be."""
    found = []
    for _ in range(TRIES):
        start = process_time()
        work(length)
        found.append(process_time() - start)
    return min(found)
