"""Task: what each part of the search does, each switched off or on by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from footnote.bot.evaluation.beir import EvalQuestion, Judgments
from footnote.bot.evaluation.bootstrap import Difference, paired_bootstrap
from footnote.bot.evaluation.corpus import corpus_id
from footnote.bot.evaluation.metrics import (
    average_precision,
    mean,
    ndcg,
    recall,
    reciprocal_rank,
)
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.evaluation.workbench import Workbench
from footnote.retrieval.alignment import LexicalAlignment
from footnote.retrieval.fusion import Weighting
from footnote.retrieval.parts import Parts
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.reranking import Reranking
from footnote.retrieval.search import Query, Search, SearchResult
from footnote.retrieval.stores.base import Field

SHIPPED = "as shipped"

_LONG = 2400
"""Characters of about three passages."""

FIGURES: Mapping[str, Callable[[SearchResult, Mapping[str, int]], float]] = {
    "ndcg@10": lambda result, gains: ndcg(_documents(result), gains),
    "map": lambda result, gains: average_precision(_documents(result), gains),
    "mrr": lambda result, gains: reciprocal_rank(_documents(result), gains),
    "recall@3": lambda result, gains: recall(_documents(result), gains, 3),
    "in_found": lambda result, gains: recall(_found(result), gains, len(result.found)),
    "documents_found": lambda result, _: float(len(_found(result))),
}
"""What is compared: the ranking of documents, and the documents of the passages found."""


def variants(bench: Workbench, shipped: Parts) -> dict[str, Parts]:
    """Every variant by its name, the shipped one first."""
    aligned = Reranking(LexicalAlignment(bench.store, bench.analyzer))

    def without(field: Field) -> Parts:
        return replace(shipped, fields=shipped.fields - {field})

    reranked = {"not reranked": replace(shipped, reranking=None)} if shipped.reranking else {}
    return {
        SHIPPED: shipped,
        **reranked,
        "words alone": replace(shipped, weighting=_fixed(0.0)),
        "vectors alone": replace(shipped, weighting=_fixed(1.0)),
        "one weight, .5, for every question": replace(shipped, weighting=_fixed(0.5)),
        "no words as written": without(Field.WORDS),
        "no pairs of words": without(Field.PAIRS),
        "no title": without(Field.TITLE),
        "stems alone, with vectors": replace(shipped, fields=frozenset({Field.STEMS})),
        "no feedback": replace(shipped, feedback=None),
        "passages without their document": replace(shipped, document_share=0.0),
        "near-duplicates stay": replace(shipped, duplicate=None),
        "compound questions split": replace(shipped, compound_share=0.8),
        "reranked by alignment": replace(shipped, reranking=aligned),
        "variety .1": replace(shipped, diversity=0.1),
        "neighbours merged": replace(shipped, longest_merged=_LONG),
    }


async def evaluate(
    bench: Workbench,
    questions: Sequence[EvalQuestion],
    judgments: Judgments,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The figures of every variant, and how far each is from the shipped search.

    Args:
        bench: Holds the index of the corpus.
        questions: The data set's questions; only judged ones count.
        judgments: Which documents are right for which question.
        progress: Told how far it is.

    Returns:
        The number of "queries", and under "variants" by name each figure's mean and, against the
        shipped search, its "difference" with "low" and "high" of the 95 % interval.
    """
    judged = [question for question in questions if question.id in judgments]
    measured: dict[str, dict[str, list[float]]] = {}
    chosen = variants(bench, bench.core.search.parts)
    for done, (name, parts) in enumerate(chosen.items(), start=1):
        search = Search(bench.store, bench.embedder, bench.analyzer, parts=parts)
        measured[name] = await _figures(search, judged, judgments)
        progress("Variants", done, len(chosen))
    shipped = measured[SHIPPED]
    return {
        "queries": len(judged),
        "variants": {
            name: {figure: _compared(values, shipped[figure]) for figure, values in figures.items()}
            for name, figures in measured.items()
        },
    }


async def _figures(
    search: Search, questions: Sequence[EvalQuestion], judgments: Judgments
) -> dict[str, list[float]]:
    """Each figure's value for each question, in their order."""
    figures: dict[str, list[float]] = {name: [] for name in FIGURES}
    for question in questions:
        result = await search.find(Query(question.text, question.history), ADMIN)
        for name, figure in FIGURES.items():
            figures[name].append(figure(result, judgments[question.id]))
    return figures


def _compared(values: Sequence[float], shipped: Sequence[float]) -> dict[str, float]:
    difference = paired_bootstrap(values, shipped) if values else Difference(0.0, 0.0, 0.0)
    return {
        "mean": mean(values),
        "difference": difference.mean,
        "low": difference.low,
        "high": difference.high,
    }


def _fixed(weight: float) -> Weighting:
    return Weighting(base=weight, slope=0.0, low=weight, high=weight)


def _documents(result: SearchResult) -> list[str]:
    return [corpus_id(id_) for id_, _ in result.documents]


def _found(result: SearchResult) -> list[str]:
    return list(dict.fromkeys(corpus_id(found.passage.document_id) for found in result.found))
