"""Which threads' caches are kept in memory outside the model, under a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spilled:
    """What is saved under a number.

    Attributes:
        number: Names it.
        tokens: Whose cache it is.
        adapter: With which adapter it was computed.
        highest: The highest position that had been computed in its sequence.
    """

    number: int
    tokens: tuple[int, ...]
    adapter: str | None
    highest: int


@dataclass(frozen=True, slots=True)
class Saving:
    """How one more is saved: forget some, and save it under a number."""

    number: int
    forgotten: tuple[int, ...]


class Spills:
    """The books of what is saved; the bytes themselves are elsewhere.

    Args:
        budget: Bytes at most.
        token_bytes: Bytes that the cache of one token takes.
    """

    def __init__(self, budget: int, token_bytes: int) -> None:
        self._room = budget // max(token_bytes, 1)
        self._kept: OrderedDict[int, Spilled] = OrderedDict()
        self._tokens = 0
        self._numbers = 0

    @property
    def kept(self) -> tuple[Spilled, ...]:
        """All that is saved, least recently used first."""
        return tuple(self._kept.values())

    def add(
        self,
        tokens: Sequence[int],
        adapter: str | None,
        highest: int,
        keep: Spilled | None = None,
    ) -> Saving | None:
        """Save one more, and forget what was used least recently where the budget asks for it.

        Args:
            tokens: Whose cache it is.
            adapter: With which adapter it was computed.
            highest: The highest position that was computed in its sequence.
            keep: Saved already, and not to be forgotten for this.

        Returns:
            None where there is no room for it.
        """
        if len(tokens) + (len(keep.tokens) if keep else 0) > self._room:
            return None
        forgotten = []
        for spilled in self.kept:
            if self._tokens + len(tokens) <= self._room:
                break
            if keep is None or spilled.number != keep.number:
                forgotten.append(spilled.number)
                self.take(spilled.number)
        self._numbers += 1
        self._kept[self._numbers] = Spilled(self._numbers, tuple(tokens), adapter, highest)
        self._tokens += len(tokens)
        return Saving(self._numbers, tuple(forgotten))

    def touch(self, number: int) -> None:
        """It was of use: forget it last."""
        self._kept.move_to_end(number)

    def take(self, number: int) -> None:
        """It is saved no more."""
        self._tokens -= len(self._kept.pop(number).tokens)
