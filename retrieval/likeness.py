"""How alike two texts are, by the words that they share."""

from __future__ import annotations

from collections.abc import Hashable
from collections.abc import Set as AbstractSet

from footnote.retrieval.text import words

Shingles = frozenset[tuple[str, ...]]

_LONG = 3


def shingles(text: str) -> Shingles:
    """Every three neighbouring words of a text; all of its words where it has fewer.

    Broder 1997, "On the resemblance and containment of documents".
    """
    found = words(text)
    if len(found) < _LONG:
        return frozenset({tuple(found)}) if found else frozenset()
    return frozenset(zip(found, found[1:], found[2:], strict=False))


def alike(one: Shingles, other: Shingles, least: float) -> bool:
    """Whether the likeness of two texts is `least` or more."""
    fewer, more = sorted((len(one), len(other)))
    # They share no more than the smaller one holds, so most need not be compared.
    return not (more and fewer / more < least) and likeness(one, other) >= least


def likeness(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """The share of what both hold in all that either holds (Jaccard), 0…1; 0 where both are empty.

    Texts that share no word, nothing at all included, have nothing in common.
    """
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
