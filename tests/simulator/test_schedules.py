"""The simulation finds nothing wrong with the core, and every defect that is put into it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from tests.simulator.mutants import MOST, MUTANTS, hunt
from tests.simulator.schedule import Played, play_schedule, quiet

SCHEDULES = 1000
MANY_SCHEDULES = 50_000
PARTS = 4


@pytest.fixture(autouse=True)
def no_log() -> Iterator[None]:
    """The core's log of scripted trouble is of no use here; other tests get it back."""
    logger = logging.getLogger("footnote")
    level = logger.level
    quiet()
    yield
    logger.setLevel(level)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_question_has_one_outcome_whatever_goes_wrong(seed: int, part: int) -> None:
    """A thousand schedules with faults alone and in pairs keep every invariant."""
    first = seed + part * SCHEDULES // PARTS
    assert not _wrong(range(first, first + SCHEDULES // PARTS))


def test_a_schedule_can_be_repeated(seed: int) -> None:
    """The seed that is printed with a failure shows the same failure again."""
    mutant = MUTANTS[0]
    found = hunt(mutant, range(seed, seed + MOST))
    with mutant():
        assert play_schedule(found["seed"]).wrong[0] == found["wrong"]
    assert play_schedule(found["seed"]) == play_schedule(found["seed"])


@pytest.mark.soak
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_defect_is_found(seed: int, mutant: Callable[[], Any]) -> None:
    """Within a thousand schedules."""
    assert hunt(mutant, range(seed, seed + MOST))["caught"]


@pytest.mark.soak
def test_fifty_thousand_schedules(seed: int) -> None:
    """Side by side on all cores."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        wrong = [
            played
            for some in pool.map(_wrong, _batches(range(seed, seed + MANY_SCHEDULES), 1000))
            for played in some
        ]
    assert not wrong


def _wrong(seeds: Iterable[int]) -> list[Played]:
    """The schedules that went wrong; each holds the seed that repeats it."""
    quiet()
    return [played for played in map(play_schedule, seeds) if played.wrong]


def _batches(seeds: range, size: int) -> list[range]:
    return [seeds[start : start + size] for start in range(0, len(seeds), size)]
