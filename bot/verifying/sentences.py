"""The sentences of passages, scored against a question.

Gate, quote and verification read the same scores, so that what is let through, what is quoted and
what is accepted as supported never disagree about a sentence.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from footnote.bot.markdown import plain
from footnote.bot.verifying.tokens import TokenMemory
from footnote.bot.verifying.wording import nearest_tokens, weakest_word
from footnote.retrieval.bm25 import idf
from footnote.retrieval.chunking.sentences import sentence_spans
from footnote.retrieval.embedder import Embedder, TokenEmbedder, Vectors
from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import Field, PassageStore, TermStatistics
from footnote.retrieval.text import Analyzer

_TOLD_APART = 64
"""Of so many passages and questions the tokens are remembered, in twelve megabytes at most."""

_MARKER = re.compile(r"[-*+>|]|\d{1,3}[.)]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item, table row or code line of a passage.

    Attributes:
        passage: Where it stands.
        text: Its exact text.
        start: First character in the document's text.
        end: One past the last character in the document's text.
        position: Its place among the passage's sentences, from 0.
        marker: What opens its line before it, such as "-" or "1." of a list item, or "".
    """

    passage: Passage
    text: str
    start: int
    end: int
    position: int
    marker: str = ""


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence with what it has in common with a question.

    Attributes:
        sentence: The sentence.
        cosine: Cosine of question and sentence.
        headed: Cosine of question and "heading: sentence".
        coverage: Share, by idf, of the question's stems in the sentence and its heading.
    """

    sentence: Sentence
    cosine: float
    headed: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading some passages for a question gave.

    Attributes:
        stems: The question's distinct stems.
        statistics: Their numbers over the index.
        cosines: Cosine of question and whole passage, by passage id.
        sentences: Every sentence of the passages, in the order of the passages.
    """

    stems: tuple[str, ...]
    statistics: TermStatistics
    cosines: dict[str, float]
    sentences: tuple[ScoredSentence, ...]

    def coverage(self, covered: Iterable[str]) -> float:
        """The share, by idf, of the question's stems that are among `covered`."""
        weights = {stem: idf(self.statistics, stem) for stem in self.stems}
        total = sum(weights.values())
        held = set(covered)
        return sum(weights[stem] for stem in self.stems if stem in held) / total if total else 0.0


def sentences_of(passages: Iterable[Passage]) -> list[Sentence]:
    """The sentences of passages in order, without headings.

    Where passages overlap, a sentence stands once.
    """
    found: list[Sentence] = []
    taken: set[tuple[str, int]] = set()
    for passage in passages:
        for position, (start, end) in enumerate(sentence_spans(passage.text)):
            text = passage.text[start:end]
            key = (passage.document_id, passage.start + start)
            marker = passage.text[passage.text.rfind("\n", 0, start) + 1 : start].strip()
            if key in taken or marker.startswith("#"):
                continue
            taken.add(key)
            found.append(
                Sentence(
                    passage,
                    text,
                    passage.start + start,
                    passage.start + end,
                    position,
                    marker if _MARKER.fullmatch(marker) else "",
                )
            )
    return found


class SentenceScorer:
    """Scores sentences, and remembers the vectors of the last ones."""

    def __init__(
        self, store: PassageStore, embedder: Embedder, analyzer: Analyzer, *, remembered: int = 4096
    ) -> None:
        """Score with these.

        Args:
            store: For the terms' statistics.
            embedder: For cosines.
            analyzer: For stems.
            remembered: How many vectors are kept: gate, quote and verification share them.
        """
        self._store = store
        self._embedder = embedder
        self._analyzer = analyzer
        self._remembered = remembered
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._tokens = (
            TokenMemory(embedder, _TOLD_APART) if isinstance(embedder, TokenEmbedder) else None
        )

    async def read(self, question: str, passages: Sequence[Passage]) -> Reading:
        """Score every sentence of these passages against a question."""
        stems = tuple(dict.fromkeys(self._analyzer.stems(question)))
        statistics = await self._store.term_statistics(stems, field=Field.STEMS)
        sentences = sentences_of(passages)
        bare = [plain(sentence.text) for sentence in sentences]
        headed = [
            f"{_heading(sentence.passage)}: {text}"
            for sentence, text in zip(sentences, bare, strict=True)
        ]
        whole = [passage.searched for passage in passages]
        vectors = await self.vectors([question, *whole, *bare, *headed])
        cosines = vectors[1:] @ vectors[0]
        first = len(whole)
        reading = Reading(
            stems,
            statistics,
            {p.id: float(c) for p, c in zip(passages, cosines[:first], strict=True)},
            (),
        )
        scored = tuple(
            ScoredSentence(
                sentence,
                float(cosines[first + index]),
                float(cosines[first + len(bare) + index]),
                reading.coverage(self._analyzer.stems(headed[index])),
            )
            for index, sentence in enumerate(sentences)
        )
        return Reading(reading.stems, statistics, reading.cosines, scored)

    async def weakest_word(self, question: str, passages: Sequence[Passage]) -> float | None:
        """How near the best of these passages comes to the question's word that it says least of.

        What `read` embeds of them is embedded here, so that both take no longer than `read`.

        Returns:
            A cosine, 0…1, or None where the embedder does not tell its tokens apart.
        """
        if self._tokens is None:
            return None
        fresh, tokens = await self._tokens.read([question, *(p.searched for p in passages)])
        self._vectors.update(fresh)
        asked, *read = tokens
        spans = self._embedder.token_spans(question)
        nearest = (nearest_tokens(asked, each) for each in read)
        return max((weakest_word(question, spans, each) for each in nearest), default=0.0)

    async def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts, shape (len(texts), dimension), from memory where possible."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            fresh = await self._embedder.embed(missing, urgent=True)
            self._vectors.update(zip(missing, fresh, strict=True))
        found = np.stack([self._vectors[text] for text in texts])
        for text in texts:
            self._vectors.move_to_end(text)
        while len(self._vectors) > self._remembered:
            self._vectors.popitem(last=False)
        return found


def _heading(passage: Passage) -> str:
    return passage.heading[-1] if passage.heading else passage.title
