"""Whether an index on Weaviate is still the one that was counted.

The numbers of an index change when an entry is written that makes another revision of a document
valid, or none. Just before that the entry is watched, as it names the new revision as residue, or
just after, as it names the old one. And while it is, a mark is written, one object that is watched
too: in a put before the entry that counts, and always before an entry is watched no longer. So
between two states of what is watched that are the same, mark included, no number has changed; but
for a first state that was read while entry and mark were written, and holds the mark alone. Hence
a state counts from the second time on that it is seen in a row: the second reading began after the
first had found the mark.
"""

from __future__ import annotations

from footnote.retrieval.stores.weaviate_counting import UNKNOWN


class Editions:
    """Numbers the states of an index, as one process sees them."""

    def __init__(self) -> None:
        self._state: frozenset[str] = frozenset()
        self._number = UNKNOWN

    def seen(self, state: frozenset[str]) -> int:
        """The number of a state.

        Args:
            state: What is written in the mark and in the entries of unfinished documents; empty
                where there is no mark. Read after the state that was given before.

        Returns:
            Another one after each change, and `UNKNOWN` where there may be one under way.
        """
        if not state or state != self._state:
            self._state = state
            self._number += 1
            return UNKNOWN
        return self._number
