"""Numbers of the whole index, which Weaviate counts slowly, remembered while they are the same.

It looks at each object that it counts: at 10,000 passages the terms of one question took .8 s of
its processor, almost all of it for those that stand in most passages. And it adds up the lengths
of documents length by length, which took 40 ms of it at 10,000 documents. `weaviate_editions.py`
says when nothing has been written in between.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Collection as AnyOf
from dataclasses import dataclass

from footnote.retrieval.stores.base import Field

UNKNOWN = 0
"""The edition of an index that something may be writing to just now."""

EXACT_S = 3600.0
"""So long, in seconds, a number is good in its own edition: a node of a cluster that was away
counts without what it missed."""

MANY = 1000
"""From so many passages on a number is good in other editions too."""

SHARE = 0.01
"""Not there when the index has grown or shrunk by more than this."""

AGE_S = 300.0
"""Nor when it is older, in seconds."""

MOST = 50_000
"""No more numbers than this are remembered."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers of the whole index.

    Attributes:
        passages: How many passages there are.
        lengths: Number of terms of all passages together, by field.
    """

    passages: int
    lengths: Mapping[Field, int]

    def mean_length(self, field: Field) -> float:
        """Mean number of terms of a passage in a field."""
        return self.lengths[field] / self.passages if self.passages else 0.0


@dataclass(frozen=True, slots=True)
class _Count:
    """In how many passages a term stood, of how many there were then, and when that was."""

    number: int
    passages: int
    edition: int
    at: float


class Counts:
    """Counts, and remembers what it counted.

    Args:
        clock: The time, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[Field, str], _Count] = {}
        self._totals: tuple[Totals, int, float] | None = None

    async def totals(self, edition: int, sum_: Callable[[], Awaitable[Totals]]) -> Totals:
        """The totals of the index.

        Args:
            edition: The one that was found before this was called.
            sum_: Adds them up.

        Raises:
            StoreError: `sum_` raised it.
        """
        if self._totals:
            totals, same, at = self._totals
            if self._is_of(edition, same, at):
                return totals
        now = self._clock()
        totals = await sum_()
        self._totals = (totals, edition, now)
        return totals

    async def of(
        self,
        field: Field,
        terms: AnyOf[str],
        passages: int,
        edition: int,
        count: Callable[[str], Awaitable[int]],
    ) -> dict[str, int]:
        """In how many passages each term stands, never more than there are.

        Args:
            field: The field that the terms are of.
            terms: The terms.
            passages: How many passages the index has.
            edition: The one that was found before this was called.
            count: Counts one term.

        Raises:
            StoreError: `count` raised it.
        """

        async def one(term: str) -> int:
            known = self._known.get((field, term))
            if known is None or not self._is_good(known, passages, edition):
                now = self._clock()
                known = _Count(await count(term), passages, edition, now)
                self._remember(field, term, known)
            return min(known.number, passages)

        different = list(dict.fromkeys(terms))
        found = await asyncio.gather(*map(one, different))
        return dict(zip(different, found, strict=True))

    def _is_of(self, edition: int, counted: int, at: float) -> bool:
        return edition == counted != UNKNOWN and self._clock() - at < EXACT_S

    def _is_good(self, known: _Count, passages: int, edition: int) -> bool:
        if self._is_of(edition, known.edition, known.at):
            return True
        changed = abs(passages - known.passages)
        return (
            known.number >= MANY
            and changed <= SHARE * known.passages
            and self._clock() - known.at < AGE_S
        )

    def _remember(self, field: Field, term: str, counted: _Count) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[field, term] = counted
