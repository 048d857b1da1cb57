"""Ten thousand answers leave nothing behind: no cell, no writer, no memory."""

from __future__ import annotations

import random
import resource
from pathlib import Path

import pytest

from footnote.models.engine.messages import Ended
from footnote.models.engine.options import Tuning
from tests.models.engine.native_world import ADAPTERS, NativeWorld, loaded, world_of
from tests.models.gguf_files import Shape

STATM = Path("/proc/self/statm")
ANSWERS = 10_000
SPILLS = 1 << 20
GROWTH = 20 << 20

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not STATM.exists(), reason="this system has no /proc/self/statm"),
]


def resident() -> int:
    """Bytes of memory that this process holds now."""
    return int(STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def serve(world: NativeWorld, chance: random.Random, answers: int, size: int) -> None:
    """So many answers, some of them cancelled, threads going on, adapters in turn."""
    threads: list[list[int]] = [[]]
    for _ in range(answers):
        thread = chance.choice(threads)[:120]
        tokens = thread + [chance.randrange(8, size) for _ in range(chance.randint(1, 30))]
        number = world.ask(
            tokens,
            max_tokens=chance.randint(1, 20),
            adapter=chance.choice((None,) * 20 + ADAPTERS),
            endless=chance.random() < 0.5,
        )
        threads = [*threads[-5:], tokens]
        for _ in range(chance.randint(0, 12)):
            world.step()
        if chance.random() < 0.1:
            world.cancel(number)
    world.run_out()


@pytest.mark.parametrize("shared", [False, True])
def test_nothing_is_left_of_many_answers(tmp_path: Path, seed: int, *, shared: bool) -> None:
    """After every step each sequence holds what it should; in the end memory has not grown."""
    chance = random.Random(seed)  # noqa: S311  no secret
    model = loaded(tmp_path, Shape("qwen2"))
    size = model.model.vocabulary.size
    tuning = Tuning(
        threads=1, sequences=5, rows=96, rows_beside=24, shared_cells=shared, cache_type="f32"
    )
    before = 0
    with world_of(model, tuning, spill_bytes=SPILLS) as world:
        for part in range(10):
            serve(world, chance, ANSWERS // 20, size)
            assert world.context.spilled_bytes <= SPILLS
            assert not world.loop._writings
            ended = [event for event in world.events if isinstance(event, Ended)]
            assert len(ended) == ANSWERS // 20
            world.events.clear()
            world.writings.clear()
            world.adapters.clear()
            if part == 2:
                before = resident()
        assert resident() - before < GROWTH
