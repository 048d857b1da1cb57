"""Search: lexical and nearest side by side, fused into one ranking of passages and documents."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from footnote.retrieval.arranging import Arranged, arrange, in_order
from footnote.retrieval.candidates import Candidates, DocumentScores, Pool, candidates_for, joined
from footnote.retrieval.compounds import split_compound
from footnote.retrieval.embedder import Embedder, Vectors
from footnote.retrieval.fusion import Scores
from footnote.retrieval.parts import Parts
from footnote.retrieval.passages import Passage
from footnote.retrieval.ranking import best_first
from footnote.retrieval.readers import Readers
from footnote.retrieval.reading import InProcess, Reading, StoreReading
from footnote.retrieval.reranking import Judgment, Reranking, blended, judged
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.text import Analyzer
from footnote.retrieval.trace import Cut, Fate, SearchTrace, candidates_of

READ_AHEAD = 24
"""How many passages are read, at least, for what compares their texts to choose from."""


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
        weight: The weight that the vectors had, 0…1.
        ranking: The fused score of every candidate document, None where there is no ranking.
        trace: What became of every candidate, where that was asked for.
    """

    query: Query
    vector: Vectors
    found: tuple[Found, ...]
    weight: float
    ranking: DocumentScores | None = None
    trace: SearchTrace | None = None

    @property
    def documents(self) -> tuple[tuple[str, float], ...]:
        """Document id and fused score of every candidate document, best first."""
        return self.ranking.best_first() if self.ranking else ()


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
        asked = _Asked(query, texts, vectors, limit, traced=traced)

        def work(reading: Reading) -> Coroutine[Any, Any, SearchResult]:
            return self._found(reading, asked)

        store = self._store
        # A reranker waits for others, so nothing is done in one go with it.
        if isinstance(store, InProcess) and store.is_in_process and not self._parts.reranking:
            return await store.in_one_go(readers, work)
        return await work(StoreReading(store, readers))

    def _texts(self, query: Query) -> tuple[str, ...]:
        """What is searched for: the whole, and then the parts of a compound question."""
        if not self._parts.compound_share:
            return (query.weighted,)
        return (query.weighted, *split_compound(query.text))

    async def _found(self, reading: Reading, asked: _Asked) -> SearchResult:
        candidates = await self._candidates(reading, asked)
        pool, documents = candidates.pool, candidates.documents
        ranked = candidates.ranked(self._parts.document_share)
        judgment = None
        if self._parts.reranking:
            judgment = await _judged(reading, self._parts.reranking, asked, pool, ranked)
            share, opinions = self._parts.reranking.share, judgment.scores
            ranked = _blended(pool.ids, ranked, opinions, share)
            by_document = pool.best_of_documents(opinions)
            documents = _blended(pool.document_ids, documents, by_document, share)
        best = _Best.of(pool, ranked, max(READ_AHEAD, 2 * asked.limit))
        arranged = await self._arranged(reading, best, asked.limit)
        return SearchResult(
            query=asked.query,
            vector=np.asarray(asked.vectors[0], dtype=np.float32),
            found=tuple(_told(passage, best, candidates) for passage in arranged.passages),
            weight=candidates.weight,
            ranking=DocumentScores(pool, documents),
            trace=self._trace(asked, candidates, ranked, arranged, judgment)
            if asked.traced
            else None,
        )

    async def _candidates(self, reading: Reading, asked: _Asked) -> Candidates:
        whole, *parts = await reading.each(
            candidates_for(
                reading,
                [
                    terms
                    for terms in self._analyzer.query(text)
                    if terms.field in self._parts.fields
                ],
                vector,
                weighting=self._parts.weighting,
                feedback=self._parts.feedback,
                pool=self._pool,
            )
            for text, vector in zip(asked.texts, asked.vectors, strict=True)
        )
        return joined(whole, parts, self._parts.compound_share) if parts else whole

    async def _arranged(self, reading: Reading, best: _Best, limit: int) -> Arranged:
        ids = list(best.scores)
        # Where the order stays, the first are enough unless some say the same as others.
        first = limit if in_order(self._parts) else len(ids)
        passages = await reading.passages(ids[:first])
        arranged = arrange(passages, best.scores, self._parts, limit)
        if len(arranged.passages) < limit and first < len(ids):
            first = len(ids)
            passages = await reading.passages(ids)
            arranged = arrange(passages, best.scores, self._parts, limit)
        there = {passage.id for passage in passages}
        gone = {key: Cut(Fate.GONE) for key in ids[:first] if key not in there}
        return replace(arranged, cuts={**arranged.cuts, **gone})

    def _trace(
        self,
        asked: _Asked,
        candidates: Candidates,
        ranked: Scores,
        arranged: Arranged,
        judgment: Judgment | None,
    ) -> SearchTrace:
        stems = (stem for text in asked.texts for stem in self._analyzer.stems(text))
        ids = candidates.pool.ids
        return SearchTrace(
            queries=asked.texts,
            stems=tuple(dict.fromkeys(stems)),
            matched=int(np.count_nonzero(candidates.lexical)),
            nearest=candidates.nearest,
            weight=candidates.weight,
            candidates=candidates_of(
                candidates.pool.owners,
                lexical=_named(ids, candidates.lexical),
                cosines=_named(ids, candidates.cosines),
                fused=_named(ids, candidates.fused),
                final=_named(ids, ranked),
                kept={passage.id for passage in arranged.passages},
                cuts=arranged.cuts,
            ),
            judgment=judgment,
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with what is searched for, a vector each, and how much is wanted."""

    query: Query
    texts: tuple[str, ...]
    vectors: Vectors
    limit: int
    traced: bool


@dataclass(frozen=True, slots=True)
class _Best:
    """The candidates that rank highest, best first: by id their scores, and where they stand."""

    scores: Mapping[str, float]
    places: Mapping[str, int]

    @classmethod
    def of(cls, pool: Pool, ranked: Scores, count: int) -> _Best:
        places = best_first(ranked, pool.id, count)
        ids = list(map(pool.id, places))
        return cls(_named(ids, ranked[places]), dict(zip(ids, places, strict=True)))


async def _judged(
    reading: Reading, reranking: Reranking, asked: _Asked, pool: Pool, ranked: Scores
) -> Judgment:
    best = map(pool.id, best_first(ranked, pool.id, reranking.depth))
    return await judged(reranking, asked.query.told_once, await reading.passages(list(best)))


def _blended(
    names: Sequence[str], scores: Scores, opinions: Mapping[str, float], share: float
) -> Scores:
    by_name = blended(_named(names, scores), opinions, share)
    return np.fromiter(map(by_name.__getitem__, names), np.float64, len(names))


def _named(names: Sequence[str], scores: Scores) -> dict[str, float]:
    return dict(zip(names, scores.tolist(), strict=True))


def _told(passage: Passage, best: _Best, candidates: Candidates) -> Found:
    place = best.places[passage.id]
    return Found(
        passage,
        best.scores[passage.id],
        float(candidates.lexical[place]),
        float(candidates.cosines[place]),
    )
