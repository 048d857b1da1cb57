"""A reranker without weights: how much of the question stands close together in a passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from footnote.retrieval.bm25 import idf
from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.text import Analyzer, without_link_targets

Item = TypeVar("Item")

WINDOW = 40
"""How many stems stand close together: about two sentences."""


class LexicalAlignment:
    """Scores passages by the best window of their words.

    Args:
        store: Knows how telling each stem is.
        analyzer: The one whose terms the store holds.
    """

    name = "lexical alignment"

    def __init__(self, store: PassageStore, analyzer: Analyzer) -> None:
        self._store = store
        self._analyzer = analyzer

    async def scores(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """The alignment of each passage, 0…1.

        Raises:
            StoreError: The store cannot be read.
        """
        asked = self._analyzer.stems(question)
        statistics = await self._store.term_statistics(set(asked))
        telling = {stem: idf(statistics, stem) for stem in asked}
        return [
            alignment(
                asked,
                self._analyzer.stems(passage.context),
                self._analyzer.stems(without_link_targets(passage.text)),
                telling,
            )
            for passage in passages
        ]


def alignment(
    asked: Sequence[str], context: Sequence[str], text: Sequence[str], telling: Mapping[str, float]
) -> float:
    """How much of the question stands in the best window of a text and in its context, 0…1.

    The mean of two shares: of the question's distinct stems, by idf, and of its pairs of
    neighbouring stems, by the lower idf of the two. A question of one stem has the first alone.
    """
    windows = [text[start : start + WINDOW] for start in range(0, len(text), WINDOW // 2)] or [[]]
    return max(_share(asked, context, window, telling) for window in windows)


def _share(
    asked: Sequence[str],
    context: Sequence[str],
    window: Sequence[str],
    telling: Mapping[str, float],
) -> float:
    held = {*context, *window}
    single = _weighed({stem: telling[stem] for stem in asked}, held)
    couples = {pair: min(telling[pair[0]], telling[pair[1]]) for pair in pairwise(asked)}
    if not couples:
        return single
    return (single + _weighed(couples, {*pairwise(context), *pairwise(window)})) / 2


def _weighed(weights: Mapping[Item, float], held: set[Item]) -> float:
    total = sum(weights.values())
    return sum(weight for item, weight in weights.items() if item in held) / total if total else 0.0
