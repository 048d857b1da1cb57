"""What the engine writes greedily from a GGUF file, in F32 throughout."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footnote.models.engine.messages import Ended
from footnote.models.engine.native import Context, Log, Model
from footnote.models.engine.options import Adapter, EngineOptions
from footnote.models.engine.steps import Adapt, Chunk, Trim
from tests.models.engine.native_world import EXACT, Loaded, NativeWorld, world_of
from tests.models.gguf_files import Shape

Scores = NDArray[np.float32]
_SCORED = 4


@contextmanager
def served(file: Path, adapters: Mapping[str, Path] | None = None) -> Iterator[Loaded]:
    """Load a model and its adapters for as long as the block lasts."""
    options = EngineOptions(file, context_tokens=256)
    log = Log()
    model = Model(options, log)
    try:
        for name, path in (adapters or {}).items():
            model.load_adapter(name, Adapter(path))
        yield Loaded(Shape(), options, model, log)
    finally:
        model.close()


def written(
    world: NativeWorld, prompts: Sequence[Sequence[int]], tokens: int, adapter: str | None = None
) -> list[list[int]]:
    """The engine's answers to some prompts, all at once."""
    numbers = [
        world.ask(prompt, max_tokens=tokens, adapter=adapter, endless=True) for prompt in prompts
    ]
    world.run_out()
    assert all(isinstance(world.ended(number), Ended) for number in numbers)
    return [world.chosen(number) for number in numbers]


def answers(
    file: Path,
    prompts: Sequence[Sequence[int]],
    tokens: int,
    adapter: Path | None = None,
) -> list[list[int]]:
    """Answers of a model by itself, or with an adapter."""
    adapters = {} if adapter is None else {"own": adapter}
    with served(file, adapters) as loaded, world_of(loaded) as world:
        return written(world, prompts, tokens, None if adapter is None else "own")


def scores(context: Context, tokens: Sequence[int], adapter: str | None) -> list[Scores]:
    """The scores after the last few of some tokens, with an adapter or without one."""
    context.do([Trim(0, 0), Adapt(adapter)])
    chunk = Chunk(0, 0, tuple(tokens), _SCORED, len(tokens) - _SCORED)
    (first,) = context.compute([chunk])
    rows = range(first + chunk.first_scored, first + len(tokens))
    return [context.scores(row).copy() for row in rows]


def context_of(loaded: Loaded) -> Context:
    """An empty context."""
    return Context(loaded.model, loaded.options, EXACT, loaded.log)


def random_prompts(count: int, checkpoint: Path, seed: int) -> list[list[int]]:
    """Prompts of random tokens of a model.

    Args:
        count: How many.
        checkpoint: The model's folder.
        seed: Of the random numbers.
    """
    size = json.loads((checkpoint / "config.json").read_text())["vocab_size"]
    random = np.random.default_rng(seed)
    return [random.integers(10, size, int(random.integers(5, 60))).tolist() for _ in range(count)]
