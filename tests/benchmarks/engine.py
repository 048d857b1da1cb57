"""How fast many questions are answered from one GGUF, against the other ways to serve it.

All serve the same questions, which come all at once, from the same file of random weights in Q8_0
with the same threads and the same build of llama.cpp (llama-server: of the binary that is named).
They take turns round by round, and each figure is the median over the rounds. Prompts share their
first 300 tokens and are new in each round; answers have exactly as many tokens as is asked for.

`tokens_per_s`: tokens of all answers over the time until the last one ends. `first_token_s`: from
the question to its first token. `gap_p99_s`: between two tokens of an answer.

`ratios`: the engine's figure over a rival's, as in `tokens_at_8_2030_vs_fifo`; without a length it
is that of the longest prompts. `peak_mb`: the most memory that a process has held.

`lookup`: tokens a second with guessing over those without, for texts in which a guess comes true
nine times in ten, every second time, and never. `follow_up`: the first token of a thread's next
turn over that of its first. `python_share`: of the time of a step, what is not llama.cpp's.

Two rounds take about 25 minutes with two threads. Run it where nothing else runs, above all nothing
that uses memory much: `python -m tests.benchmarks.engine --llama-server PATH --json`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from llama_cpp import Llama

from footnote.models.engine.calibration import usable_cores
from footnote.models.engine.engine import Engine, Wishes, open_engine
from footnote.models.engine.options import EngineOptions, Tuning
from footnote.models.generation import Queued, Request, Sampling
from tests.benchmarks.engine_contenders import (
    Contender,
    Fifo,
    LlamaServer,
    Locked,
    Product,
    Served,
    llama_server,
)
from tests.benchmarks.engine_prompts import prompts, walk
from tests.benchmarks.engine_share import python_share
from tests.benchmarks.timing import say, show
from tests.models.gguf_files import Shape, cycle_of, write_model

SHARED = 300
LENGTHS = (830, 2030)
ACCEPTED = (0.9, 0.5, 0.0)
SHAPE = Shape(
    "llama",
    layers=8,
    width=768,
    heads=12,
    shared_by=4,
    wide=4,
    quantized=True,
    vocabulary=32_000,
    context=8192,
)
"""93 million weights in the proportions of Llama 3.2 1B: four heads share keys and values, and the
feed-forward is four times as wide."""

ONE_BY_ONE = {"fifo": (1, 8), "lock": (8,)}
"""Who serves one question after the other is no faster with more: where they are measured."""

Table = dict[str, dict[str, dict[str, float]]]
"""Figures by case and contender."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    Attributes:
        shape: The model.
        at_once: Numbers of questions that come at once.
        lengths: Of prompts, in tokens.
        shared: Tokens that all prompts begin with.
        answer: Tokens of an answer.
        guessing: Tokens of a prompt where guessing is measured.
        rounds: How often everything is measured.
        sequences: Answers that the engine and llama-server write at once.
        streams: Answers at once where guessing is measured.
    """

    shape: Shape = SHAPE
    at_once: tuple[int, ...] = (1, 4, 8, 16)
    lengths: tuple[int, ...] = LENGTHS
    shared: int = SHARED
    answer: int = 200
    guessing: int = 600
    rounds: int = 2
    sequences: int = 8
    streams: int = 8

    @property
    def context_tokens(self) -> int:
        """Room for the longest prompt, its answer and a follow-up."""
        return -(-(max(*self.lengths, self.guessing) + 2 * self.answer + 64) // 256) * 256


def figures(served: Sequence[Served], seconds: float) -> dict[str, float]:
    """What one round of one contender comes to."""
    gaps = [later - earlier for one in served for earlier, later in pairwise(one.times)]
    first = [one.times[0] for one in served]
    return {
        "tokens_per_s": sum(one.tokens for one in served) / seconds,
        "first_token_p50_s": float(np.percentile(first, 50)),
        "first_token_p95_s": float(np.percentile(first, 95)),
        "gap_p99_s": float(np.percentile(gaps, 99)) if gaps else 0.0,
    }


def medians(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """Each figure's median."""
    return {name: round(median(each[name] for each in rounds), 4) for name in rounds[0]}


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured with."""

    sizes: Sizes
    threads: int
    folder: Path
    server: Path | None
    chance: random.Random

    @asynccontextmanager
    async def engine(self, model: Path) -> AsyncIterator[Engine]:
        """The engine over a model, tuned like its rivals."""
        tuning = Tuning(threads=self.threads, sequences=self.sizes.sequences)
        options = EngineOptions(model, context_tokens=self.sizes.context_tokens, tuning=tuning)
        async with open_engine(options) as engine:
            yield engine

    @asynccontextmanager
    async def contenders(self, model: Path) -> AsyncIterator[tuple[Engine, list[Contender]]]:
        """Everyone, loaded."""

        def llama() -> Llama:
            return Llama(
                str(model),
                n_ctx=self.sizes.context_tokens,
                n_threads=self.threads,
                n_threads_batch=self.threads,
                n_batch=512,
                verbose=False,
            )

        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(self.engine(model))
            there: list[Contender] = [Product(engine), Fifo(llama), Locked(llama)]
            if self.server:
                there.append(
                    await stack.enter_async_context(
                        llama_server(
                            self.server,
                            model,
                            threads=self.threads,
                            sequences=self.sizes.sequences,
                            context_tokens=self.sizes.context_tokens,
                        )
                    )
                )
            yield engine, there

    async def compare(self) -> dict[str, object]:
        """Everyone, at every number of questions and every length."""
        model = write_model(self.folder / "model.gguf", self.sizes.shape)
        rounds: dict[str, dict[str, list[dict[str, float]]]] = {}
        follow_ups: list[float] = []
        async with self.contenders(model) as (engine, there):
            for turn in range(self.sizes.rounds):
                for length in self.sizes.lengths:
                    for count in self.sizes.at_once:
                        say(f"Round {turn + 1}: {count} at once, prompts of {length}…")
                        case = rounds.setdefault(f"at_{count}_{length}", {})
                        for contender in there:
                            if count not in ONE_BY_ONE.get(contender.name, (count,)):
                                continue
                            measured = await self._round(contender, count, length)
                            case.setdefault(contender.name, []).append(measured)
                follow_ups.append(await self._follow_up(engine))
            servers = [one for one in there if isinstance(one, LlamaServer)]
            memory = {one.name: _peak_megabytes(one.pid) for one in servers}
            memory["product"] = _peak_megabytes(engine.pid)
        table = {
            case: {name: medians(each) for name, each in found.items()}
            for case, found in rounds.items()
        }
        return {
            "cases": table,
            "ratios": ratios(table) | ratios(self._longest(table)),
            "follow_up": round(median(follow_ups), 5),
            "peak_mb": memory,
        }

    def _longest(self, table: Table) -> Table:
        """The cases with the longest prompts, named by the number of questions alone."""
        end = f"_{max(self.sizes.lengths)}"
        return {case.removesuffix(end): each for case, each in table.items() if case.endswith(end)}

    async def _round(self, contender: Contender, count: int, length: int) -> dict[str, float]:
        begin = [self.chance.randrange(400, 450) for _ in range(min(self.sizes.shared, length))]
        vocabulary = self.sizes.shape.vocabulary
        asked = prompts(self.chance, count, length, begin, vocabulary)
        start = perf_counter()
        served = await contender.serve(asked, self.sizes.answer)
        return figures(served, perf_counter() - start)

    async def _follow_up(self, engine: Engine) -> float:
        """First token of a second turn over that of the first."""
        length, vocabulary = max(self.sizes.lengths), self.sizes.shape.vocabulary
        thread = prompts(self.chance, 1, length, (), vocabulary)[0]
        cold = await _first_token(engine, thread)
        warm = await _first_token(engine, [*thread, *thread[:20]])
        return warm / cold

    async def guess(self) -> dict[str, float]:
        """Tokens a second with guesses over those without, by how often they come true."""
        shape = self.sizes.shape
        # Longer than an answer, which must not repeat itself, and short enough for the prompt to
        # hold nearly all of it.
        cycle = replace(shape, cycle=self.sizes.answer * 9 // 8)
        model = write_model(self.folder / "cycle.gguf", cycle)
        found: dict[str, list[float]] = {}
        async with self.engine(model) as engine:
            path = cycle_of(shape.vocabulary, cycle)
            for turn in range(self.sizes.rounds):
                for share in ACCEPTED:
                    say(f"Round {turn + 1}: guesses that come true with {share}…")
                    gain = await self._gain(engine, path, share)
                    found.setdefault(f"at_{share}", []).append(gain)
        return {name: round(median(each), 3) for name, each in found.items()}

    async def _gain(self, engine: Engine, path: Sequence[int], share: float) -> float:
        """How much faster the same answers are written with guesses, turn and turn about."""
        asked = [
            walk(self.chance, path, self.sizes.guessing, share, self.chance.randrange(len(path)))
            for _ in range(self.sizes.streams)
        ]
        # Their prompts are read before, so that nothing but writing is timed.
        await Product(engine).serve(asked, 1)
        seconds = {False: 0.0, True: 0.0}
        for lookup in (False, True, True, False):
            start = perf_counter()
            await Product(engine, lookup=lookup).serve(asked, self.sizes.answer)
            seconds[lookup] += perf_counter() - start
        return seconds[False] / seconds[True]


def ratios(table: Table) -> dict[str, float]:
    """The engine over each rival, by case and figure."""
    names = {"tokens_per_s": "tokens", "first_token_p95_s": "first_token_p95", "gap_p99_s": "gap"}
    found = {}
    for case, contenders in table.items():
        for rival, theirs in contenders.items():
            for figure, short in names.items():
                if rival != "product" and theirs[figure]:
                    ratio = contenders["product"][figure] / theirs[figure]
                    found[f"{short}_{case}_vs_{rival}"] = round(ratio, 3)
    return found


async def _first_token(engine: Engine, prompt: Sequence[int]) -> float:
    request = Request((), Sampling(temperature=0, max_tokens=4))
    start, first = perf_counter(), 0.0
    async for piece in engine.stream(request, Wishes(tokens=tuple(prompt), endless=True)):
        if not first and not isinstance(piece, Queued):
            first = perf_counter() - start
    return first


def _peak_megabytes(pid: int | None) -> float | None:
    """Most memory that a process has held."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text("utf-8").splitlines() if "VmHWM" in line)
    return round(int(line.split()[1]) / 1024, 1)


async def measure(
    sizes: Sizes, threads: int, server: Path | None = None, seed: int = 1
) -> dict[str, object]:
    """All figures."""
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(sizes, threads, Path(name), server, random.Random(seed))  # noqa: S311  no secret
        compared = await bench.compare()
        return {
            "threads": threads,
            "seed": seed,
            **compared,
            "lookup": await bench.guess(),
            "python_share": python_share(Path(name) / "model.gguf", sizes.context_tokens, threads),
        }


def main() -> None:
    """Run by hand."""
    usual = Sizes()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llama-server", type=Path, help="path of a llama-server to compare with")
    parser.add_argument("--threads", type=int, default=usable_cores())
    parser.add_argument("--rounds", type=int, default=usual.rounds)
    parser.add_argument("--at-once", type=int, nargs="+", default=usual.at_once)
    parser.add_argument("--lengths", type=int, nargs="+", default=usual.lengths)
    parser.add_argument("--answer", type=int, default=usual.answer)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    sizes = Sizes(
        at_once=tuple(chosen.at_once),
        lengths=tuple(chosen.lengths),
        answer=chosen.answer,
        rounds=chosen.rounds,
    )
    found = asyncio.run(measure(sizes, chosen.threads, chosen.llama_server, chosen.seed))
    show(found, as_json=chosen.json)


if __name__ == "__main__":
    main()
