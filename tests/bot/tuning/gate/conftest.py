"""The court, which remembers what it has judged, and a world that is the same for a whole run."""

from __future__ import annotations

import os
import secrets
from random import Random

import pytest

from tests.bot.tuning.gate.answerers import Court
from tests.bot.tuning.gate.world import World, world


@pytest.fixture(scope="package")
def gate_seed() -> int:
    """A fresh seed, printed so that a failure can be repeated with FOOTNOTE_TEST_SEED."""
    return int(os.environ.get("FOOTNOTE_TEST_SEED") or secrets.randbits(32))


@pytest.fixture
def random(gate_seed: int) -> Random:
    """Chance from the printed seed."""
    print(f"FOOTNOTE_TEST_SEED={gate_seed}")  # noqa: T201  pytest shows it with the failure
    return Random(gate_seed)  # noqa: S311  no secret


@pytest.fixture(scope="package")
def small_world(gate_seed: int) -> World:
    """What is asked."""
    return world(Random(gate_seed))  # noqa: S311  no secret


@pytest.fixture(scope="package")
def court() -> Court:
    """Judges as the gate does."""
    return Court()
