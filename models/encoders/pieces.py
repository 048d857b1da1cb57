"""How many tokens a text has, and where, without the model at hand.

A text is cut greedily into the longest pieces of the model's vocabulary. For BERT's word pieces
that is the tokenizer's own rule; for others it is a close estimate, which is enough to cut
passages by. It runs on any thread, and no native code is involved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

Span = tuple[int, int]

_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD_PIECES = re.compile(rf"[{_CHINESE}]|[^\W_{_CHINESE}]+|[^\w\s]|_")
_OTHERS = re.compile(r" ?\w+| ?[^\w\s]+|\s{2,}|[^\S ]")
_LONGEST = 32
_REMEMBERED = 100_000


class Pieces:
    """A vocabulary that measures texts; safe to use from several threads at once."""

    def __init__(self, pieces: Iterable[str], *, whole_words: bool) -> None:
        """Measure by these.

        Args:
            pieces: The vocabulary, with a space before what begins a word.
            whole_words: Whether it is BERT's kind: lower case without accents, and a word with a
                part that is no piece counts as one token. Else such a part counts once a byte.
        """
        self._pieces = frozenset(pieces)
        self._whole_words = whole_words
        self._words = _WORD_PIECES if whole_words else _OTHERS
        self._longest = min(_LONGEST, max(map(len, self._pieces), default=1))
        self._known: dict[str, list[Span]] = {}

    def spans(self, text: str) -> list[Span]:
        """Character spans (start, end) of the text's tokens, in order."""
        found: list[Span] = []
        for match in self._words.finditer(text):
            at = match.start()
            found += [(at + start, at + end) for start, end in self._cut(match.group())]
        return found

    def _cut(self, word: str) -> list[Span]:
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[word] = self._cut_anew(word)
        return known

    def _cut_anew(self, word: str) -> list[Span]:
        if self._whole_words:
            return self._cut_whole(_without_accents(word))
        found: list[Span] = []
        at = 0
        while at < len(word):
            end = self._end_of_piece(word, at, "")
            # A space before a word is no part of where it stands.
            start = at + 1 if word[at] == " " and end > at + 1 else at
            found += [(start, end)] if end > at else _bytes(word, at)
            at = max(end, at + 1)
        return found

    def _cut_whole(self, word: str) -> list[Span]:
        found: list[Span] = []
        at = 0
        while at < len(word):
            end = self._end_of_piece(word, at, "" if at else " ")
            if end == at:
                return [(0, len(word))]
            found.append((at, end))
            at = end
        return found

    def _end_of_piece(self, word: str, at: int, before: str) -> int:
        """Where the longest piece from here on ends; `at` where there is none."""
        ends = range(min(len(word), at + self._longest), at, -1)
        return next((end for end in ends if before + word[at:end] in self._pieces), at)


def _bytes(word: str, at: int) -> list[Span]:
    """A character that is no piece, once for each of its bytes."""
    return [(at, at + 1)] * len(word[at].encode("utf-8", "replace"))


def _without_accents(word: str) -> str:
    """The word in small letters without accents, as long as before."""
    return "".join(unicodedata.normalize("NFD", sign.lower())[:1] or sign for sign in word)
