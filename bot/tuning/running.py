"""One round of the loop from beginning to end: dataset, train, export, gate, and the admins' turn.

Begun again, it goes on where it ended: with the latest run that has not come to its end, at the
first step that is not done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname

from filelock import FileLock, Timeout

from footnote.bot.app import open_app
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.settings.schema import Settings
from footnote.bot.state.opening import has_state, open_state
from footnote.bot.tuning import runs
from footnote.bot.tuning.announcing import News, file_news
from footnote.bot.tuning.dataset.forgetting import still_learned
from footnote.bot.tuning.dataset.making import make_dataset
from footnote.bot.tuning.exporting import export
from footnote.bot.tuning.gate import gating, keeping
from footnote.bot.tuning.gate.decision import Decision
from footnote.bot.tuning.gate.incumbent import incumbent_of
from footnote.bot.tuning.promoting import file_run
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import Run, Step
from footnote.bot.tuning.training import train

Report = Callable[[str], None]

ANNOUNCED = "announced"
"""The file in a run's folder that says that its end was filed for the admins."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What does each step.

    Attributes:
        dataset: Begins a run with its dataset.
        train: Teaches an adapter.
        export: Makes a GGUF file of it.
        gate: Says whether it may take over.
    """

    dataset: Callable[[Settings, Report], Awaitable[Run]]
    train: Callable[[Run, Settings, Report], Awaitable[object]]
    export: Callable[[Run, Settings, Report], Awaitable[object]]
    gate: Callable[[Run, Settings, Report], Awaitable[object]]


async def run_all(
    settings: Settings,
    *,
    report: Report,
    name: str = "",
    anew: bool = False,
    steps: Steps | None = None,
) -> tuple[Run, Decision]:
    """Do all that is not done yet.

    Args:
        settings: The settings.
        report: Told what goes on.
        name: Which run to go on with; the latest, if that has not come to its end.
        anew: Begin another run in any case.
        steps: What does each step.

    Returns:
        The run, and what its gate decided.

    Raises:
        FootnoteError: A step cannot be done, or another process is at work on one.
    """
    steps = steps or STEPS
    with _alone(settings.folder / "tuning"):
        run = None if anew else _to_go_on_with(settings.folder / "tuning", name)
        if run is None:
            report("Step 1 of 4: the dataset")
            run = await steps.dataset(settings, report)
        else:
            report(f"Going on with the run {run.id}.")
            await still_learned(run, settings, report)
        for number, (step, doing) in enumerate(_behind_the_dataset(steps), 2):
            if _is_done(run, step, report):
                report(f"Step {number} of 4: {step} is done already.")
            else:
                report(f"Step {number} of 4: {step}")
                await doing(run, settings, report)
        decision = keeping.read(run)
        await _hand_over(run, decision, settings)
        return run, decision


async def begin(settings: Settings, report: Report) -> Run:
    """Make a dataset in a new run, which descends from the current adapter.

    Raises:
        FootnoteError: There is not enough to learn from, or something cannot be read or written.
    """
    there = has_state(settings)
    async with (
        open_app(settings, report=report, answers=False) as app,
        open_state(settings) if there else nullcontext() as state,
    ):
        parent = (await Registry(state).current()).adapter if state else ""
        return await make_dataset(app, state, parent=parent, report=report)


async def _gate(run: Run, settings: Settings, report: Report) -> object:
    incumbent = await incumbent_of(settings)
    return await gating.gate(run, settings, report=report, incumbent=incumbent)


async def _train(run: Run, settings: Settings, report: Report) -> object:
    return await train(run, settings, report=report)


async def _export(run: Run, settings: Settings, report: Report) -> object:
    return await export(run, settings, report=report)


STEPS = Steps(begin, _train, _export, _gate)


def _behind_the_dataset(
    steps: Steps,
) -> tuple[tuple[Step, Callable[[Run, Settings, Report], Awaitable[object]]], ...]:
    return ("train", steps.train), ("export", steps.export), ("gate", steps.gate)


def _to_go_on_with(root: Path, name: str) -> Run | None:
    if name:
        return runs.open_run(root, name)
    if not runs.runs(root):
        return None
    latest = runs.open_run(root)
    if (latest.folder / ANNOUNCED).exists() or latest.done("dataset") is None:
        return None
    return latest


def _is_done(run: Run, step: Step, report: Report) -> bool:
    """Whether a step need not be done; where something was changed since, it is done anew."""
    try:
        return run.done(step) is not None
    except FootnoteError as error:
        report(str(error))
        return False


async def _hand_over(run: Run, decision: Decision, settings: Settings) -> None:
    """File what the run has made, if it has passed, and what admins are told."""
    report = f"Report: {gethostname()}:{run.folder / keeping.HTML}"
    text = f"The run {run.id} of footnote tune is done. {decision.summary}\n{report}"
    async with open_state(settings) as state:
        adapter = ""
        if decision.passed:
            adapter = (await file_run(run, settings, Registry(state))).id
        await file_news(state.records, News(run.id, text, adapter))
    try:
        (run.folder / ANNOUNCED).write_text("", "utf-8")
    except OSError as error:
        raise FootnoteError(
            f"{run.folder / ANNOUNCED} cannot be written ({error.strerror or error}): free some "
            "space there."
        ) from error


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """See to it that no other process works on a run in this folder.

    Raises:
        UnavailableError: One does, or the folder cannot be written.
    """
    lock = FileLock(root / "run.lock", thread_local=False)
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise UnavailableError(
            "Another footnote tune run is at work here: wait until it is done."
        ) from error
    except OSError as error:
        raise UnavailableError(
            f"The folder {root} cannot be written ({error.strerror}): give Footnote the right to, "
            "or set another one with data in the settings."
        ) from error
    try:
        yield
    finally:
        lock.release()
