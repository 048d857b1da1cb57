"""How alike two texts are, by the words that they share."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
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
    return frozenset(_windows(found))


def likeness(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """The share of what both hold in all that either holds (Jaccard), 0…1; 0 where both are empty.

    Texts that share no word, nothing at all included, have nothing in common.
    """
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _windows(found: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(found[start : start + _LONG]) for start in range(len(found) - _LONG + 1)]
