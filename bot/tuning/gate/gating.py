"""The step itself: ask base, current and candidate, judge, decide, and write the report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from footnote.bot.app import open_embedder, open_index
from footnote.bot.errors import FootnoteError
from footnote.bot.gate import is_fitted
from footnote.bot.generators.base import GenerationError, Generator
from footnote.bot.generators.gguf import GgufGenerator
from footnote.bot.generators.opening import options_of
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.base_model import base_digest
from footnote.bot.tuning.examples import read_examples
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.gate.answering import Asking, Written, collect
from footnote.bot.tuning.gate.checks import BASE, CANDIDATE, CURRENT, Row
from footnote.bot.tuning.gate.decision import Decision, decide
from footnote.bot.tuning.gate.incumbent import Incumbent
from footnote.bot.tuning.gate.items import Item, Suite, held_out
from footnote.bot.tuning.gate.judging import Judge, Judged, pace
from footnote.bot.tuning.gate.keeping import Told
from footnote.bot.tuning.gate.seeing import Eyes, Seen
from footnote.bot.tuning.gate.standing import standing_items
from footnote.bot.tuning.runs import Done, Run, digest_of
from footnote.bot.verifying.sentences import SentenceScorer
from footnote.bot.verifying.support import BY_WORDS, Verifier
from footnote.models.engine.engine import open_engine
from footnote.retrieval.text import Analyzer

Report = Callable[[str], None]

HELD_OUT = "dataset/heldout.jsonl"
ADAPTER = "export/adapter.gguf"
ANSWERS = "gate/answers.jsonl"


@dataclass(frozen=True, slots=True)
class Contest:
    """What answers and what judges.

    Attributes:
        generator: Knows the adapters below.
        adapters: The adapter of each contestant that is asked; None is the bare model.
        verifier: The product's own.
        model: SHA-256 of the model's file, or what else names it.
    """

    generator: Generator
    adapters: Mapping[str, str | None]
    verifier: Verifier
    model: str = ""


OpenContest = Callable[[Settings, Path, Incumbent, Report], AbstractAsyncContextManager[Contest]]


async def gate(  # noqa: PLR0913  what a test puts in place of a model and of the standing items
    run: Run,
    settings: Settings,
    *,
    report: Report,
    incumbent: Incumbent | None = None,
    opened: OpenContest | None = None,
    standing: Sequence[Item] | None = None,
) -> Decision:
    """Let a run's adapter compete with the current one, and write down what came of it.

    A killed gate goes on with the answers that it has.

    Args:
        run: Its dataset and its export are done.
        settings: Name the model and the embedder.
        report: Told how far it is.
        incumbent: What the candidate has to beat; the bare model, if not given.
        opened: Opens the model with its adapters; the engine, if not given.
        standing: The standing evaluation; the product's own, if not given.

    Raises:
        FootnoteError: A step before is not done, the model cannot be asked, or nothing can be
            written.
    """
    began = perf_counter()
    incumbent = incumbent or Incumbent()
    run.needs("dataset")
    run.needs("export")
    inputs = _inputs(run, incumbent)
    examples = list(read_examples(run.folder / HELD_OUT))
    items = [*held_out(examples), *(standing_items() if standing is None else standing)]
    async with (opened or open_contest)(settings, run.folder / ADAPTER, incumbent, report) as found:
        asking = Asking(
            found.adapters,
            run.manifest.seed,
            settings.answer.timeout_s,
            " ".join((found.model, *sorted(inputs.values()))),
        )
        name = found.generator.name
        eyes = Eyes(found.verifier, mark=settings.answer.unsupported == "mark")
        items, unproved = await provable(items, eyes)
        answers = await collect(items, asking, found.generator, run.folder / ANSWERS, report)
        told, left_out = await judge(items, answers, eyes)
    rows = [each.row for each in told]
    standing_left = [item for item in left_out if item.suite is Suite.STANDING]
    decision = decide(
        rows,
        seed=run.manifest.seed,
        left_out=len(standing_left),
        remarks=(*_unproved(unproved), *_remarks(items, left_out, answers)),
    )
    decision = replace(decision, against=incumbent.id, run=run.id)
    outputs = keeping.write(run.folder, decision, told, run.manifest)
    run.finish(
        "gate",
        Done(
            datetime.now(UTC).isoformat(timespec="seconds"),
            perf_counter() - began,
            inputs,
            outputs,
            {"verdict": decision.verdict, "against": incumbent.id, "model": name},
        ),
    )
    report(decision.summary)
    return decision


async def provable(items: Sequence[Item], eyes: Eyes) -> tuple[list[Item], int]:
    """The items whose wanted answer people would see, and how many others there are.

    Where its own passages do not support it, no contestant could be right.
    """
    found = [
        item for item in items if item.refusal or not (await eyes.see(item, item.wanted)).refused
    ]
    return found, len(items) - len(found)


async def judge(
    items: Sequence[Item], answers: Sequence[Written], eyes: Eyes
) -> tuple[list[Told], list[Item]]:
    """Every item with its answers judged, and the items that no contestant could be asked.

    Raises:
        FootnoteError: Nothing at all could be asked.
    """
    by_item: dict[str, dict[str, Written]] = {}
    for written in answers:
        by_item.setdefault(written.item, {})[written.by] = written
    told: list[Told] = []
    left_out: list[Item] = []
    judging = Judge()
    for item in items:
        given = by_item[item.id]
        if all(written.failure for written in given.values()):
            left_out.append(item)
            continue
        wanted = await eyes.see(item, item.wanted)
        seen = {name: await eyes.see(item, written.text) for name, written in given.items()}
        judged = {
            name: _failed_or(judging.judge(item, wanted, each), failed=bool(given[name].failure))
            for name, each in seen.items()
        }
        paces = {name: pace(w.first_s, w.total_s, w.text) for name, w in given.items()}
        told.append(_told(item, wanted, seen, judged, paces))
    if items and not told:
        why = next(written.failure for written in answers if written.failure)
        raise FootnoteError(f"The model answers nothing ({why}): run footnote doctor.")
    return told, left_out


@asynccontextmanager
async def open_contest(
    settings: Settings, candidate: Path, incumbent: Incumbent, report: Report
) -> AsyncIterator[Contest]:
    """The engine with the candidate and, where there is one, the current adapter.

    Raises:
        FootnoteError: The settings name no model, or it or an adapter cannot be used.
    """
    async with (
        open_embedder(settings, report) as embedder,
        open_index(settings) as store,
        open_engine(options_of(settings)) as engine,
    ):
        generator = GgufGenerator(engine)
        adapters: dict[str, str | None] = {BASE: None, CANDIDATE: CANDIDATE}
        await _load(generator, CANDIDATE, candidate)
        if incumbent.path is not None:
            await _load(generator, CURRENT, incumbent.path)
            adapters[CURRENT] = CURRENT
        analyzer = Analyzer()
        bars = None if is_fitted(embedder.model_id) else BY_WORDS
        verifier = Verifier(SentenceScorer(store, embedder, analyzer), analyzer, bars)
        yield Contest(generator, adapters, verifier, await base_digest(settings))


async def _load(generator: Generator, name: str, path: Path) -> None:
    try:
        await generator.load_adapter(name, path)
    except GenerationError as error:
        raise FootnoteError(str(error)) from error


def _told(
    item: Item,
    wanted: Seen,
    seen: Mapping[str, Seen],
    judged: Mapping[str, Judged],
    paces: Mapping[str, float | None],
) -> Told:
    """One item; where no adapter is current, the base is."""
    current = CURRENT if CURRENT in judged else BASE
    row = Row(
        item,
        {**judged, CURRENT: judged[current]},
        {**paces, CURRENT: paces[current]},
    )
    return Told(row, wanted, {**seen, CURRENT: seen[current]})


def _failed_or(judged: Judged, *, failed: bool) -> Judged:
    """An answer that never came is wrong, even where a refusal is wanted."""
    if not failed:
        return judged
    return replace(judged, as_wanted=0.0, right=False, outcome=False, likeness=0.0, whole=False)


def _inputs(run: Run, incumbent: Incumbent) -> dict[str, str]:
    paths = {HELD_OUT: run.folder / HELD_OUT, ADAPTER: run.folder / ADAPTER}
    if incumbent.path is not None:
        paths["current adapter"] = incumbent.path
    try:
        return {name: digest_of(path) for name, path in paths.items()}
    except OSError as error:
        raise FootnoteError(
            f"{error.filename} cannot be read: run the steps before footnote tune gate again."
        ) from error


def _unproved(count: int) -> list[str]:
    """That wanted answers are not asked for which nothing speaks."""
    said = (
        f"The wanted answer of {count} item{'s' if count > 1 else ''} is not supported by its own "
        "passages, so nobody could be right there: left out."
    )
    return [said] if count else []


def _remarks(
    items: Sequence[Item], left_out: Sequence[Item], answers: Sequence[Written]
) -> list[str]:
    """What could not be asked, and why the first of it could not."""
    if not left_out:
        return []
    first = left_out[0].id
    why = next(each.failure for each in answers if each.item == first)
    return [f"{len(left_out)} of {len(items)} items could be put to no contestant: {why}"]
