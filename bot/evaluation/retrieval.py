"""Task: how well the right documents are ranked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from footnote.bot.evaluation.beir import EvalQuestion, Judgments
from footnote.bot.evaluation.bootstrap import paired_bootstrap
from footnote.bot.evaluation.corpus import corpus_id
from footnote.bot.evaluation.metrics import MAP_DEPTH, figure_values, mean, ranking_figures
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.evaluation.workbench import Workbench
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.search import Query
from footnote.retrieval.stores.base import Field, FieldQuery, Hit

_PASSAGES = 20 * MAP_DEPTH
"""Enough passages that the first documents, at twenty passages each, are all among them."""

SINGLE = ("bm25", "vectors")
"""The retrievers that the search is made of, each by itself."""

COMPARED = ("ndcg@10", "map", "mrr", "recall@3")
"""The figures in which the search has to be as good as the better of them."""


async def evaluate(
    bench: Workbench,
    questions: Sequence[EvalQuestion],
    judgments: Judgments,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The figures of BM25 alone, of vectors alone and of the product's search.

    A document stands where its best passage stands. Only questions with judgments count.

    Args:
        bench: Holds the index of the corpus.
        questions: The data set's questions.
        judgments: Which documents are right for which question.
        progress: Told how far it is.

    Returns:
        Figures by "bm25", "vectors" and "search", the number of "queries", and what
        `over_better_single` gives.
    """
    judged = [question for question in questions if question.id in judgments]
    rankings: dict[str, dict[str, list[str]]] = {"bm25": {}, "vectors": {}, "search": {}}
    for done, question in enumerate(judged, start=1):
        query = Query(question.text, question.history)
        found = await bench.core.search.find(query, ADMIN)
        stems = tuple(bench.analyzer.stems(query.weighted))
        bm25 = await bench.store.lexical([FieldQuery(Field.STEMS, stems)], ADMIN, limit=_PASSAGES)
        nearest = await bench.store.nearest(found.vector, ADMIN, limit=_PASSAGES)
        rankings["bm25"][question.id] = _documents(bm25)
        rankings["vectors"][question.id] = _documents(nearest)
        rankings["search"][question.id] = [corpus_id(id_) for id_, _ in found.documents]
        progress("Searching", done, len(judged))
    asked = {question.id: judgments[question.id] for question in judged}
    return {
        **{name: ranking_figures(ranking, asked) for name, ranking in rankings.items()},
        "queries": len(judged),
        "over_better_single": over_better_single(rankings, asked) if asked else {},
    }


def over_better_single(
    rankings: Mapping[str, Mapping[str, Sequence[str]]], judgments: Judgments
) -> dict[str, dict[str, Any]]:
    """How far the search is above the better single retriever, figure by figure.

    Args:
        rankings: For "bm25", "vectors" and "search" the ranking of each question.
        judgments: Those of one or more questions.

    Returns:
        For each figure which one is the "better", the mean "difference" of the search from it with
        "low" and "high" of its 95 % interval, and whether the search is surely "below" it.
    """
    found: dict[str, dict[str, Any]] = {}
    for figure in COMPARED:
        singles = {name: figure_values(figure, rankings[name], judgments) for name in SINGLE}
        better = max(singles, key=lambda name: mean(singles[name]))
        ours = figure_values(figure, rankings["search"], judgments)
        over = paired_bootstrap(ours, singles[better])
        found[figure] = {
            "better": better,
            "difference": over.mean,
            "low": over.low,
            "high": over.high,
            "below": over.high < 0,
        }
    return found


def _documents(hits: Iterable[Hit]) -> list[str]:
    """Document ids in the order of their best passages."""
    return list(dict.fromkeys(corpus_id(hit.document_id) for hit in hits))
