"""What it costs to keep each way fresh when a document changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from footnote.bot.app import App
from footnote.bot.evaluation.compare import Way
from footnote.bot.evaluation.metrics import mean
from footnote.bot.tuning.runs import Run
from footnote.retrieval.chunking.cutter import cutter_for
from footnote.retrieval.readers import ADMIN

_MOST = 5
"""So many documents are cut and embedded to find out how long one takes."""

_NEVER = "never: it knows what it was trained on"
_SYNC = "a sync of the document"
_RUN = "a new run, until which it says what was true before"


@dataclass(frozen=True, slots=True)
class Cost:
    """What has to happen when a document changes.

    Attributes:
        what: In words.
        seconds: How long that takes; None where it is not known, or never happens.
    """

    what: str
    seconds: float | None


async def costs(
    app: App, ways: Sequence[Way], documents: Sequence[str], run: Run | None
) -> Mapping[Way, Cost]:
    """What each way costs to keep fresh.

    Args:
        app: Holds the index.
        ways: Those that are compared.
        documents: Ids of documents, some of which are cut and embedded anew; nothing is written.
        run: The run that made the tuned model, if it is here.
    """
    synced = await resync_seconds(app, documents)
    trained = run_seconds(run)
    known = {
        Way.BASE: Cost(_NEVER, None),
        Way.TUNED: Cost(_RUN, trained),
        Way.RETRIEVAL: Cost(_SYNC, synced),
        Way.BOTH: Cost(f"{_SYNC}; the voice stays", synced),
    }
    return {way: known[way] for way in ways}


async def resync_seconds(app: App, documents: Sequence[str]) -> float | None:
    """Seconds that cutting and embedding a document takes, the mean of a few."""
    cutter = cutter_for(app.embedder)
    taken: list[float] = []
    for name in documents:
        document = await app.store.document(name, ADMIN)
        if document is None or len(taken) == _MOST:
            continue
        began = perf_counter()
        passages = cutter.cut(document)
        await app.embedder.embed([passage.searched for passage in passages])
        taken.append(perf_counter() - began)
    return mean(taken) if taken else None


def run_seconds(run: Run | None) -> float | None:
    """Seconds that all steps of a run took, as its manifest says."""
    if run is None or not run.manifest.steps:
        return None
    return sum(done.seconds for done in run.manifest.steps.values())
