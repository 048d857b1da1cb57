"""Taking back from datasets what may no longer be learned from.

Who forgets a question need not know of any run, which may be on another machine: whatever reads a
dataset takes back first what the state no longer keeps, and what the settings no longer allow.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from footnote.bot.audience import visible
from footnote.bot.errors import FootnoteError
from footnote.bot.settings.schema import Settings
from footnote.bot.state.base import State
from footnote.bot.state.opening import has_state, open_state
from footnote.bot.syncing.words import counted
from footnote.bot.tuning.dataset.permitted import learners
from footnote.bot.tuning.dataset.writing import DATASET, write
from footnote.bot.tuning.examples import Example, read_examples
from footnote.bot.tuning.runs import Run, open_run, runs

NO_STATE = (
    "The run {run} was made of what people asked, and there is no state here that knows what of it "
    "was forgotten since: run this where the state is, or set state to a Redis that both share."
)


async def checked_run(settings: Settings, name: str, report: Callable[[str], None]) -> Run:
    """The run of this name, or the latest, without what may no longer be learned from.

    Raises:
        FootnoteError: There is none, or nobody knows what of it was forgotten.
    """
    run = open_run(settings.folder / "tuning", name)
    await still_learned(run, settings, report)
    return run


async def still_learned(run: Run, settings: Settings, report: Callable[[str], None]) -> None:
    """Take back from a run what may no longer be learned from, before a step builds upon it.

    Where there was something, the steps behind the dataset are to be done again, and what needs
    them says so.

    Args:
        run: The run.
        settings: Where the state is, and what may be learned from.
        report: Told how much was taken back.

    Raises:
        StateError: The state cannot be opened or read, so that nobody knows.
        FootnoteError: There is no state here, or what is left cannot be written.
    """
    if not has_state(settings):
        if any(example.question_ids for example in _examples(run)):
            raise FootnoteError(NO_STATE.format(run=run.id))
        return
    async with open_state(settings) as state:
        gone = await take_back(run, settings, state)
    if gone:
        report(
            f"Took back {counted(gone, 'example')} of the run {run.id}, of which something is no "
            "longer kept or may no longer be learned from: what was made of it is to be made again."
        )


async def take_back(run: Run, settings: Settings, state: State) -> int:
    """Remove from a run's dataset what may no longer be learned from, and count it.

    What the gate has told of it goes, too. A file that cannot be read goes as a whole: a killed
    step left it, and nobody knows of whom it tells.

    Args:
        run: The run, whether its dataset was finished or not.
        settings: What may be learned from.
        state: Knows what is still kept.

    Raises:
        StateUnavailableError: Nobody knows what is still kept.
        FootnoteError: What is left cannot be written.
    """
    judge = _Judge(settings, state)
    gone = 0
    outputs: dict[str, str] = {}
    for path in sorted((run.folder / DATASET).glob("*")):
        examples = await asyncio.to_thread(_whole, path)
        if examples is None:
            path.unlink(missing_ok=True)
            continue
        kept = [example for example in examples if await judge.may_stay(example)]
        if len(kept) < len(examples):
            gone += len(examples) - len(kept)
            outputs[f"{DATASET}/{path.name}"] = await asyncio.to_thread(write, run, path.stem, kept)
    if gone:
        shutil.rmtree(run.folder / "gate", ignore_errors=True)
        if done := run.manifest.steps.get("dataset"):
            facts = {**done.facts, "taken_back": done.facts.get("taken_back", 0) + gone}
            outputs = {**done.outputs, **outputs}
            run.finish("dataset", replace(done, outputs=outputs, facts=facts))
    return gone


async def take_back_everywhere(settings: Settings, state: State) -> int:
    """The same for every run on this machine whose manifest can be read.

    Raises:
        StateUnavailableError: Nobody knows what is still kept.
        FootnoteError: What is left cannot be written.
    """
    root = settings.folder / "tuning"
    gone = 0
    for name in runs(root):
        try:
            run = open_run(root, name)
        except FootnoteError:
            continue
        gone += await take_back(run, settings, state)
    return gone


def _whole(path: Path) -> list[Example] | None:
    """The examples of a file, or None where it is none, or only a part of one."""
    try:
        return list(read_examples(path)) if path.suffix == ".jsonl" else None
    except FootnoteError:
        return None


def _examples(run: Run) -> Iterator[Example]:
    for path in sorted((run.folder / DATASET).glob("*.jsonl")):
        yield from read_examples(path)


class _Judge:
    """Says which examples may stay; a question is looked up once."""

    def __init__(self, settings: Settings, state: State) -> None:
        self._state = state
        self._readers = learners(settings)
        self._sources = settings.audiences
        self._kept: dict[str, bool] = {}

    async def may_stay(self, example: Example) -> bool:
        passages = [item.passage for item in example.passages]
        if not all(
            visible(passage.source, passage.restrictions, self._readers, self._sources)
            for passage in passages
        ):
            return False
        return all([await self._is_kept(name) for name in example.question_ids])

    async def _is_kept(self, question_id: str) -> bool:
        if question_id not in self._kept:
            kept = await self._state.queue.kept(question_id)
            self._kept[question_id] = kept is not None and bool(kept.body)
        return self._kept[question_id]
