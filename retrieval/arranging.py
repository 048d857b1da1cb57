"""From ranked candidates to what is found: no repetition, variety first, neighbours joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from footnote.retrieval.diversity import diversified
from footnote.retrieval.duplicates import near_duplicates
from footnote.retrieval.likeness import likeness, shingles
from footnote.retrieval.merging import merge_adjacent
from footnote.retrieval.parts import Parts
from footnote.retrieval.passages import Passage
from footnote.retrieval.trace import Cut, Fate


@dataclass(frozen=True, slots=True)
class Arranged:
    """What is found, and why the rest is not.

    Attributes:
        passages: Best first.
        cuts: By id, why a stage let go of a passage; the others were outranked.
    """

    passages: tuple[Passage, ...]
    cuts: Mapping[str, Cut]


def in_order(parts: Parts) -> bool:
    """Whether what is found keeps the order of the ranking, so that what is below cannot matter."""
    return not parts.diversity and not parts.longest_merged


def arrange(
    ranked: Sequence[Passage], scores: Mapping[str, float], parts: Parts, limit: int
) -> Arranged:
    """At most `limit` passages of those that were read.

    Args:
        ranked: Passages, best first.
        scores: What each is ranked by, 0…1, by id.
        parts: What is on.
        limit: How many are wanted.
    """
    cuts: dict[str, Cut] = {}
    kept = list(ranked)
    if parts.duplicate is not None:
        enough = limit if in_order(parts) else None
        same = near_duplicates(kept, parts.duplicate, enough=enough)
        cuts |= {id_: Cut(Fate.DUPLICATE, by) for id_, by in same.items()}
        kept = [passage for passage in kept if passage.id not in same]
    if parts.diversity:
        kept, alike = _varied(kept, scores, parts.diversity, limit)
        cuts |= alike
    if parts.longest_merged:
        merged = merge_adjacent(kept, parts.longest_merged)
        kept = list(merged.passages)
        there = {passage.id for passage in kept[:limit]}
        cuts |= {id_: Cut(Fate.MERGED, by) for id_, by in merged.into.items() if by in there}
    return Arranged(tuple(kept[:limit]), cuts)


def _varied(
    kept: Sequence[Passage], scores: Mapping[str, float], share: float, limit: int
) -> tuple[list[Passage], dict[str, Cut]]:
    """The passages in their new order, and a cut for each that lost its place to variety."""
    texts = {passage.id: shingles(passage.text) for passage in kept}
    order = diversified([passage.id for passage in kept], scores, texts, share)
    first = order[:limit]
    lost = [passage.id for passage in kept[:limit] if passage.id not in first]
    alike = {
        id_: Cut(Fate.ALIKE, max(first, key=lambda other: likeness(texts[id_], texts[other])))
        for id_ in lost
    }
    by_id = {passage.id: passage for passage in kept}
    return [by_id[id_] for id_ in order], alike
