"""The quote generator: the best sentences of the best passages, word for word.

It needs no language model, so that the whole product works on a bare machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from footnote.bot.citations import without_markers
from footnote.bot.generators.base import GenerationError, Message, Prompt, Queued
from footnote.bot.markdown import plain, unframed, unlinked
from footnote.bot.verifying.sentences import Reading, ScoredSentence, Sentence, SentenceScorer
from footnote.retrieval.passages import Passage

_LINKED = re.compile(r"!?\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_CLOSED = re.compile(r"[.!?…:;。][\"'\u201d\u2019)\]*_`]*\s*$")


@dataclass(frozen=True, slots=True)
class QuoteWeights:
    """How a sentence is scored and how many are quoted.

    Fitted by five-fold cross-validation on human evidence sentences of CLAPNQ's dev set.

    Attributes:
        cosine: Factor of cos(question, sentence).
        headed: Factor of cos(question, "heading: sentence").
        coverage: Factor of the idf share of the question's stems.
        passage: Factor of cos(question, passage).
        position: Factor of e^(-position / 2): what matters tends to stand first.
        sure: This many are quoted in any case.
        most: At most this many.
        margin: Beyond the sure ones, only sentences within this of the best score.
        passages: How many passages are read.
    """

    cosine: float = 0.5
    headed: float = 0.5
    coverage: float = 0.2
    passage: float = 0.6
    position: float = 0.08
    sure: int = 2
    most: int = 5
    margin: float = 0.2
    passages: int = 3


class QuoteGenerator:
    """Answers with quotations, each with its number."""

    name = "quote"
    note = "Quoted from the sources word for word."
    verbatim = True
    context_tokens = 1_000_000
    prefill_rate: float | None = None
    decode_rate: float | None = None
    adapter: str | None = None

    def __init__(self, scorer: SentenceScorer, weights: QuoteWeights | None = None) -> None:
        self._scorer = scorer
        self._weights = weights or QuoteWeights()

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """One piece a sentence or list item, in reading order, each citing its passage."""
        numbers = {item.passage.id: item.number for item in prompt.passages}
        passages = [item.passage for item in prompt.passages[: self._weights.passages]]
        reading = await self._scorer.read(prompt.question, passages)
        chosen = self.choose(reading)
        before: Sentence | None = None
        for sentence in in_reading_order(chosen, passages):
            yield _gap(before, sentence) + _quoted(sentence, numbers[sentence.passage.id])
            before = sentence

    def choose(self, reading: Reading) -> list[Sentence]:
        """The sentences worth quoting, best first."""
        weights = self._weights
        scored = sorted(
            ((self._score(item, reading), item.sentence) for item in reading.sentences),
            key=lambda pair: -pair[0],
        )
        # The same words may stand on several pages, and within one where passages overlap.
        once: dict[str, tuple[float, Sentence]] = {}
        for score, sentence in scored:
            if _is_statement(sentence.text):
                once.setdefault(plain(sentence.text), (score, sentence))
        worth = list(once.values())
        return [
            sentence
            for rank, (score, sentence) in enumerate(worth[: weights.most])
            if rank < weights.sure or worth[0][0] - score <= weights.margin
        ]

    def _score(self, item: ScoredSentence, reading: Reading) -> float:
        weights = self._weights
        return (
            weights.cosine * item.cosine
            + weights.headed * item.headed
            + weights.coverage * item.coverage
            + weights.passage * reading.cosines[item.sentence.passage.id]
            + weights.position * math.exp(-item.sentence.position / 2)
        )

    def read_already(self, prompt: Prompt) -> int:
        """Nothing, as no time is spent on reading."""
        del prompt
        return 0

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """Nothing: quoting has no context to fill."""
        del messages
        return 0

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Refuse.

        Raises:
            GenerationError: Quoting has no adapters.
        """
        del path
        await self.use_adapter(adapter)

    async def use_adapter(self, adapter: str | None) -> None:
        """Refuse.

        Raises:
            GenerationError: Quoting has no adapters.
        """
        if adapter is not None:
            raise GenerationError("the quote generator has no adapters")


def in_reading_order(chosen: Sequence[Sentence], passages: Sequence[Passage]) -> list[Sentence]:
    """Documents in the order of their best passage; within one, as the document has them."""
    documents = list(dict.fromkeys(passage.document_id for passage in passages))

    def place(sentence: Sentence) -> tuple[int, int]:
        return documents.index(sentence.passage.document_id), sentence.start

    # Where passages overlap, the same sentence may have been chosen from both.
    return [next(group) for _, group in groupby(sorted(chosen, key=place), key=place)]


def _is_statement(text: str) -> bool:
    """A bare name, a link alone or a question says nothing that could be quoted as an answer."""
    said = plain(text)
    beside_links = plain(_LINKED.sub("", text))
    return len(said.split()) > 2 and any(map(str.isalnum, beside_links)) and said[-1] != "?"  # noqa: PLR2004  a bare name is no statement


def _is_item(sentence: Sentence) -> bool:
    """Whether a sentence is quoted as a list item, as a row of a table is."""
    is_row = unframed(sentence.text) != sentence.text
    return is_row or (bool(sentence.marker) and sentence.marker not in ">|")


def _gap(before: Sentence | None, sentence: Sentence) -> str:
    if before is None:
        return ""
    if _is_item(before) and _is_item(sentence):
        same_document = before.passage.document_id == sentence.passage.document_id
        return "\n" if same_document else "\n\n"
    apart = _is_item(before) or _is_item(sentence) or before.marker == "|"
    flows = _CLOSED.search(before.text) and not apart
    same_section = before.passage.heading == sentence.passage.heading
    same_document = before.passage.document_id == sentence.passage.document_id
    return " " if flows and same_section and same_document else "\n\n"


def _quoted(sentence: Sentence, number: int) -> str:
    # What looks like a citation in the page itself is none of ours.
    text = without_markers(unlinked(" ".join(unframed(sentence.text).split())))
    return f"{'- ' if _is_item(sentence) else ''}{text} [{number}]"
