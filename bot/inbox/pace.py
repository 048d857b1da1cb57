"""How long questions take, so that a wait can be told honestly."""

from __future__ import annotations

FIRST_GUESS_S = 10.0
WEIGHT = 0.2
"""Of the latest answer; the ones before it fade."""


class Pace:
    """A fading mean of how long answers took.

    Args:
        workers: How many questions are answered side by side.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._mean_s: float | None = None

    def took(self, seconds: float) -> None:
        """Another answer took so long."""
        if self._mean_s is None:
            self._mean_s = seconds
        else:
            self._mean_s += WEIGHT * (seconds - self._mean_s)

    def wait_s(self, waiting: int) -> float:
        """How long so many waiting questions will take, in seconds."""
        mean_s = FIRST_GUESS_S if self._mean_s is None else self._mean_s
        return (waiting / self._workers + 1) * mean_s
