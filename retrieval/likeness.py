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
    return _shingled(words(text))


def _shingled(found: Sequence[str]) -> Shingles:
    if len(found) < _LONG:
        return frozenset({tuple(found)}) if found else frozenset()
    return frozenset(zip(found, found[1:], found[2:], strict=False))


class Compared:
    """A text that is compared with others; its shingles are made when they are needed.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._words = words(text)
        self._distinct = frozenset(self._words)
        self._shingles: Shingles | None = None

    @property
    def shingles(self) -> Shingles:
        """See the function of this name."""
        if self._shingles is None:
            self._shingles = _shingled(self._words)
        return self._shingles

    def is_like(self, other: Compared, least: float) -> bool:
        """Whether the likeness of both texts is `least` or more."""
        return self._may_be_like(other, least) and alike(self.shingles, other.shingles, least)

    def _may_be_like(self, other: Compared, least: float) -> bool:
        """False where the words alone tell that they are not.

        Of texts so much alike, at most `(1 - least) / least` times as many shingles as the one
        with fewer has are in one text alone. So are at most as many words: where a shingle is
        shared, each word before it begins a shingle of its own, and each word behind it ends one.
        """
        fewer = min(len(self._words), len(other._words))
        shared = len(self._distinct & other._distinct)
        apart = len(self._distinct) + len(other._distinct) - 2 * shared
        return least * apart <= (1 - least) * fewer


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
