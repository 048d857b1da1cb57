"""The comparison as a whole: opens the product, asks on each way that there is, adds the costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from footnote.bot.app import App, open_app
from footnote.bot.errors import FootnoteError
from footnote.bot.evaluation.compare import Contest, Reply, Scores, Way, scores
from footnote.bot.evaluation.compare_cost import Cost, costs
from footnote.bot.evaluation.compare_questions import AskedQuestion
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.generators.base import GenerationError
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.gate.gating import ADAPTER
from footnote.bot.tuning.gate.incumbent import incumbent_of
from footnote.bot.tuning.runs import Run, open_run, runs
from footnote.retrieval.embedder import Embedder

_NO_MODEL = "Answers are quotations, so there is no model to ask without passages."
_NO_ADAPTERS = "The model runs on another server, so there is no adapter to compare with."
_NOT_TUNED = "There is no tuned model yet: only the base model is compared."


@dataclass(frozen=True, slots=True)
class Tuned:
    """The adapter that is compared.

    Attributes:
        name: What it is called.
        path: Its GGUF file.
        run: The run that made it, if its folder is here.
    """

    name: str
    path: Path
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each way does with the same questions.

    Attributes:
        scores: By way, in the order in which they are shown.
        costs: What each costs to keep fresh.
        generator: What writes.
        adapter: The tuned model, or "".
        remarks: What is missing, and why.
    """

    scores: Mapping[Way, Scores]
    costs: Mapping[Way, Cost]
    generator: str
    adapter: str = ""
    remarks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """All of it as `footnote eval compare --json` prints it."""
        ways = {
            str(way): {**asdict(found), "fresh": asdict(self.costs[way])}
            for way, found in self.scores.items()
        }
        about = {"generator": self.generator, "adapter": self.adapter or None}
        return {"ways": ways, **about, "remarks": list(self.remarks)}


async def tuned_model(settings: Settings, run: str = "") -> Tuned | None:
    """The adapter of a run, or the current one; None where there is neither.

    Raises:
        FootnoteError: That run does not exist or has no export, or the state cannot be read.
    """
    root = settings.folder / "tuning"
    if run:
        chosen = open_run(root, run)
        chosen.needs("export")
        return Tuned(f"run {chosen.id}", chosen.folder / ADAPTER, chosen)
    current = await incumbent_of(settings)
    if current.path is None:
        return None
    made = next(
        (each for name in runs(root) if _made(each := open_run(root, name), current.id)), None
    )
    return Tuned(current.id, current.path, made)


async def compare(  # noqa: PLR0913  what a test puts in place of the product's own
    settings: Settings,
    questions: Sequence[AskedQuestion],
    tuned: Tuned | None,
    *,
    report: Callable[[str], None],
    progress: Progress = silent,
    embedder: Embedder | None = None,
) -> Comparison:
    """Ask every question on every way that there is.

    Args:
        settings: Name the sources and the model.
        questions: With their answers.
        tuned: The tuned model, where there is one.
        report: Told what takes a while to open.
        progress: Told how far it is.
        embedder: Used instead of the one that the settings name.

    Raises:
        FootnoteError: The adapter cannot be used with this model.
    """
    async with open_app(settings, report=report, embedder=embedder) as app:
        tuned, remarks = _possible(app, tuned)
        if tuned is not None:
            await _ready(app, tuned)
        contest = Contest(app.core.answerer, app.core.generator, settings.answer.timeout_s)
        replies: dict[Way, list[Reply]] = {}
        for way in Way:
            if _there(way, app, tuned):
                name = tuned.name if tuned else None
                replies[way] = await contest.ask(way, questions, name, progress)
        found = await costs(app, list(replies), _documents(questions, replies), _run(tuned))
        return Comparison(
            {way: scores(questions, each) for way, each in replies.items()},
            found,
            app.core.generator.name,
            tuned.name if tuned else "",
            (*remarks, *_failures(replies)),
        )


def _possible(app: App, tuned: Tuned | None) -> tuple[Tuned | None, tuple[str, ...]]:
    """The tuned model, if this generator can use one, and what cannot be compared."""
    if app.core.generator.verbatim:
        return None, (_NO_MODEL,)
    if app.settings.answer.generator != "gguf" and tuned is not None:
        return None, (_NO_ADAPTERS,)
    return tuned, () if tuned else (_NOT_TUNED,)


def _there(way: Way, app: App, tuned: Tuned | None) -> bool:
    if way.tuned and tuned is None:
        return False
    return way.searches or not app.core.generator.verbatim


async def _ready(app: App, tuned: Tuned) -> None:
    try:
        await app.core.generator.load_adapter(tuned.name, tuned.path)
    except GenerationError as error:
        raise FootnoteError(str(error)) from error


def _documents(
    questions: Sequence[AskedQuestion], replies: Mapping[Way, Sequence[Reply]]
) -> list[str]:
    """The documents that the questions name or the answers cite."""
    named = [question.document for question in questions if question.document]
    cited = [
        name for each in replies.values() for reply in each for name in sorted(reply.documents)
    ]
    return list(dict.fromkeys((*named, *cited)))


def _failures(replies: Mapping[Way, Sequence[Reply]]) -> list[str]:
    told = []
    for way, each in replies.items():
        failed = [reply.failure for reply in each if reply.failure]
        if failed:
            told.append(f"{way}: {len(failed)} of {len(each)} failed: {failed[0]}")
    return told


def _made(run: Run, adapter: str) -> bool:
    """Whether a run has made an adapter, whose id is the beginning of its hash."""
    done = run.manifest.steps.get("export")
    return done is not None and any(digest.startswith(adapter) for digest in done.outputs.values())


def _run(tuned: Tuned | None) -> Run | None:
    return tuned.run if tuned else None
