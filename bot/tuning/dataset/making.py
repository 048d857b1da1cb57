"""The step that makes a dataset: a new run with what is trained on and what is held out.

Nothing is written before all of it is known, and the run's manifest says last that it is done: what
a killed step leaves is no dataset, and the next one is a run of its own.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from time import monotonic

from footnote.bot.app import App
from footnote.bot.errors import FootnoteError
from footnote.bot.state.base import State
from footnote.bot.tuning.dataset.gathering import Gathered, gathered
from footnote.bot.tuning.dataset.splitting import SPLITS, Split, split
from footnote.bot.tuning.dataset.summary import told, told_splits
from footnote.bot.tuning.dataset.writing import DATASET, write
from footnote.bot.tuning.examples import Example
from footnote.bot.tuning.runs import Done, Run, begin, new_manifest

LIBRARIES = ("footnote-bot", "datasketch", "detect-secrets", "phonenumbers", "python-stdnum")

NOTHING = (
    "There is nothing to learn from yet: let people judge and correct answers, or name files with "
    "examples below [tune]."
)
TOO_FEW = (
    "There are too few examples to train on ({there:,}, and min_examples below [tune] asks for "
    "{needed:,}): collect more feedback, name files with examples, or lower it."
)
ONE_SPLIT = (
    "All examples belong together, so that none could be held out from training: collect some of "
    "other conversations and questions."
)


class TooFewError(FootnoteError):
    """There is not enough to learn from."""


async def make_dataset(
    app: App, state: State | None, *, parent: str = "", report: Callable[[str], None]
) -> Run:
    """Make a dataset in a new run.

    Args:
        app: The settings, the index, and what verifies.
        state: What was asked and answered; None where nothing was served yet.
        parent: The adapter that is current, or "".
        report: Told what goes on, what was kept, and what was left out and why.

    Raises:
        TooFewError: There is not enough to learn from; no run was begun.
        FootnoteError: A file of the settings cannot be read, or the dataset cannot be written.
        StateUnavailableError: The state cannot be read now.
        RetrievalError: The index cannot be read.
        ModelError: The embedder cannot be used.
    """
    began = monotonic()
    tune = app.settings.tune
    found = await gathered(app, state, report)
    if not found.examples and not found.left:
        raise TooFewError(NOTHING)
    for line in told(found):
        report(line)
    if len(found.examples) < tune.min_examples:
        raise TooFewError(TOO_FEW.format(there=len(found.examples), needed=tune.min_examples))
    splits = split(found.examples, tune.seed)
    if not all(splits.values()):
        raise TooFewError(ONE_SPLIT)
    for line in told_splits(splits):
        report(line)
    manifest = new_manifest(
        tune.seed, parent=parent, settings=tune.model_dump(mode="json"), versions=_versions()
    )
    run = begin(app.settings.folder / "tuning", manifest)
    outputs = {f"{DATASET}/{name}.jsonl": write(run, name, splits[name]) for name in SPLITS}
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    seconds = round(monotonic() - began, 3)
    run.finish("dataset", Done(now, seconds, found.inputs, outputs, _facts(found, splits)))
    report(f"Wrote the run {run.id}.")
    return run


def _versions() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()}


def _facts(found: Gathered, splits: Mapping[Split, Sequence[Example]]) -> dict[str, dict[str, int]]:
    return {
        "origins": dict(Counter(example.origin.value for example in found.examples)),
        "splits": {name: len(examples) for name, examples in splits.items()},
        "left": dict(Counter(one.why.name.lower() for one in found.left)),
        "taken": dict(found.taken),
    }
