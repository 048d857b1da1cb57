"""What one text finds: both sides of the search, fused into scores of passages and documents."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.feedback import Feedback, led_on, settled
from footnote.retrieval.fusion import Scores, Weighting, fuse
from footnote.retrieval.ranking import Places, best_first, best_of_each, best_places
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import FieldQuery, Hit, PassageStore


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates, each at its place.

    Attributes:
        ids: The passage at each place.
        places: The place of each passage.
        owner: For each passage the place of its document in `documents`.
        documents: The document of every passage, each once.
    """

    ids: Sequence[str]
    places: Mapping[str, int]
    owner: Places
    documents: Sequence[str]

    @classmethod
    def of(cls, owner: Mapping[str, str]) -> Pool:
        """The pool of passages whose documents are given, by their ids."""
        documents = {id_: place for place, id_ in enumerate(dict.fromkeys(owner.values()))}
        return cls(
            ids=tuple(owner),
            places={id_: place for place, id_ in enumerate(owner)},
            owner=np.array([documents[id_] for id_ in owner.values()], np.intp),
            documents=tuple(documents),
        )

    @property
    def owners(self) -> dict[str, str]:
        """The document of each passage, by their ids."""
        owner = (self.documents[place] for place in self.owner.tolist())
        return dict(zip(self.ids, owner, strict=True))

    def at(self, ids: Sequence[str]) -> Places:
        """The places of these passages."""
        return np.array([self.places[id_] for id_ in ids], np.intp)

    def by_document(self, scores: Scores) -> Scores:
        """The score of each document's best passage."""
        return best_of_each(scores, self.owner, len(self.documents))

    def best_of_documents(self, scores: Mapping[str, float]) -> dict[str, float]:
        """The score of each document's best passage, by their ids, where some have none."""
        best: dict[str, float] = {}
        for id_, score in scores.items():
            document = self.documents[self.owner[self.places[id_]]]
            best[document] = max(score, best.get(document, score))
        return best


@dataclass(frozen=True, slots=True)
class Candidates:
    """Every candidate with its scores, in the order of the pool.

    Attributes:
        pool: The candidates.
        lexical: Weighted sum of BM25 over the fields; 0 where no term matched.
        cosines: Cosine of passage and question.
        fused: Both, scaled and added, 0…1; with feedback, what that made of it.
        documents: Fused score of each document, 0…1.
        weight: The weight that the vectors had, 0…1.
        nearest: How many candidates the vectors gave.
    """

    pool: Pool
    lexical: Scores
    cosines: Scores
    fused: Scores
    documents: Scores
    weight: float
    nearest: int

    def ranked(self, document_share: float) -> Scores:
        """What each passage is ranked by: its own score, and its document's with this share.

        A document's best passage ranks as the document does, and no other above it. So the
        documents of what is found come in the order of the documents, and so does what is cited.
        Without a share, documents count for nothing.
        """
        if not document_share:
            return self.fused
        whole = self.documents[self.pool.owner]
        shared = (1 - document_share) * self.fused + document_share * whole
        ranked: Scores = np.minimum(whole, shared)
        ranked[self._best_of_documents()] = self.documents
        return ranked

    def leading(self, leaders: int) -> tuple[Places, Places]:
        """The places of the best documents, and of the best passage of each."""
        documents = np.array(
            best_first(self.documents, self.pool.documents.__getitem__, leaders), np.intp
        )
        return documents, self._best_of_documents()[documents]

    def _best_of_documents(self) -> Places:
        best = self.pool.by_document(self.fused)
        return best_places(self.fused, self.pool.owner, best, self.pool.ids)


async def candidates_for(  # noqa: PLR0913  both sides have to be told what to look for
    store: PassageStore,
    terms: Sequence[FieldQuery],
    vector: Vectors,
    readers: Readers,
    *,
    weighting: Weighting,
    feedback: Feedback | None = None,
    pool: int,
) -> Candidates:
    """The candidates of both sides, side by side, among what `readers` may see.

    The true cosine of every lexical candidate is looked up, so that none is punished for having
    missed the nearest list by a hair.

    Raises:
        StoreError: The store cannot be read.
    """
    matched, nearest = await asyncio.gather(
        store.lexical(terms, readers, limit=pool), store.nearest(vector, readers, limit=pool)
    )
    pooled = Pool.of({id_: document for id_, document, _ in chain(matched, nearest)})
    near = pooled.at([id_ for id_, _, _ in nearest])
    # The pool begins with what matched, so there is what is not among the nearest.
    matches = np.arange(len(matched))
    lexical, cosines = _scores(pooled, matches, matched), _scores(pooled, near, nearest)
    unknown = np.setdiff1d(matches, near, assume_unique=True)
    if len(unknown):
        cosines[unknown] = await store.cosines(vector, [pooled.ids[at] for at in unknown.tolist()])
    weight = weighting.of(cosines)
    candidates = Candidates(
        pool=pooled,
        lexical=lexical,
        cosines=cosines,
        fused=fuse(lexical, cosines, weight),
        documents=fuse(pooled.by_document(lexical), pooled.by_document(cosines), weight),
        weight=weight,
        nearest=len(nearest),
    )
    if feedback is None or len(pooled.documents) <= feedback.leaders:
        return candidates
    return await _fed_back(store, candidates, vector, feedback)


async def _fed_back(
    store: PassageStore, candidates: Candidates, vector: Vectors, feedback: Feedback
) -> Candidates:
    """The candidates below the leading documents ranked anew by what these say."""
    pool, lexical, weight = candidates.pool, candidates.lexical, candidates.weight
    leaders, leading = candidates.leading(feedback.leaders)
    best = await store.vectors([pool.ids[at] for at in leading.tolist()])
    moved = await store.cosines(led_on(vector, best, feedback.share), pool.ids)
    cosines = np.array(moved)
    fused = fuse(lexical, cosines, weight)
    documents = fuse(pool.by_document(lexical), pool.by_document(cosines), weight)
    return replace(
        candidates,
        fused=settled(candidates.fused, fused, leading),
        documents=settled(candidates.documents, documents, leaders),
    )


def joined(whole: Candidates, parts: Sequence[Candidates], share: float) -> Candidates:
    """The candidates of a compound question and of its parts as one.

    Each passage and document has the better of its score for the whole and of `share` times its
    score for a part; lexical scores and cosines are those for the whole where it knows them.
    """
    every = (whole, *parts)
    pool = Pool.of({id_: by for each in every for id_, by in each.pool.owners.items()})
    documents = {id_: place for place, id_ in enumerate(pool.documents)}
    both = Candidates(
        pool=pool,
        lexical=np.zeros(len(pool.ids)),
        cosines=np.zeros(len(pool.ids)),
        fused=np.zeros(len(pool.ids)),
        documents=np.zeros(len(pool.documents)),
        weight=whole.weight,
        nearest=whole.nearest,
    )
    for each in reversed(every):
        factor = 1.0 if each is whole else share
        places = pool.at(each.pool.ids)
        at = np.array([documents[id_] for id_ in each.pool.documents], np.intp)
        both.fused[places] = np.maximum(both.fused[places], factor * each.fused)
        both.documents[at] = np.maximum(both.documents[at], factor * each.documents)
        both.cosines[places] = each.cosines
        both.lexical[places] = np.where(each.lexical > 0, each.lexical, both.lexical[places])
    return both


def _scores(pool: Pool, places: Places, hits: Sequence[Hit]) -> Scores:
    """The score of each candidate, given the places of those that were hit; 0 for the others."""
    scores = np.zeros(len(pool.ids))
    scores[places] = [score for _, _, score in hits]
    return scores
