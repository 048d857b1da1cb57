"""Does a passage support a sentence? Every block is checked before anyone sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from footnote.bot.citations import without_markers
from footnote.bot.markdown import plain, unlinked
from footnote.bot.verifying.numbers import NumberCheck
from footnote.bot.verifying.sentences import Sentence, SentenceScorer, sentences_of
from footnote.retrieval.passages import Passage
from footnote.retrieval.text import Analyzer, words

_NAME = re.compile(r"(?<![.!?:] )(?<!^)(?<![\w.'])[A-Z][\w'\u2019-]*\w")
_CAPITALS = re.compile(r"(?<![\w.'])(?:[A-Z]{2,}s?|[A-Z]\w*[a-z]\w*[A-Z]\w*)\b")
_WITH_DIGITS = re.compile(r"(?<![\w./])(?=\w*\d)[^\W\d_]\w*(?:[._-]\w+)*")


@dataclass(frozen=True, slots=True)
class Bars:
    """What a sentence has to reach to count as supported.

    Attributes:
        coverage: Lowest share of its stems that the passage must hold.
        cosine: Lowest cosine to the nearest sentence of the passage.
        combined: Lowest sum of the two.
    """

    coverage: float = 0.5
    cosine: float = 0.4
    combined: float = 1.15


BY_WORDS = Bars(coverage=0.75, cosine=-1.0, combined=-1.0)
"""For an embedder to whose cosines nothing was fitted.

On clapnq-dev this rejects 2 % of the sentences of human answers against their own passages, and
accepts .1 % of them against the best of three others.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is supported.

    Attributes:
        supported: The result.
        reason: What is missing, or "".
        coverage: Share of the sentence's stems in the passages.
        cosine: Cosine to the nearest sentence of the passages.
        nearest: That sentence, or None where the passages are empty.
    """

    supported: bool
    reason: str
    coverage: float
    cosine: float
    nearest: Sentence | None


class Verifier:
    """Checks sentences against the passages that they cite."""

    def __init__(
        self, scorer: SentenceScorer, analyzer: Analyzer, bars: Bars | None = None
    ) -> None:
        self._scorer = scorer
        self._analyzer = analyzer
        self._bars = bars or Bars()
        self._numbers = NumberCheck(analyzer)

    async def check(self, sentence: str, passages: Sequence[Passage]) -> Verdict:
        """Judge a sentence, without its markers, against all of `passages` together."""
        claim = plain(sentence)
        candidates = sentences_of(passages)
        if not candidates:
            return Verdict(
                supported=False, reason="nothing cited", coverage=0, cosine=0, nearest=None
            )
        source = "\n".join(plain(passage.searched) for passage in passages)
        said = [plain(item.text) for item in candidates]
        vectors = await self._scorer.vectors([claim, *said])
        cosines = vectors[1:] @ vectors[0]
        nearest = int(cosines.argmax())
        cosine = float(cosines[nearest])
        coverage = self._coverage(claim, source)
        reason = (
            self._numbers.missing(claim, source, said, cosines.tolist())
            or self._missing_name(claim, source)
            or self._unsaid(coverage, cosine)
        )
        return Verdict(not reason, reason, coverage, cosine, candidates[nearest])

    def _coverage(self, claim: str, source: str) -> float:
        held = set(self._analyzer.stems(source))
        stems = self._analyzer.stems(claim)
        return sum(stem in held for stem in stems) / len(stems) if stems else 0.0

    def _missing_name(self, claim: str, source: str) -> str:
        """Why a name of the claim is not supported, or ""; a word with digits counts as one."""
        named = names(claim)
        if not named:
            return ""
        said = words(source)
        # "U.S." and "South East" are also written "US" and "Southeast".
        joined = (first + second for first, second in pairwise(said))
        held = {*self._analyzer.stem(said), *joined}
        for name in named:
            if not set(self._analyzer.stem(words(name))) <= held:
                return f"the name {name} is not in the passage"
        return ""

    def _unsaid(self, coverage: float, cosine: float) -> str:
        bars = self._bars
        if coverage < bars.coverage or cosine < bars.cosine or coverage + cosine < bars.combined:
            return "the passage does not say it"
        return ""


def names(claim: str) -> list[str]:
    """The names in a text: words with a capital inside a sentence, two capitals or a digit."""
    found = (pattern.findall(claim) for pattern in (_NAME, _CAPITALS, _WITH_DIGITS))
    return list(dict.fromkeys(chain.from_iterable(found)))


def quoted_sentences(text: str, passages: Iterable[Passage]) -> tuple[Sentence, ...]:
    """The sentences of the passages that make up `text` word for word; none where it adds any."""
    rest = _said(text)
    found = []
    for sentence in sorted(sentences_of(passages), key=lambda item: -len(item.text)):
        said = _said(sentence.text)
        if said.strip() and said in rest:
            rest = rest.replace(said, "  ", 1)
            found.append(sentence)
    if rest.strip():
        return ()
    return tuple(sorted(found, key=lambda item: item.start))


def _said(text: str) -> str:
    """The words of a sentence, each between spaces, without marks, markers and links."""
    words = re.findall(r"\w+", plain(without_markers(unlinked(text))))
    return f" {'  '.join(words)} "
