"""Task: how much of the marked answer stands in the passages that are found first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from footnote.bot.evaluation.beir import EvalQuestion
from footnote.bot.evaluation.corpus import document_id
from footnote.bot.evaluation.metrics import mean
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.evaluation.workbench import Workbench
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.search import Query

DEPTHS = (5, 10)

Span = tuple[int, int]


async def evaluate(
    bench: Workbench, questions: Sequence[EvalQuestion], progress: Progress = silent
) -> dict[str, float]:
    """The recall of the marked characters, averaged over the questions that have spans.

    Args:
        bench: Holds the index of the whole texts.
        questions: The data set's questions.
        progress: Told how far it is.

    Returns:
        "span_recall@5" and "span_recall@10", and the number of "queries".
    """
    marked = [question for question in questions if question.corpus_id and question.spans]
    recalls: dict[int, list[float]] = {depth: [] for depth in DEPTHS}
    for done, question in enumerate(marked, start=1):
        result = await bench.core.search.find(
            Query(question.text, question.history), ADMIN, limit=max(DEPTHS)
        )
        passages = [found.passage for found in result.found]
        for depth in DEPTHS:
            recalls[depth].append(span_recall(question, passages[:depth]))
        progress("Searching", done, len(marked))
    return {
        **{f"span_recall@{depth}": mean(values) for depth, values in recalls.items()},
        "queries": len(marked),
    }


def span_recall(question: EvalQuestion, passages: Iterable[Passage]) -> float:
    """The share of the marked characters that these passages hold."""
    right = document_id(question.corpus_id or "")
    held = merged((item.start, item.end) for item in passages if item.document_id == right)
    asked = merged(question.spans)
    length = sum(end - start for start, end in asked)
    common = sum(overlap(one, other) for one in asked for other in held)
    return common / length if length else 0.0


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same characters as disjoint spans in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def overlap(one: Span, other: Span) -> int:
    """How many characters two spans have in common."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))
