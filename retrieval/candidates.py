"""What one text finds: both sides of the search, fused into scores of passages and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.feedback import Feedback, led_on, settled
from footnote.retrieval.fusion import Scores, Weighting, fuse
from footnote.retrieval.ranking import Places, best_first, best_of_each, best_places
from footnote.retrieval.reading import Keys, Names, Reading
from footnote.retrieval.stores.base import FieldQuery


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates, each at its place.

    Attributes:
        names: What they and their documents are called.
        keys: The passage at each place.
        owner: For each passage the place of its document in `documents`.
        documents: The document of every passage, each once.
    """

    names: Names
    keys: Keys
    owner: Places
    documents: Keys

    @classmethod
    def of(cls, names: Names, keys: Keys) -> Pool:
        """The pool of these passages, each given once."""
        documents, owner = np.unique(names.owners(keys), return_inverse=True)
        return cls(names, keys, owner, documents)

    def id(self, place: int) -> str:
        """The id of the passage at a place."""
        return self.names.ids[int(self.keys[place])]

    def document(self, place: int) -> str:
        """The id of the document at a place."""
        return self.names.documents[int(self.documents[place])]

    @property
    def ids(self) -> list[str]:
        """The id of each passage."""
        return list(map(self.names.ids.__getitem__, self.keys.tolist()))

    @property
    def document_ids(self) -> list[str]:
        """The id of each document."""
        return list(map(self.names.documents.__getitem__, self.documents.tolist()))

    @property
    def owners(self) -> dict[str, str]:
        """The document of each passage, by their ids."""
        documents = self.document_ids
        return {
            id_: documents[place] for id_, place in zip(self.ids, self.owner.tolist(), strict=True)
        }

    def by_document(self, scores: Scores) -> Scores:
        """The score of each document's best passage."""
        return best_of_each(scores, self.owner, len(self.documents))

    def best_of_documents(self, scores: Mapping[str, float]) -> dict[str, float]:
        """The score of each document's best passage, by their ids, where some have none."""
        owners = self.owners
        best: dict[str, float] = {}
        for id_, score in scores.items():
            document = owners[id_]
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
        documents = np.array(best_first(self.documents, self.pool.document, leaders), np.intp)
        return documents, self._best_of_documents()[documents]

    def _best_of_documents(self) -> Places:
        best = self.pool.by_document(self.fused)
        return best_places(self.fused, self.pool.owner, best, self.pool.id)


@dataclass(frozen=True, slots=True)
class DocumentScores:
    """The score of every candidate document; few who search ask for it, so it is named late.

    Attributes:
        pool: The candidates.
        scores: One for each of its documents.
    """

    pool: Pool
    scores: Scores

    def best_first(self) -> tuple[tuple[str, float], ...]:
        """Documents with their scores, the highest first; equals in the order of their ids."""
        names = self.pool.document_ids
        order = best_first(self.scores, names.__getitem__)
        return tuple(zip(map(names.__getitem__, order), self.scores[order].tolist(), strict=True))


async def candidates_for(  # noqa: PLR0913  both sides have to be told what to look for
    reading: Reading,
    terms: Sequence[FieldQuery],
    vector: Vectors,
    *,
    weighting: Weighting,
    feedback: Feedback | None = None,
    pool: int,
) -> Candidates:
    """The candidates of both sides among what the reading's readers may see.

    The true cosine of every lexical candidate is looked up, so that none is punished for having
    missed the nearest list by a hair.

    Raises:
        StoreError: The store cannot be read.
    """
    matched, nearest = await reading.both_sides(terms, vector, limit=pool)
    keys, places = np.unique(np.concatenate((matched.keys, nearest.keys)), return_inverse=True)
    pooled = Pool.of(reading, keys)
    matches, near = np.split(places, [len(matched.keys)])
    lexical, cosines = np.zeros(len(keys)), np.zeros(len(keys))
    lexical[matches] = matched.scores
    cosines[near] = nearest.scores
    known = np.zeros(len(keys), np.bool_)
    known[near] = True
    unknown = np.flatnonzero(~known)
    if len(unknown):
        cosines[unknown] = await reading.cosines(vector, keys[unknown])
    weight = weighting.of(cosines)
    candidates = Candidates(
        pool=pooled,
        lexical=lexical,
        cosines=cosines,
        fused=fuse(lexical, cosines, weight),
        documents=fuse(pooled.by_document(lexical), pooled.by_document(cosines), weight),
        weight=weight,
        nearest=len(near),
    )
    if feedback is None or len(pooled.documents) <= feedback.leaders:
        return candidates
    return await _fed_back(reading, candidates, vector, feedback)


async def _fed_back(
    reading: Reading, candidates: Candidates, vector: Vectors, feedback: Feedback
) -> Candidates:
    """The candidates below the leading documents ranked anew by what these say."""
    pool, lexical, weight = candidates.pool, candidates.lexical, candidates.weight
    leaders, leading = candidates.leading(feedback.leaders)
    best = await reading.vectors(pool.keys[leading])
    cosines = await reading.cosines(led_on(vector, best, feedback.share), pool.keys)
    fused = fuse(lexical, cosines, weight)
    documents = fuse(pool.by_document(lexical), pool.by_document(cosines), weight)
    return replace(
        candidates,
        fused=settled(candidates.fused, fused, leading),
        documents=settled(candidates.documents, documents, leaders),
    )


def joined(whole: Candidates, parts: Sequence[Candidates], share: float) -> Candidates:
    """The candidates of a compound question and of its parts, of one reading, as one.

    Each passage and document has the better of its score for the whole and of `share` times its
    score for a part; lexical scores and cosines are those for the whole where it knows them.
    """
    every = (whole, *parts)
    pool = Pool.of(whole.pool.names, np.unique(np.concatenate([each.pool.keys for each in every])))
    both = Candidates(
        pool=pool,
        lexical=np.zeros(len(pool.keys)),
        cosines=np.zeros(len(pool.keys)),
        fused=np.zeros(len(pool.keys)),
        documents=np.zeros(len(pool.documents)),
        weight=whole.weight,
        nearest=whole.nearest,
    )
    for each in reversed(every):
        factor = 1.0 if each is whole else share
        places = np.searchsorted(pool.keys, each.pool.keys)
        at = np.searchsorted(pool.documents, each.pool.documents)
        both.fused[places] = np.maximum(both.fused[places], factor * each.fused)
        both.documents[at] = np.maximum(both.documents[at], factor * each.documents)
        both.cosines[places] = each.cosines
        both.lexical[places] = np.where(each.lexical > 0, each.lexical, both.lexical[places])
    return both
