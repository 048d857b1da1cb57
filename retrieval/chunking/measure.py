"""How long spans of a document are, in tokens and words, each counted once per document."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from footnote.retrieval.chunking.lines import Span
from footnote.retrieval.passages import LONG_RULE

TokenSpans = Callable[[str], list[Span]]

_WORD = re.compile(r"\S{1,40}")
"""A run without spaces counts once for every 40 characters begun, so that neither a line of base64
nor a script without spaces makes a passage without bounds."""


class Measure:
    """Counts over one text.

    Args:
        text: The document's text.
        token_spans: Character spans of a text's tokens, in order.
    """

    def __init__(self, text: str, token_spans: TokenSpans) -> None:
        self.text = text
        self._token_spans = token_spans
        tokens = _without_rules(text, token_spans(text))
        self._token_starts = [start for start, _ in tokens]
        self._token_ends = [end for _, end in tokens]
        words = [word.span() for word in _WORD.finditer(text)]
        self._word_starts = [start for start, _ in words]
        self._word_ends = [end for _, end in words]

    def tokens(self, start: int, end: int) -> int:
        """How many tokens of the document touch the span, long rules counted as embedded."""
        return bisect_left(self._token_starts, end) - bisect_right(self._token_ends, start)

    def words(self, start: int, end: int) -> int:
        """How many words of the document touch the span."""
        return bisect_left(self._word_starts, end) - bisect_right(self._word_ends, start)

    def tokens_alone(self, start: int, end: int) -> int:
        """How many tokens the span has by itself: another number where it cuts through one."""
        return len(self._token_spans(LONG_RULE.sub(r"\g<kept>", self.text[start:end])))


def _without_rules(text: str, tokens: Sequence[Span]) -> list[Span]:
    """The tokens without those of long rules that are not embedded."""
    kept: list[Span] = []
    position = 0
    for rule in LONG_RULE.finditer(text):
        first = bisect_left(tokens, rule.end("kept"), position, key=itemgetter(0))
        kept += tokens[position:first]
        position = bisect_left(tokens, rule.end(), first, key=itemgetter(0))
    return kept + list(tokens[position:])


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a passage may hold.

    Attributes:
        measure: Counts of the document.
        max_tokens: Most tokens of a passage's text, the context's already taken off.
        max_words: Most words of a passage.
        overlap_words: How many words of a passage may repeat the one before it.
    """

    measure: Measure
    max_tokens: int
    max_words: int
    overlap_words: int

    def share(self, start: int, end: int) -> float:
        """How much of the budget the span takes; above 1 it does not fit."""
        return max(
            self.measure.tokens(start, end) / self.max_tokens,
            self.measure.words(start, end) / self.max_words,
        )

    def fits(self, start: int, end: int) -> bool:
        """Whether the span can be one passage."""
        return self.share(start, end) <= 1

    @property
    def room(self) -> float:
        """The share that is left beside an overlap."""
        return (self.max_words - self.overlap_words) / self.max_words
