"""In how many passages a term stands, which Weaviate tells slowly where these are many.

It looks at each object that it counts: at 10,000 passages the terms of one question took .8 s of
its processor, almost all of it for those that stand in most passages. So what it counted in many
passages is remembered for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from collections.abc import Collection as AnyOf
from dataclasses import dataclass

from footnote.retrieval.stores.base import Field

MANY = 1000
"""From so many passages on a number is remembered."""

SHARE = 0.01
"""It counts no longer when the index has grown or shrunk by more than this."""

AGE_S = 300.0
"""Nor when it is older, in seconds."""


@dataclass(frozen=True, slots=True)
class _Count:
    """In how many passages a term stood, of how many there were then, and when that was."""

    number: int
    passages: int
    at: float


class Counts:
    """Counts terms, and remembers those of many passages.

    Args:
        clock: The time, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[Field, str], _Count] = {}

    async def of(
        self,
        field: Field,
        terms: AnyOf[str],
        passages: int,
        count: Callable[[str], Awaitable[int]],
    ) -> dict[str, int]:
        """In how many passages each term stands, never more than there are.

        Args:
            field: The field that the terms are of.
            terms: The terms.
            passages: How many passages the index has.
            count: Counts one term.

        Raises:
            StoreError: `count` raised it.
        """

        async def one(term: str) -> int:
            known = self._known.get((field, term))
            if known is None or not self._is_good(known, passages):
                known = _Count(await count(term), passages, self._clock())
                self._remember(field, term, known)
            return min(known.number, passages)

        different = list(dict.fromkeys(terms))
        found = await asyncio.gather(*map(one, different))
        return dict(zip(different, found, strict=True))

    def _is_good(self, known: _Count, passages: int) -> bool:
        changed = abs(passages - known.passages)
        return changed <= SHARE * known.passages and self._clock() - known.at < AGE_S

    def _remember(self, field: Field, term: str, counted: _Count) -> None:
        if counted.number >= MANY:
            self._known[field, term] = counted
        else:
            self._known.pop((field, term), None)
