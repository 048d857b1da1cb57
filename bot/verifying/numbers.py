"""Do the numbers of a claim stand where the passages have them?

That a number stands somewhere in a passage says little: changed to another small number or to a
year of the same time, it often still does. So each number of the claim is compared with every
number of the passages by the words around it and by how near their sentence is to the claim. Where
another number fits clearly better than the same one, the claim has the wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote.bot.verifying.quantities import Quantity, quantities
from footnote.retrieval.text import STOP_WORDS, Analyzer, words


@dataclass(frozen=True, slots=True)
class NumberWeights:
    """How two numbers are compared.

    Chosen on half of CLAPNQ's dev questions from a wide range in which all do nearly the same;
    `footnote eval verification` measures them.

    Attributes:
        window: How many words on each side are compared.
        stop_word: What a word without topic counts, where another counts 1.
        crossed: What a word on the other side counts, where one on the same side counts 1.
        sentence: Factor of the cosine of the claim and the number's sentence.
        kind: What is lost where one counts ("6") and the other is a place in an order ("6th").
        margin: By how much another number has to fit better than the same one.
    """

    window: int = 5
    stop_word: float = 0.3
    crossed: float = 0.5
    sentence: float = 2.0
    kind: float = 0.5
    margin: float = 0.3


@dataclass(frozen=True, slots=True)
class _Placed:
    """A number with the stems around it, each with its distance in words, from 1."""

    quantity: Quantity
    before: dict[str, int]
    behind: dict[str, int]


class NumberCheck:
    """Compares numbers by what stands around them."""

    def __init__(self, analyzer: Analyzer, weights: NumberWeights | None = None) -> None:
        self._analyzer = analyzer
        self._weights = weights or NumberWeights()
        self._stops = frozenset(analyzer.stem(sorted(STOP_WORDS)))

    def missing(
        self, claim: str, source: str, sentences: Sequence[str], cosines: Sequence[float]
    ) -> str:
        """Why a number of the claim is not supported, or "".

        Args:
            claim: A sentence, without Markdown.
            source: All that the passages say, headings included, without Markdown.
            sentences: The sentences of the passages, without Markdown.
            cosines: Of the claim and each of these sentences.
        """
        claimed = list(self._placed(claim))
        if not claimed:
            return ""
        held = {quantity.value for quantity in quantities(source)}
        for number in claimed:
            if number.quantity.value not in held:
                return f"the number {number.quantity.value} is not in the passage"
        placed = [
            (number, self._weights.sentence * float(cosine))
            for sentence, cosine in zip(sentences, cosines, strict=True)
            for number in self._placed(sentence)
        ]
        for number in claimed:
            if rival := self._rival(number, placed):
                return f"the passage says {rival} where the sentence says {number.quantity.value}"
        return ""

    def _rival(self, number: _Placed, placed: Sequence[tuple[_Placed, float]]) -> str:
        """The number that stands where the claim has this one; "" where this one does."""
        same: float | None = None
        best, rival = 0.0, ""
        for other, nearness in placed:
            fit = nearness + self._fit(number, other)
            alike = other.quantity.ordinal == number.quantity.ordinal
            if other.quantity.value == number.quantity.value:
                fit -= 0.0 if alike else self._weights.kind
                same = fit if same is None else max(same, fit)
            elif alike and fit > best:
                best, rival = fit, other.quantity.value
        # Where only a heading holds the number, there is no sentence to compare with.
        return rival if same is not None and best - same > self._weights.margin else ""

    def _fit(self, one: _Placed, other: _Placed) -> float:
        """How much of what stands around one number stands around the other as well."""
        return self._shared(one.before, other.before, other.behind) + self._shared(
            one.behind, other.behind, other.before
        )

    def _shared(self, around: dict[str, int], same: dict[str, int], far: dict[str, int]) -> float:
        """The words in common, by nearness: 1 where both stand next to their numbers."""
        total = 0.0
        for stem, distance in around.items():
            here = 2 / (distance + same[stem]) if stem in same else 0.0
            there = self._weights.crossed * 2 / (distance + far[stem]) if stem in far else 0.0
            total += max(here, there) * (self._weights.stop_word if stem in self._stops else 1)
        return total

    def _placed(self, text: str) -> Iterator[_Placed]:
        found = quantities(text)
        if not found:
            return
        tokens: list[str] = []
        places: list[int] = []
        end = 0
        for quantity in found:
            tokens += words(text[end : quantity.start])
            places.append(len(tokens))
            tokens.append(quantity.value)
            end = quantity.end
        stems = self._analyzer.stem([*tokens, *words(text[end:])])
        window = self._weights.window
        for quantity, place in zip(found, places, strict=True):
            before = stems[max(0, place - window) : place][::-1]
            behind = stems[place + 1 : place + 1 + window]
            yield _Placed(quantity, _nearest(before), _nearest(behind))


def _nearest(stems: Sequence[str]) -> dict[str, int]:
    """Each stem with its least distance, from 1."""
    found: dict[str, int] = {}
    for distance, stem in enumerate(stems, start=1):
        found.setdefault(stem, distance)
    return found
