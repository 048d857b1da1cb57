"""Search: lexical and nearest side by side, fused into one ranking of passages and documents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from footnote.retrieval.arranging import Arranged, arrange, in_order
from footnote.retrieval.candidates import Candidates, candidates_for, joined
from footnote.retrieval.compounds import split_compound
from footnote.retrieval.embedder import Embedder, Vectors
from footnote.retrieval.fusion import Scores
from footnote.retrieval.parts import Parts
from footnote.retrieval.passages import Passage
from footnote.retrieval.ranking import best_first
from footnote.retrieval.readers import Readers
from footnote.retrieval.reranking import Judgment, Reranking, blended, judged
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.text import Analyzer
from footnote.retrieval.trace import Cut, Fate, SearchTrace, candidates_of

READ_AHEAD = 24
"""How many passages are read, at least, for what compares their texts to choose from."""

SPARE = 4
"""So many more than are wanted are read at first, since some may say the same as others."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for.

    Attributes:
        text: The question as it was asked.
        history: The asker's earlier questions in this conversation, oldest first.
    """

    text: str
    history: tuple[str, ...] = ()

    @property
    def weighted(self) -> str:
        """The question three times, then the earlier ones, newest first.

        On public multi-turn questions this ranked better than the last turn alone (nDCG@10 .809
        to .758). The newest stands first, since an embedder cuts off the end.
        """
        if not self.history:
            return self.text
        return "\n".join((self.text, self.text, self.text, *reversed(self.history)))

    @property
    def told_once(self) -> str:
        """The question, then the earlier ones, newest first: for whoever reads it, as a judge does.

        To a reader, a question that stands there three times is an odd one.
        """
        return "\n".join((self.text, *reversed(self.history)))


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with the scores that brought it here.

    Attributes:
        passage: The passage.
        score: The fused score, 0…1.
        lexical: Weighted sum of BM25 over the fields; 0 where no term matched.
        cosine: Cosine of passage and question.
    """

    passage: Passage
    score: float
    lexical: float
    cosine: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        query: What was searched for.
        vector: The question's vector, shape (dimension,).
        found: Passages, best first.
        documents: Document id and fused score of every candidate document, best first.
        weight: The weight that the vectors had, 0…1.
        trace: What became of every candidate, where that was asked for.
    """

    query: Query
    vector: Vectors
    found: tuple[Found, ...]
    documents: tuple[tuple[str, float], ...]
    weight: float
    trace: SearchTrace | None = None


class Search:
    """Finds the passages that may answer a question."""

    def __init__(
        self,
        store: PassageStore,
        embedder: Embedder,
        analyzer: Analyzer,
        *,
        parts: Parts | None = None,
        pool: int = 300,
    ) -> None:
        """Search a store.

        Args:
            store: Where passages are.
            embedder: The one that the index was made with.
            analyzer: The one whose terms the index holds.
            parts: What the search is made of.
            pool: How many passages each of the two sides gives to the fusion.
        """
        self._store = store
        self._embedder = embedder
        self._analyzer = analyzer
        self._parts = parts or Parts()
        self._pool = pool

    @property
    def parts(self) -> Parts:
        """What the search is made of."""
        return self._parts

    async def find(
        self, query: Query, readers: Readers, *, limit: int = 8, traced: bool = False
    ) -> SearchResult:
        """The best passages for a question among those that `readers` may see.

        Args:
            query: What to search for.
            readers: Who will see what is found.
            limit: At most so many passages are found.
            traced: Tell of every candidate what became of it.

        Raises:
            RetrievalError: The store cannot be read.
        """
        texts = self._texts(query)
        vectors = await self._embedder.embed(texts, urgent=True)
        candidates = await self._candidates(texts, vectors, readers)
        pool = candidates.pool
        ranked = _named(pool.ids, candidates.ranked(self._parts.document_share))
        documents = candidates.documents
        judgment = None
        if self._parts.reranking:
            judgment = await self._judged(self._parts.reranking, query, ranked, readers)
            ranked = blended(ranked, judgment.scores, self._parts.reranking.share)
            opinions = pool.best_of_documents(judgment.scores)
            by_id = blended(
                _named(pool.documents, documents), opinions, self._parts.reranking.share
            )
            documents = np.fromiter(by_id.values(), np.float64, len(by_id))
        arranged = await self._arranged(ranked, readers, limit)
        return SearchResult(
            query=query,
            vector=np.asarray(vectors[0], dtype=np.float32),
            found=tuple(_found(passage, ranked, candidates) for passage in arranged.passages),
            documents=_in_order(pool.documents, documents),
            weight=candidates.weight,
            trace=self._trace(texts, candidates, ranked, arranged, judgment) if traced else None,
        )

    def _texts(self, query: Query) -> tuple[str, ...]:
        """What is searched for: the whole, and then the parts of a compound question."""
        if not self._parts.compound_share:
            return (query.weighted,)
        return (query.weighted, *split_compound(query.text))

    async def _candidates(
        self, texts: Sequence[str], vectors: Vectors, readers: Readers
    ) -> Candidates:
        whole, *parts = await asyncio.gather(
            *(
                candidates_for(
                    self._store,
                    [
                        terms
                        for terms in self._analyzer.query(text)
                        if terms.field in self._parts.fields
                    ],
                    vector,
                    readers,
                    weighting=self._parts.weighting,
                    feedback=self._parts.feedback,
                    pool=self._pool,
                )
                for text, vector in zip(texts, vectors, strict=True)
            )
        )
        return joined(whole, parts, self._parts.compound_share) if parts else whole

    async def _judged(
        self, reranking: Reranking, query: Query, ranked: dict[str, float], readers: Readers
    ) -> Judgment:
        best = _best(ranked, reranking.depth)
        passages = await self._store.passages(best, readers)
        return await judged(reranking, query.told_once, passages)

    async def _arranged(self, ranked: dict[str, float], readers: Readers, limit: int) -> Arranged:
        best = _best(ranked, max(READ_AHEAD, 2 * limit))
        # Where the order stays, the first few are nearly always enough.
        first = limit + SPARE if in_order(self._parts) else len(best)
        passages = await self._store.passages(best[:first], readers)
        arranged = arrange(passages, ranked, self._parts, limit)
        if len(arranged.passages) < limit and first < len(best):
            first = len(best)
            passages = await self._store.passages(best, readers)
            arranged = arrange(passages, ranked, self._parts, limit)
        there = {passage.id for passage in passages}
        gone = {key: Cut(Fate.GONE) for key in best[:first] if key not in there}
        return replace(arranged, cuts={**arranged.cuts, **gone})

    def _trace(
        self,
        texts: Sequence[str],
        candidates: Candidates,
        ranked: dict[str, float],
        arranged: Arranged,
        judgment: Judgment | None,
    ) -> SearchTrace:
        stems = (stem for text in texts for stem in self._analyzer.stems(text))
        pool = candidates.pool
        lexical = _named(pool.ids, candidates.lexical)
        return SearchTrace(
            queries=tuple(texts),
            stems=tuple(dict.fromkeys(stems)),
            matched=int(np.count_nonzero(candidates.lexical)),
            nearest=candidates.nearest,
            weight=candidates.weight,
            candidates=candidates_of(
                pool.owners,
                lexical=lexical,
                cosines=_named(pool.ids, candidates.cosines),
                fused=_named(pool.ids, candidates.fused),
                final=ranked,
                kept={passage.id for passage in arranged.passages},
                cuts=arranged.cuts,
            ),
            judgment=judgment,
        )


def _named(names: Sequence[str], scores: Scores) -> dict[str, float]:
    return dict(zip(names, scores.tolist(), strict=True))


def _in_order(names: Sequence[str], scores: Scores) -> tuple[tuple[str, float], ...]:
    """Names with their scores, the highest first; equals in the order of the names."""
    order = best_first(scores, names.__getitem__)
    return tuple(zip(map(names.__getitem__, order), scores[order].tolist(), strict=True))


def _best(ranked: dict[str, float], count: int) -> list[str]:
    """The ids with the highest scores, best first; equals in the order of their ids."""
    ids = list(ranked)
    scores = np.fromiter(ranked.values(), np.float64, len(ids))
    return [ids[place] for place in best_first(scores, ids.__getitem__, count)]


def _found(passage: Passage, ranked: dict[str, float], candidates: Candidates) -> Found:
    place = candidates.pool.places[passage.id]
    return Found(
        passage,
        ranked[passage.id],
        float(candidates.lexical[place]),
        float(candidates.cosines[place]),
    )
