"""Task: do the citations of an answer hit the sentences that people marked as its evidence?"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from footnote.bot.answerer import Answerer
from footnote.bot.conversations import Conversation, Turn
from footnote.bot.evaluation.beir import CorpusText, EvalQuestion, Evidence
from footnote.bot.evaluation.corpus import corpus_id
from footnote.bot.evaluation.metrics import mean
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.evaluation.spans import Span, merged, overlap
from footnote.bot.evaluation.workbench import Workbench
from footnote.bot.gate import Gate, GateParameters, Strictness
from footnote.bot.questions import Answer, Citation, Question
from footnote.retrieval.chunking.sentences import sentence_spans
from footnote.retrieval.readers import ADMIN

_COVERED = 0.5
"""A sentence counts as cited where a quote covers at least this share of it."""

Mark = tuple[str, str]
"""A corpus id and the words of one sentence in it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the cited sentences of one answer agree with the evidence."""

    precision: float
    recall: float
    f1: float


async def evaluate(
    bench: Workbench,
    corpus: Sequence[CorpusText],
    questions: Sequence[EvalQuestion],
    evidence: Mapping[str, Evidence],
    progress: Progress = silent,
) -> dict[str, Any]:
    """Answer every question that has evidence, the gate open, and compare the citations.

    Args:
        bench: Holds the index of the corpus.
        corpus: The corpus, with its sentences where they are marked.
        questions: The data set's questions.
        evidence: What people marked, by question id.
        progress: Told how far it is.

    Returns:
        Means over the questions, as `footnote eval answers` prints them.
    """
    sentences = {text.id: sentences_of(text) for text in corpus}
    asked = [question for question in questions if question.id in evidence]
    answerer = _with_open_gate(bench)
    agreements: list[Agreement] = []
    cited_counts: list[float] = []
    for done, question in enumerate(asked, start=1):
        answer = await _answer(answerer, question)
        cited = cited_sentences(answer.citations, sentences)
        agreements.append(agreement(cited, evidence[question.id]))
        cited_counts.append(len(cited))
        progress("Answering", done, len(asked))
    return {
        "citation_precision": mean([item.precision for item in agreements]),
        "citation_recall": mean([item.recall for item in agreements]),
        "citation_f1": mean([item.f1 for item in agreements]),
        "any_right": mean([float(item.f1 > 0) for item in agreements]),
        "sentences_cited": mean(cited_counts),
        "questions": len(asked),
        "generator": bench.core.generator.name,
    }


def sentences_of(text: CorpusText) -> list[tuple[Span, str]]:
    """Span and words of each sentence, as the corpus marks them, else as the product cuts them."""
    if not text.sentences:
        return [((start, end), text.text[start:end]) for start, end in sentence_spans(text.text)]
    found: list[tuple[Span, str]] = []
    after = 0
    for sentence in text.sentences:
        start = text.text.find(sentence, after)
        if start >= 0:
            after = start + len(sentence)
            found.append(((start, after), sentence))
    return found


def cited_sentences(
    citations: Collection[Citation], sentences: Mapping[str, Sequence[tuple[Span, str]]]
) -> set[Mark]:
    """The sentences of the corpus of which the quotes cover at least half."""
    quotes: dict[str, list[Span]] = {}
    for citation in citations:
        document = corpus_id(citation.passage.document_id)
        quotes.setdefault(document, []).append((citation.start, citation.end))
    return {
        (document, words)
        for document, spans in quotes.items()
        for span, words in sentences.get(document, ())
        if sum(overlap(span, quote) for quote in merged(spans)) >= _COVERED * (span[1] - span[0])
    }


def agreement(cited: Collection[Mark], evidence: Evidence) -> Agreement:
    """Precision, recall and F1 against the annotator with whom F1 is highest."""
    best = Agreement(-1.0, -1.0, -1.0)
    for annotator in evidence.annotators:
        right = len({(evidence.corpus_id, words) for words in annotator} & set(cited))
        f1 = 2 * right / (len(cited) + len(annotator))
        if f1 > best.f1:
            precision = right / len(cited) if cited else 0.0
            best = Agreement(precision, right / len(annotator), f1)
    return best


def _with_open_gate(bench: Workbench) -> Answerer:
    """The product's answerer, but with a gate that lets everything through."""
    parameters = GateParameters({}, 0.0, dict.fromkeys(Strictness, -math.inf))
    core = bench.core
    gate = Gate(core.scorer, bench.analyzer, parameters)
    return Answerer(core.search, gate, core.generator, core.verifier)


async def _answer(answerer: Answerer, question: EvalQuestion) -> Answer:
    asked = Question(
        question.id,
        question.text,
        readers=ADMIN,
        conversation=Conversation(tuple(Turn(text, "") for text in question.history)),
    )
    async with aclosing(answerer.answer(asked)) as events:
        async for event in events:
            if isinstance(event, Answer):
                return event
    raise RuntimeError("the answerer ended without an answer")
