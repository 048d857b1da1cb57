"""Variety among what is found: what adds something new goes before what repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footnote.retrieval.likeness import Shingles, likeness


def diversified(
    ranked: Sequence[str], scores: Mapping[str, float], texts: Mapping[str, Shingles], share: float
) -> list[str]:
    """The same ids in an order in which each next one is good and unlike those before it.

    Maximal marginal relevance (Carbonell & Goldstein 1998): the next one is that with the highest
    `(1 - share) * score - share * highest likeness to those taken`.

    Args:
        ranked: Ids, best first.
        scores: Score by id, 0…1.
        texts: What is compared, by id.
        share: How much variety counts, 0…1; 0 keeps the order.
    """
    left = list(ranked)
    taken: list[str] = []
    closest = dict.fromkeys(left, 0.0)
    while left:
        # The first of equals, which keeps the order where nothing speaks against it.
        chosen = max(left, key=lambda id_: (1 - share) * scores[id_] - share * closest[id_])
        left.remove(chosen)
        taken.append(chosen)
        for id_ in left:
            closest[id_] = max(closest[id_], likeness(texts[id_], texts[chosen]))
    return taken
