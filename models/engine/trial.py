"""Tries a model out: whether it computes at all on this machine, and how fast.

The first steps in native code are where a build that does not fit the processor ends with an
illegal instruction, so they are done before anything is promised. Batches of more than one row
matter: they take other paths than single rows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter

import numpy as np

from footnote.models.engine.calibration import Profile, Rates, rows_beside
from footnote.models.engine.native import Context, Model
from footnote.models.engine.options import EngineOptions, Tuning
from footnote.models.engine.scheduler import Limits
from footnote.models.engine.sequences import Layout
from footnote.models.engine.steps import Chunk, Trim
from footnote.models.errors import UnusableModelError
from footnote.models.machine import memory_bytes

TRIAL_ROWS = 40
_STEPS = 4
_GIB = 1 << 30


def check(context: Context) -> int:
    """Compute a batch of 40 rows; returns the bytes that a token's cache takes outside.

    Raises:
        UnusableModelError: The scores are no numbers.
    """
    first = context.compute([Chunk(0, 0, _tokens(TRIAL_ROWS), 1, TRIAL_ROWS - 1)])[0]
    scores = context.scores(first + TRIAL_ROWS - 1)
    if not np.isfinite(scores).all():
        raise UnusableModelError(
            "The model computes no numbers on this machine: its file is damaged, or llama.cpp was "
            "built for another processor; pull it again, or run make gguf."
        )
    taken = context.state_bytes(0)
    context.do([Trim(0, 0)])
    return -(-taken // TRIAL_ROWS)


def measure(context: Context, tuning: Tuning, context_tokens: int) -> Rates:
    """How fast it is, over as much of a typical prompt as fits into one step.

    Args:
        context: An empty one.
        tuning: What it was made with.
        context_tokens: Cells of a sequence.
    """
    rows = min(tuning.rows, context_tokens // 2)
    prompt = Chunk(0, 0, _tokens(rows), 1, rows - 1)
    context.compute([prompt])
    context.do([Trim(0, 0)])
    read_s = _best(lambda: context.compute([prompt]), 2, lambda: context.do([Trim(0, 0)]))
    context.compute([prompt])
    lengths = [rows, *[0] * (tuning.sequences - 1)]
    step = [Chunk(index, length, (1,), 1) for index, length in enumerate(lengths)]
    back = [Trim(index, length) for index, length in enumerate(lengths)]
    step_s = _best(lambda: context.compute(step), _STEPS, lambda: context.do(back))
    single_s = _best(lambda: context.compute(step[:1]), _STEPS, lambda: context.do(back[:1]))
    costs = []
    for guesses in range(1, tuning.guesses + 1):
        # Guesses are only made where they fit into a step.
        if tuning.sequences * (1 + guesses) > tuning.rows:
            break
        guessed = [
            Chunk(index, length, _tokens(1 + guesses), 1 + guesses)
            for index, length in enumerate(lengths)
        ]
        guess_s = _best(partial(context.compute, guessed), _STEPS, lambda: context.do(back))
        costs.append(max(0.0, guess_s / step_s - 1))
    context.do([Trim(index, 0) for index in range(tuning.sequences)])
    return Rates(rows / read_s, step_s, single_s, tuple(costs))


def fits_context(
    model: Model, options: EngineOptions, tuning: Tuning, memory: int | None = None
) -> None:
    """Refuse a context that the model was not made for, or that has no room in memory.

    Systems promise more memory than there is, and end the process when it is used.

    Args:
        model: What computes.
        options: What a person set.
        tuning: What is to be set.
        memory: Bytes of this machine's memory; by default what the system says, 0 for unknown.

    Raises:
        UnusableModelError: It is too long.
    """
    if options.context_tokens > model.trained_context:
        raise UnusableModelError(
            f"The model was made for contexts of {model.trained_context} tokens, but the settings "
            f"ask for {options.context_tokens}: set a smaller context."
        )
    memory = memory_bytes() if memory is None else memory
    sequences = tuning.sequences
    needed = sequences * options.context_tokens * model.cache_bytes(tuning.cache_type)
    if memory and options.gpu_layers == 0 and needed > memory:
        raise UnusableModelError(
            f"Contexts of {options.context_tokens} tokens for {sequences} answers at once take "
            f"{needed / _GIB:.1f} GiB, but this machine has {memory / _GIB:.1f}: set a smaller "
            "context."
        )


def limits_for(
    model: Model, context: Context, options: EngineOptions, profile: Profile, token_bytes: int
) -> Limits:
    """What the scheduler may plan with.

    Args:
        model: What computes.
        context: Its cache.
        options: What a person set.
        profile: What fits the machine, and how fast that is.
        token_bytes: Bytes that a token's cache takes outside.
    """
    tuning, rates = profile.tuning, profile.rates
    cells = context.sequence_cells
    costs = rates.guess_costs[: tuning.guesses] if model.can_be_cut else ()
    if model.window is not None and not tuning.shared_cells:
        # Guesses may be computed in several parts, and each overwrites what the last one sees
        # no more; a guess that turns out wrong would be taken back too far.
        costs = ()
    return Limits(
        Layout(tuning.sequences, cells, tuning.shared_cells),
        answers=tuning.sequences,
        rows=tuning.rows,
        rows_beside=rows_beside(tuning, rates),
        spill_bytes=options.spill_bytes,
        token_bytes=token_bytes,
        reuse=model.can_be_cut,
        window=model.window,
        guess_costs=costs,
    )


def _best(work: Callable[[], object], times: int, after: Callable[[], object]) -> float:
    seconds = []
    for _ in range(times):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
        after()
    return max(min(seconds), 1e-9)


def _tokens(count: int) -> tuple[int, ...]:
    return tuple(1 + index % 7 for index in range(count))
