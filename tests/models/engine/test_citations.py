"""Only numbers of existing passages can be cited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from footnote.models.engine.citations import OnlyExisting, TellingTokens

PIECES = [
    *map(str, range(10)),
    "[",
    "]",
    ", ",
    " ",
    "-",
    "a",
    "[1",
    "2]",
    "10",
    "][",
    "[3]",
    " [",
    "see",
]


@dataclass
class Tokens:
    """A vocabulary of these pieces, and what was ruled out."""

    size: int = len(PIECES)
    refused: set[int] = field(default_factory=set)

    def piece(self, token: int) -> bytes:
        """A piece."""
        return PIECES[token].encode()

    def refuse(self, tokens: Sequence[int]) -> None:
        """Rule out."""
        self.refused = set(tokens)


@given(st.sets(st.integers(1, 15)), st.lists(st.integers(0, len(PIECES) - 1), max_size=40))
def test_no_number_that_does_not_exist_is_cited(numbers: set[int], tokens: list[int]) -> None:
    """Whatever the model wants to write, every citation that comes about exists."""
    vocabulary = Tokens()
    rule = OnlyExisting(numbers, TellingTokens(vocabulary))
    written = ""
    for token in tokens:
        rule.restrict(vocabulary)
        assert rule.allows(token, None) == (token not in vocabulary.refused)
        if token not in vocabulary.refused:
            rule.accept(token)
            written += PIECES[token]
        assert len(vocabulary.refused) < len(PIECES), "something may always be written"
    for inside in re.findall(r"\[([\d, -]*\d[\d, -]*)\]", written):
        assert set(map(int, re.findall(r"\d+", inside))) <= numbers


@given(st.sets(st.integers(1, 200), min_size=1, max_size=9), st.data())
def test_existing_numbers_can_be_cited(numbers: set[int], data: st.DataObject) -> None:
    """Any list of existing numbers may be written, digit by digit."""
    chosen = data.draw(st.lists(st.sampled_from(sorted(numbers)), min_size=1, max_size=4))
    rule = OnlyExisting(numbers, TellingTokens(Tokens()))
    for sign in f"see [{', '.join(map(str, chosen))}]":
        token = PIECES.index(sign) if sign in PIECES else PIECES.index("a")
        if sign == ",":
            continue
        assert rule.allows(token, None)
        rule.accept(token)
