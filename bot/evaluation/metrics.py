"""Figures of rankings and of refusals, as pure functions.

Rankings are lists of document ids, best first; `gains` are the judgments of one question, document
id → gain above 0. Gains count linearly, as in trec_eval.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import partial

MAP_DEPTH = 200
"""How many documents average precision looks at."""


def ndcg(ranking: Sequence[str], gains: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain: sum of gain / log2(rank + 1), over the best sum."""
    best = sum(
        gain / math.log2(rank + 1)
        for rank, gain in enumerate(sorted(gains.values(), reverse=True)[:depth], start=1)
    )
    got = sum(
        gains.get(document, 0) / math.log2(rank + 1)
        for rank, document in enumerate(ranking[:depth], start=1)
    )
    return got / best if best else 0.0


def recall(ranking: Sequence[str], gains: Mapping[str, int], depth: int) -> float:
    """The share of the right documents that are among the first `depth`."""
    return len(gains.keys() & set(ranking[:depth])) / len(gains) if gains else 0.0


def reciprocal_rank(ranking: Sequence[str], gains: Mapping[str, int]) -> float:
    """1 / rank of the first right document, 0 where none was found."""
    return next(
        (1 / rank for rank, document in enumerate(ranking, start=1) if document in gains), 0.0
    )


def average_precision(
    ranking: Sequence[str], gains: Mapping[str, int], depth: int = MAP_DEPTH
) -> float:
    """Mean, over all right documents, of the precision at the rank of each; 0 if not found."""
    right = 0
    total = 0.0
    for rank, document in enumerate(ranking[:depth], start=1):
        if document in gains:
            right += 1
            total += right / rank
    return total / len(gains) if gains else 0.0


RANKING_FIGURES: Mapping[str, Callable[[Sequence[str], Mapping[str, int]], float]] = {
    "ndcg@10": ndcg,
    "recall@3": partial(recall, depth=3),
    "recall@5": partial(recall, depth=5),
    "recall@10": partial(recall, depth=10),
    "recall@20": partial(recall, depth=20),
    "mrr": reciprocal_rank,
    "map": average_precision,
}
"""Every figure of a ranking by its name, from a ranking and the judgments of its question."""


def ranking_figures(
    rankings: Mapping[str, Sequence[str]], judgments: Mapping[str, Mapping[str, int]]
) -> dict[str, float]:
    """The means of all figures over the questions that have judgments."""
    return {name: mean(figure_values(name, rankings, judgments)) for name in RANKING_FIGURES}


def figure_values(
    name: str,
    rankings: Mapping[str, Sequence[str]],
    judgments: Mapping[str, Mapping[str, int]],
) -> list[float]:
    """One figure's value for each question that has judgments, in their order."""
    figure = RANKING_FIGURES[name]
    return [figure(rankings.get(question, ()), gains) for question, gains in judgments.items()]


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """The chance that a positive's score is above a negative's, ties counting half.

    The area under the ROC curve by the statistic of Mann and Whitney (1947).
    """
    ordered = sorted(negatives)
    wins = sum(
        (bisect_left(ordered, score) + bisect_right(ordered, score)) / 2 for score in positives
    )
    return wins / (len(positives) * len(negatives)) if positives and negatives else math.nan


def threshold_at(answerable: Sequence[float], false_refusals: float) -> float:
    """The highest threshold that refuses at most this share of the answerable questions.

    A score below the threshold is refused.
    """
    ordered = sorted(answerable)
    if not ordered:
        return math.inf
    may_refuse = math.floor(false_refusals * len(ordered) + 1e-9)
    return ordered[may_refuse] if may_refuse < len(ordered) else math.inf


def refused(scores: Sequence[float], threshold: float) -> float:
    """The share of scores below the threshold."""
    return mean([float(score < threshold) for score in scores])


def mean(values: Sequence[float]) -> float:
    """The mean, or NaN of nothing."""
    return sum(values) / len(values) if values else math.nan
