"""How often a training is saved."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from footnote.models.training.pace import is_due

LEAST_S, SHARE = 30.0, 0.01
ROUNDING = 1e-6


def saved_at(step: float, save: float, steps: int) -> Iterator[float]:
    """Seconds of work from each checkpoint to the next, where each save takes as long."""
    since, last = 0.0, 0.0
    for _ in range(steps):
        since += step
        if is_due(since, last):
            yield since
            since, last = 0.0, save


@given(step=st.floats(0.01, 200), save=st.floats(0.001, 100), steps=st.integers(1, 400))
def test_saving_costs_a_hundredth_and_a_kill_no_more_than_a_hundred_saves(
    step: float, save: float, steps: int
) -> None:
    """Whatever a step and a save take; the first, of which nobody knows that, comes soon."""
    work = list(saved_at(step, save, steps))
    for number, seconds in enumerate(work):
        assert seconds >= LEAST_S
        expected = LEAST_S if number == 0 else max(LEAST_S, save / SHARE)
        assert save <= SHARE * seconds + ROUNDING or number == 0
        assert seconds <= expected + step + ROUNDING
    assert work or steps * step < LEAST_S + step
