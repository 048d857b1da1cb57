"""How often a training is saved: seldom enough to cost little, often enough to lose little."""

from __future__ import annotations

LEAST_S = 30.0
"""What a kill may cost in any case: to do as much again takes less than to notice it."""
SHARE = 0.01
"""The part of the time that saving may take."""


def is_due(since: float, last_save: float) -> bool:
    """Whether to save now.

    Args:
        since: Seconds since the last checkpoint, or since training began.
        last_save: Seconds that the last checkpoint took; 0 before the first.
    """
    return since >= max(LEAST_S, last_save / SHARE)
