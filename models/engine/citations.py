"""A rule that lets through the numbers of existing passages only.

Citations are numbers in square brackets: [1], [1, 2], [1-3]. While a bracket with a number is
open, a token may come only if what then stands there can still become a list of existing numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Protocol

_LONGEST = 64
_OPEN = re.compile(r"\[(?P<inside>[\s,;\u2013-]*\d[\d\s,;\u2013-]*)$")
_CLOSED = re.compile(r"\[(?P<inside>[\s,;\u2013-]*\d[\d\s,;\u2013-]*)\]")
_NUMBER = re.compile(r"\d+")
_TELLING = re.compile(rb"[\d\[\]]")


class Pieces(Protocol):
    """A vocabulary: how many tokens there are, and the bytes of each."""

    size: int

    def piece(self, token: int) -> bytes:
        """The bytes that a token adds to an answer."""
        ...


class Refusable(Protocol):
    """Tokens that may be ruled out."""

    def refuse(self, tokens: Sequence[int]) -> None:
        """Rule tokens out."""
        ...


class TellingTokens:
    """The tokens of a vocabulary that can make or break a citation, found once."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self._found: tuple[int, ...] | None = None

    @property
    def tokens(self) -> tuple[int, ...]:
        """Those with a digit or a bracket in them."""
        if self._found is None:
            self._found = tuple(
                token
                for token in range(self.pieces.size)
                if _TELLING.search(self.pieces.piece(token))
            )
        return self._found


class OnlyExisting:
    """The rule for one answer.

    Args:
        numbers: The numbers that exist.
        telling: The vocabulary's.
    """

    def __init__(self, numbers: Collection[int], telling: TellingTokens) -> None:
        self._numbers = frozenset(map(str, numbers))
        self._starts = frozenset(
            number[:length] for number in self._numbers for length in range(1, len(number) + 1)
        )
        self._telling = telling
        self._tail = b""

    def allows(self, token: int, candidates: object) -> bool:
        """Whether no citation of a number that does not exist is made or begun by a token."""
        del candidates
        piece = self._telling.pieces.piece(token)
        if not _TELLING.search(piece):
            return True
        return self._right((self._tail + piece).decode("utf-8", "ignore"))

    def restrict(self, candidates: Refusable) -> None:
        """Rule out the tokens that would cite what does not exist."""
        refused = [each for each in self._telling.tokens if not self.allows(each, candidates)]
        candidates.refuse(refused)

    def accept(self, token: int) -> None:
        """Go on."""
        tail = self._tail + self._telling.pieces.piece(token)
        opened = tail.rfind(b"[")
        self._tail = tail[opened:][-_LONGEST:] if opened >= 0 else b""

    def close(self) -> None:
        """There is nothing to free."""

    def _right(self, text: str) -> bool:
        for closed in _CLOSED.finditer(text):
            if not set(_NUMBER.findall(closed["inside"])) <= self._numbers:
                return False
        opened = _OPEN.search(text)
        if opened is None:
            return True
        *whole, last = _NUMBER.findall(opened["inside"])
        unfinished = opened["inside"][-1].isdigit()
        ends_well = last in (self._starts if unfinished else self._numbers)
        return ends_well and set(whole) <= self._numbers
