"""`footnote tune run` that dies in the middle of what it does, as by kill -9.

    python -m tests.bot.tuning.loop.dying footnote.toml

reads a place a line, does what is left to do in a process of its own that dies there, and prints
how that ended; an empty line lets it come to its end. Training and the contestants of the gate are
made up, so that it takes a moment.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import NoReturn

import pytest
from gguf import GGUFWriter

from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.state.sqlite_parts import SqliteBlobs
from footnote.bot.tuning import exporting, shelf
from footnote.bot.tuning.dataset import writing
from footnote.bot.tuning.examples import Example, read_examples, write_examples
from footnote.bot.tuning.gate import gating
from footnote.bot.tuning.gate.decision import decide
from footnote.bot.tuning.gate.items import Item, held_out
from footnote.bot.tuning.running import STEPS, Report, run_all
from footnote.bot.tuning.runs import Done, Run
from footnote.models.export import adapters
from footnote.models.export.writing import Progress, Tensor, write_tensors
from tests.bot.tuning.gate.stage import Players, opens
from tests.bot.tuning.gate.world import World
from tests.bot.tuning.loop.running import FEW
from tests.bot.tuning.loop.team import without_weights
from tests.models.export.checkpoints import write_adapter

MODEL = "qwen2"
"""The folder of the training model; nobody compares it with what is served."""
EXAMPLES, ANSWERS, PARTS = 2, 5, 1
"""So many are written, given and filed before it dies there."""
PART_BYTES = 10_000


def main(config: Path) -> None:
    """Run and die as often as somebody says."""
    for line in sys.stdin:
        forked = multiprocessing.get_context("fork")
        process = forked.Process(target=_run, args=(config, line.strip()))
        process.start()
        process.join()
        sys.stdout.write(f"{process.exitcode}\n")
        sys.stdout.flush()


def _run(config: Path, place: str) -> None:
    """Do what is left; "anew" does all of it."""
    with pytest.MonkeyPatch.context() as patched:
        without_weights(patched)
        patched.setattr(shelf, "PART_BYTES", PART_BYTES)
        patched.setattr(gating, "decide", partial(decide, bars=FEW))
        patched.setattr(exporting, "check_served", _served)
        if place in _DYING:
            _DYING[place](patched)
        steps = replace(STEPS, train=_train, gate=partial(_gate, dies=place == "gate"))
        settings, report = load_settings(config), partial(print, file=sys.stderr)
        asyncio.run(run_all(settings, report=report, steps=steps, anew=place == "anew"))


def _die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


async def _served(settings: Settings) -> Path:
    return settings.root / MODEL


async def _train(run: Run, settings: Settings, report: Report) -> None:
    del report
    write_adapter(run.folder / "training" / "adapter", settings.root / MODEL)
    run.finish("train", Done("now"))


async def _gate(run: Run, settings: Settings, report: Report, *, dies: bool = False) -> None:
    """The candidate knows everything, and the model nothing; it may die over an answer."""
    items = held_out(read_examples(run.folder / gating.HELD_OUT))
    players = Players(World(tuple(items), {}), {None: _refuses, "candidate": _right})
    if dies:
        players.fails = lambda _adapter, _item: _die() if len(players.asked) > ANSWERS else ""
    await gating.gate(run, settings, report=report, opened=opens(players), standing=())


def _right(world: World, item: Item, random: Random) -> str:
    del world, random
    return item.wanted


def _refuses(world: World, item: Item, random: Random) -> str:
    del world, item, random
    return "NOT IN THE SOURCES"


def _dies_in_the_dataset(patched: pytest.MonkeyPatch) -> None:
    def some(examples: Iterable[Example]) -> Iterator[Example]:
        for number, each in enumerate(examples):
            yield _die() if number == EXAMPLES else each

    def dying(path: Path, examples: Iterable[Example]) -> None:
        write_examples(path, some(examples) if path.stem == "validation" else examples)

    patched.setattr(writing, "write_examples", dying)


def _dies_in_the_export(patched: pytest.MonkeyPatch) -> None:
    def dying(
        path: Path, writer: GGUFWriter, tensors: Sequence[Tensor], progress: Progress
    ) -> None:
        del progress
        write_tensors(
            path, writer, tensors, lambda done, total: _die() if 2 * done > total else None
        )

    patched.setattr(adapters, "write_tensors", dying)


def _dies_while_filing(patched: pytest.MonkeyPatch) -> None:
    put: Callable[[SqliteBlobs, bytes], Awaitable[str]] = SqliteBlobs.put
    filed: list[str] = []

    async def dying(blobs: SqliteBlobs, content: bytes) -> str:
        if len(filed) == PARTS:
            _die()
        filed.append(await put(blobs, content))
        return filed[-1]

    patched.setattr(SqliteBlobs, "put", dying)


_DYING: Mapping[str, Callable[[pytest.MonkeyPatch], None]] = {
    "dataset": _dies_in_the_dataset,
    "export": _dies_in_the_export,
    "filing": _dies_while_filing,
}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
