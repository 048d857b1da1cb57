"""What one text finds: both sides of the search, fused into scores of passages and documents."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import TypeVar

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.feedback import Feedback, led_on, settled
from footnote.retrieval.fusion import Weighting, fuse
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import FieldQuery, PassageStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Every candidate with its scores, by passage id.

    Attributes:
        owner: Its document.
        lexical: Weighted sum of BM25 over the fields; absent where no term matched.
        cosines: Cosine of passage and question.
        fused: Both, scaled and added, 0…1; with feedback, what that made of it.
        documents: Fused score by document id, 0…1.
        weight: The weight that the vectors had, 0…1.
        nearest: How many candidates the vectors gave.
    """

    owner: Mapping[str, str]
    lexical: Mapping[str, float]
    cosines: Mapping[str, float]
    fused: Mapping[str, float]
    documents: Mapping[str, float]
    weight: float
    nearest: int

    def ranked(self, document_share: float) -> dict[str, float]:
        """What each passage is ranked by: its own score, and its document's with this share.

        A document's best passage ranks as the document does, and no other above it. So the
        documents of what is found come in the order of the documents, and so does what is cited.
        Without a share, documents count for nothing.
        """
        if not document_share:
            return dict(self.fused)
        ranked: dict[str, float] = {}
        best: dict[str, str] = {}
        for key, score in self.fused.items():
            document = self.owner[key]
            whole = self.documents[document]
            ranked[key] = min(whole, (1 - document_share) * score + document_share * whole)
            rival = best.setdefault(document, key)
            if (-score, key) < (-self.fused[rival], rival):
                best[document] = key
        return ranked | {key: self.documents[document] for document, key in best.items()}


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
    cosines = {hit.passage_id: hit.score for hit in nearest}
    unknown = [hit.passage_id for hit in matched if hit.passage_id not in cosines]
    cosines.update(zip(unknown, await store.cosines(vector, unknown), strict=True))
    owner = {hit.passage_id: hit.document_id for hit in (*matched, *nearest)}
    lexical = {hit.passage_id: hit.score for hit in matched}
    weight = weighting.of(cosines.values())
    candidates = Candidates(
        owner=owner,
        lexical=lexical,
        cosines=cosines,
        fused=fuse(lexical, cosines, weight),
        documents=fuse(best_by_document(lexical, owner), best_by_document(cosines, owner), weight),
        weight=weight,
        nearest=len(nearest),
    )
    if feedback is None or len(candidates.documents) <= feedback.leaders:
        return candidates
    return await _fed_back(store, candidates, vector, feedback)


async def _fed_back(
    store: PassageStore, candidates: Candidates, vector: Vectors, feedback: Feedback
) -> Candidates:
    """The candidates below the leading documents ranked anew by what these say."""
    owner, lexical, weight = candidates.owner, candidates.lexical, candidates.weight
    leaders = nsmallest(
        feedback.leaders,
        candidates.documents,
        key=lambda key: (-candidates.documents[key], key),
    )
    leading = _best_passages(candidates.fused, owner, leaders)
    best = await store.vectors(list(leading.values()))
    ids = list(candidates.cosines)
    moved = await store.cosines(led_on(vector, best, feedback.share), ids)
    cosines = dict(zip(ids, moved, strict=True))
    fused = fuse(lexical, cosines, weight)
    documents = fuse(best_by_document(lexical, owner), best_by_document(cosines, owner), weight)
    return replace(
        candidates,
        fused=settled(candidates.fused, fused, leading.values()),
        documents=settled(candidates.documents, documents, leading.keys()),
    )


def joined(whole: Candidates, parts: Sequence[Candidates], share: float) -> Candidates:
    """The candidates of a compound question and of its parts as one.

    Each passage and document has the better of its score for the whole and of `share` times its
    score for a part; lexical scores and cosines are those for the whole where it knows them.
    """
    fused, documents = dict(whole.fused), dict(whole.documents)
    for part in parts:
        for scores, others in ((fused, part.fused), (documents, part.documents)):
            for key, score in others.items():
                scores[key] = max(scores.get(key, 0.0), share * score)
    return replace(
        whole,
        owner=_first_known([whole.owner, *(part.owner for part in parts)]),
        lexical=_first_known([whole.lexical, *(part.lexical for part in parts)]),
        cosines=_first_known([whole.cosines, *(part.cosines for part in parts)]),
        fused=fused,
        documents=documents,
    )


def best_by_document(scores: Mapping[str, float], owner: Mapping[str, str]) -> dict[str, float]:
    """The score of each document's best passage."""
    best: dict[str, float] = {}
    for passage_id, score in scores.items():
        document_id = owner[passage_id]
        if document_id not in best or score > best[document_id]:
            best[document_id] = score
    return best


def _best_passages(
    scores: Mapping[str, float], owner: Mapping[str, str], documents: Sequence[str]
) -> dict[str, str]:
    """The id of the best passage of each of these documents."""
    theirs: dict[str, list[str]] = {document_id: [] for document_id in documents}
    for passage_id in scores:
        if (passages := theirs.get(owner[passage_id])) is not None:
            passages.append(passage_id)
    return {
        document_id: min(passages, key=lambda key: (-scores[key], key))
        for document_id, passages in theirs.items()
    }


def _first_known(maps: Sequence[Mapping[str, T]]) -> dict[str, T]:
    known: dict[str, T] = {}
    for each in reversed(maps):
        known |= each
    return known
