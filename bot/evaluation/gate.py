"""Task: does the gate refuse what the corpus does not answer, and nothing else?

Four kinds of questions are told apart. The answerable ones may not be refused; all others should
be: near misses, whose topic is in the corpus but not their answer; absent ones, answerable but with
every right document hidden; and off-topic ones, which were asked about something else altogether.
An absent question is asked by readers who may see every document but the right ones, so that the
store's own filter hides them from both sides of the search; only the term statistics, which are
those of the whole index whoever asks, still know the hidden documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from footnote.bot.evaluation.beir import DataSet, EvalQuestion
from footnote.bot.evaluation.corpus import readers_without
from footnote.bot.evaluation.metrics import auc, mean, refused, threshold_at
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.evaluation.workbench import Workbench
from footnote.bot.gate import PASSAGES, GateView
from footnote.retrieval.readers import ADMIN, Readers
from footnote.retrieval.search import Query

Views = Mapping[str, GateView]
"""Question id → what the gate saw."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the gate saw over one corpus, by kind of question.

    Attributes:
        answerable: Questions that the corpus answers.
        near: Near misses.
        absent: The answerable questions with their right documents hidden.
        off_topic: By the name of the folder that the questions come from.
    """

    answerable: Views
    near: Views
    absent: Views
    off_topic: Mapping[str, Views] = field(default_factory=dict)


async def look(
    bench: Workbench,
    data: DataSet,
    off_topic: Mapping[str, Sequence[EvalQuestion]],
    progress: Progress = silent,
) -> Looks:
    """Show all questions to the gate.

    Args:
        bench: Holds the index of the corpus.
        data: The corpus, its own questions and their judgments. A question that nobody labelled
            is answerable if it is judged.
        off_topic: Questions about something else, by the name of their folder.
        progress: Told how far it is.
    """
    answerable = [
        question
        for question in data.questions
        if (question.id in data.judgments if question.answerable is None else question.answerable)
    ]
    near = [question for question in data.questions if question.answerable is False]
    watch = _Watch(bench, progress)
    return Looks(
        answerable=await watch.look("answerable", [(item, ADMIN) for item in answerable]),
        near=await watch.look("near misses", [(item, ADMIN) for item in near]),
        absent=await watch.look(
            "absent",
            [
                (item, readers_without(data.corpus, data.judgments[item.id].keys()))
                for item in answerable
                if item.id in data.judgments
            ],
        ),
        off_topic={
            name: await watch.look(f"off topic: {name}", [(item, ADMIN) for item in items])
            for name, items in off_topic.items()
        },
    )


def figures(looks: Looks) -> dict[str, Any]:
    """The rates at the shipped threshold, and how well the score separates at any threshold.

    `refusal_fr5` and `refusal_fr10` are the shares of near misses below the highest threshold that
    refuses at most 5 % or 10 % of the answerable questions; `absent_fr5` is that of absent ones.
    A figure for which there are no questions is NaN.
    """
    answerable, near, absent = (
        [view.score for view in views.values()]
        for views in (looks.answerable, looks.near, looks.absent)
    )
    off_topic = [view for views in looks.off_topic.values() for view in views.values()]
    return {
        "refusal_rate": _refused_now(looks.near.values()),
        "false_refusal_rate": _refused_now(looks.answerable.values()),
        "auc": auc(answerable, near),
        "refusal_fr5": refused(near, threshold_at(answerable, 0.05)),
        "refusal_fr10": refused(near, threshold_at(answerable, 0.10)),
        "absent": _refused_now(looks.absent.values()),
        "absent_fr5": refused(absent, threshold_at(answerable, 0.05)),
        "off_topic": _refused_now(off_topic),
        "off_topic_by_folder": {
            name: _refused_now(views.values()) for name, views in looks.off_topic.items()
        },
        "questions": len(answerable) + len(near),
    }


class _Watch:
    """Shows questions to the gate, as the answerer would."""

    def __init__(self, bench: Workbench, progress: Progress) -> None:
        self._core = bench.core
        self._progress = progress

    async def look(self, kind: str, asked: Sequence[tuple[EvalQuestion, Readers]]) -> Views:
        views: dict[str, GateView] = {}
        for done, (question, readers) in enumerate(asked, start=1):
            query = Query(question.text, question.history)
            result = await self._core.search.find(query, readers, limit=PASSAGES)
            passages = [found.passage for found in result.found]
            views[question.id] = await self._core.gate.look(query, passages)
            self._progress(f"Asking ({kind})", done, len(asked))
        return views


def _refused_now(views: Iterable[GateView]) -> float:
    return mean([float(not view.passed) for view in views])
