"""Playing schedules by their seeds."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from tests.simulator.clock import StuckError, run
from tests.simulator.invariants import broken
from tests.simulator.replica import DeadError, task_factory
from tests.simulator.world import build, play


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one schedule.

    Attributes:
        seed: Repeats it.
        faults: What went wrong in it, by name.
        questions: How many questions were asked.
        wrong: A sentence for each invariant that did not hold.
    """

    seed: int
    faults: tuple[str, ...]
    questions: int
    wrong: tuple[str, ...]


def play_schedule(seed: int) -> Played:
    """Play the schedule of a seed."""
    return run(_play(seed))


async def _play(seed: int) -> Played:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(task_factory)
    trouble: list[str] = []
    loop.set_exception_handler(lambda _, context: trouble.extend(_unexpected(context)))
    world = build(seed)
    try:
        await play(world)
    except (StuckError, AssertionError) as error:
        trouble.append(f"{type(error).__name__}: {error}")
    wrong = (*trouble, *broken(world))
    world.disk.connection.close()
    return Played(seed, tuple(sorted(world.faults.kinds)), len(world.deeds), wrong)


def _unexpected(context: dict[str, Any]) -> list[str]:
    error = context.get("exception")
    if isinstance(error, DeadError | asyncio.CancelledError):
        return []
    return [f"{context['message']}: {error!r}"]


def quiet() -> None:
    """Keep the log of the core out of what a simulation prints."""
    logging.getLogger("footnote").setLevel(logging.CRITICAL + 1)
