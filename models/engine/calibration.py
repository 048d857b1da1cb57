"""Finds out what suits a machine: which tuning serves a typical load soonest.

The search goes along one axis after the other and keeps what is faster, for as long as its budget
lasts. What it finds holds for a model, a machine and a build of llama.cpp, and is remembered in a
file a combination.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic

from pydantic import TypeAdapter, ValidationError

from footnote.models.engine.options import CacheType, EngineOptions, Tuning

QUESTIONS = 8
PROMPT_TOKENS = 1200
ANSWER_TOKENS = 150
"""A typical load: so many questions at once, of such lengths."""

BETTER = 0.97
"""A change must save at least this share of the time, since measurements differ by chance."""

STALL_S = 0.25
"""How long reading a prompt may hold up the answers that are being written, in each step; the end
of a long one takes longer, and the rows of the answers come on top."""

GUESS_COSTS = (0.3, 0.6, 0.9)
"""What one, two or three guesses cost where nothing was measured."""

QUANTIZED: tuple[CacheType, ...] = ("q8_0", "q4_0")
FOUND_OUT: tuple[CacheType, ...] = ("f16", "q8_0")
"""What the cache holds where nobody says it: the second only where there is no room for the first,
since it is slower on processors."""

_SAMPLE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Rates:
    """What was measured with a tuning.

    Attributes:
        prefill: Tokens of a prompt read a second.
        step_s: Seconds of a step in which every sequence gets one token.
        single_s: Seconds of a step in which one sequence does.
        guess_costs: By what share of a step it takes longer when every sequence also gets one
            guess, two, and so on; 1, 2 … where rows cost as much together as one after another.
    """

    prefill: float
    step_s: float
    single_s: float
    guess_costs: tuple[float, ...] = GUESS_COSTS


ASSUMED = Rates(prefill=400.0, step_s=0.05, single_s=0.02)
"""Where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What suits a machine, and how fast it is."""

    tuning: Tuning
    rates: Rates


def load_seconds(tuning: Tuning, rates: Rates) -> float:
    """How long a typical load takes."""
    reading = QUESTIONS * PROMPT_TOKENS / rates.prefill
    rounds = -(-QUESTIONS // tuning.sequences)
    return reading + rounds * ANSWER_TOKENS * rates.step_s


def rows_beside(tuning: Tuning, rates: Rates) -> int:
    """Tokens of a prompt that are read in one step while answers are written.

    Args:
        tuning: What is set.
        rates: What was measured with it; on a slow machine reading gets as much time as writing.
    """
    if tuning.rows_beside is not None:
        return tuning.rows_beside
    return max(1, min(tuning.rows, int(rates.prefill * max(STALL_S, rates.step_s))))


def first_tunings(options: EngineOptions, cores: int) -> Iterator[Tuning]:
    """Where the search begins: with the first of these that there is room for."""
    offloaded = options.gpu_layers != 0
    for cache_type in (options.cache_type,) if options.cache_type else FOUND_OUT:
        # Without flash attention llama.cpp cannot read values that are quantized.
        flash = offloaded or cache_type in QUANTIZED
        if options.flash_attention is not None:
            flash = options.flash_attention
        yield Tuning(
            threads=cores, flash_attention=flash, shared_cells=offloaded, cache_type=cache_type
        )


def variations(options: EngineOptions, tuning: Tuning, cores: int) -> Iterator[list[Tuning]]:
    """What else to try, axis by axis; the next axis starts from the best so far.

    Args:
        options: What is served.
        tuning: Where to start.
        cores: Cores that this process may use.
    """
    physical = max(1, cores // 2)
    yield [replace(tuning, threads=threads) for threads in {physical, cores} - {tuning.threads}]
    if options.gpu_layers != 0:
        yield [replace(tuning, shared_cells=not tuning.shared_cells)]
        if options.flash_attention is None and tuning.cache_type not in QUANTIZED:
            yield [replace(tuning, flash_attention=not tuning.flash_attention)]
    yield [replace(tuning, sequences=sequences) for sequences in (7, 8)]
    yield [replace(tuning, rows=rows) for rows in (256, 1024)]
    if options.cache_type is None and tuning.cache_type == FOUND_OUT[0]:
        yield [replace(tuning, cache_type="f32")]


def calibrate(
    options: EngineOptions,
    cores: int,
    measure: Callable[[Tuning], Rates | None],
    *,
    budget_s: float = 30.0,
    clock: Callable[[], float] = monotonic,
) -> Profile | None:
    """The best tuning found within the budget.

    Args:
        options: What is served.
        cores: Cores that this process may use.
        measure: Measures a tuning; None where it cannot be used.
        budget_s: No measurement begins after so many seconds.
        clock: Seconds.

    Returns:
        None where no first tuning can be used.
    """
    end = clock() + budget_s
    tried = ((tuning, measure(tuning)) for tuning in first_tunings(options, cores))
    best = next((Profile(tuning, rates) for tuning, rates in tried if rates), None)
    if best is None:
        return None
    for axis in range(len(list(variations(options, best.tuning, cores)))):
        for candidate in list(variations(options, best.tuning, cores))[axis]:
            if clock() >= end:
                return best
            found = measure(candidate)
            if found and load_seconds(candidate, found) < BETTER * load_seconds(
                best.tuning, best.rates
            ):
                best = Profile(candidate, found)
    return best


class Profiles:
    """What was found out, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._adapter = TypeAdapter(Profile)

    def load(self, key: str) -> Profile | None:
        """What is known, or None; a damaged file is as good as none."""
        try:
            return self._adapter.validate_json((self._folder / f"{key}.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def save(self, key: str, profile: Profile) -> None:
        """Remember it.

        Raises:
            OSError: The folder cannot be written to.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{key}.json"
        written = path.with_suffix(".new")
        written.write_text(json.dumps(asdict(profile), indent=1), encoding="utf-8")
        written.replace(path)


def profile_key(options: EngineOptions, cores: int, build: str) -> str:
    """Names a combination of model, settings, machine and build.

    The model is known by its size, its first and its last MiB: the first holds everything but the
    weights, and hashing many gigabytes at each start would take longer than to calibrate anew.
    """
    digest = hashlib.sha256()
    size = options.model.stat().st_size
    with options.model.open("rb") as file:
        digest.update(file.read(_SAMPLE_BYTES))
        file.seek(max(0, size - _SAMPLE_BYTES))
        digest.update(file.read(_SAMPLE_BYTES))
    facts = (
        size,
        options.context_tokens,
        options.gpu_layers,
        options.split_mode,
        options.flash_attention,
        options.cache_type,
        options.extra_buffers,
        cores,
        build,
        platform.machine(),
        _processor(),
    )
    digest.update(repr(facts).encode())
    return digest.hexdigest()[:32]


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith("model name")), "")
