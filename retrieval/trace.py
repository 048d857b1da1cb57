"""What a search did with each candidate, for whoever wants to see its way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from footnote.retrieval.reranking import Judgment


class Fate(StrEnum):
    """What became of a candidate."""

    KEPT = "kept"
    OUTRANKED = "outranked"
    DUPLICATE = "duplicate"
    MERGED = "merged"
    ALIKE = "alike"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Cut:
    """Why one stage of a search let go of a candidate.

    Attributes:
        fate: `DUPLICATE` of another passage, `MERGED` into another one, too much `ALIKE` another
            one that ranks before it, or `GONE` from the index since it was found.
        by: The id of that other passage, or "".
    """

    fate: Fate
    by: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One passage that a search had in hand.

    Attributes:
        passage_id: The passage.
        document_id: Its document.
        lexical: Weighted sum of BM25 over the fields; 0 where no term matched.
        cosine: Cosine of passage and question.
        fused: Both, scaled and added, 0…1.
        final: What it was ranked by.
        fate: What became of it.
        by: The id of the passage in whose favour it was cut, or "".
    """

    passage_id: str
    document_id: str
    lexical: float
    cosine: float
    fused: float
    final: float
    fate: Fate
    by: str = ""


@dataclass(frozen=True, slots=True)
class SearchTrace:
    """The way of one search.

    Attributes:
        queries: Each text that was searched for by itself; the first stands for all of them.
        stems: The distinct stems of these texts that were matched, in their order.
        matched: How many candidates the lexical side gave.
        nearest: How many candidates the vectors gave.
        weight: The weight that the vectors had, 0…1.
        candidates: Every candidate, by its final score, best first.
        judgment: What came of reranking them, or None where the search does not rerank.
    """

    queries: tuple[str, ...]
    stems: tuple[str, ...]
    matched: int
    nearest: int
    weight: float
    candidates: tuple[Candidate, ...]
    judgment: Judgment | None = None


def candidates_of(  # noqa: PLR0913  each candidate has this many scores
    owner: Mapping[str, str],
    *,
    lexical: Mapping[str, float],
    cosines: Mapping[str, float],
    fused: Mapping[str, float],
    final: Mapping[str, float],
    kept: Collection[str],
    cuts: Mapping[str, Cut] | None = None,
) -> tuple[Candidate, ...]:
    """Every candidate with its scores and its fate, by its final score, best first.

    Args:
        owner: The document of each candidate, by the passage's id.
        lexical: BM25 by id; one that is absent has none.
        cosines: Cosine by id.
        fused: Fused score by id.
        final: What each candidate was ranked by, by id.
        kept: The ids of those that the search gives back.
        cuts: Why the stages let go of some; all others that are not kept were outranked.
    """
    reasons = cuts or {}

    def fate(passage_id: str) -> Cut:
        if passage_id in kept:
            return Cut(Fate.KEPT)
        return reasons.get(passage_id, Cut(Fate.OUTRANKED))

    return tuple(
        Candidate(
            passage_id,
            owner[passage_id],
            lexical.get(passage_id, 0.0),
            cosines.get(passage_id, 0.0),
            fused[passage_id],
            final[passage_id],
            fate(passage_id).fate,
            fate(passage_id).by,
        )
        for passage_id in sorted(final, key=lambda key: (-final[key], key))
    )
