"""The parts that answer a question, put together over a small index."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from footnote.bot.answerer import Answerer, AnswerOptions
from footnote.bot.gate import Gate, GateParameters, Strictness
from footnote.bot.generators.base import Generator, NumberedPassage, Prompt
from footnote.bot.generators.quote import QuoteGenerator
from footnote.bot.questions import Answer, Block, Event, Question
from footnote.bot.recalling import Recall
from footnote.bot.verifying.sentences import SentenceScorer
from footnote.bot.verifying.support import Verifier
from footnote.retrieval.passages import Passage
from footnote.retrieval.search import Search
from tests.library import HANDBOOK, Library, Page, library

BY_WORDS = GateParameters(
    {"window_coverage": 5.0, "bm25": 6.0},
    -5.0,
    {Strictness.STRICT: 0.5, Strictness.BALANCED: -0.5, Strictness.EAGER: -1.5},
)
"""A gate for small indexes, whatever is fitted for real ones."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What answers questions over one small index."""

    library: Library
    search: Search
    scorer: SentenceScorer
    gate: Gate
    verifier: Verifier
    quote: QuoteGenerator

    def answerer(self, generator: Generator, options: AnswerOptions | None = None) -> Answerer:
        """An answerer with this generator."""
        recall = Recall(self.library.store)
        return Answerer(self.search, self.gate, generator, self.verifier, options, recall=recall)


@asynccontextmanager
async def parts(
    pages: Iterable[Page] = HANDBOOK, *, audiences: Mapping[str, frozenset[str]] | None = None
) -> AsyncIterator[Parts]:
    """Everything over an index of these pages."""
    async with library(pages, audiences=audiences) as shelf:
        scorer = SentenceScorer(shelf.store, shelf.embedder, shelf.analyzer)
        yield Parts(
            shelf,
            Search(shelf.store, shelf.embedder, shelf.analyzer),
            scorer,
            Gate(scorer, shelf.analyzer, BY_WORDS),
            Verifier(scorer, shelf.analyzer),
            QuoteGenerator(scorer),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one question."""

    events: tuple[Event, ...]
    answer: Answer

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks as they were streamed."""
        return tuple(event for event in self.events if isinstance(event, Block))


async def ask(answerer: Answerer, question: Question | str) -> Asked:
    """Ask, and wait for the answer."""
    asked = Question("q1", question) if isinstance(question, str) else question
    events = tuple([event async for event in answerer.answer(asked)])
    answer = events[-1]
    assert isinstance(answer, Answer)
    return Asked(events, answer)


def prompt_of(question: str, passages: Iterable[Passage]) -> Prompt:
    """A prompt with passages numbered from 1."""
    numbered = tuple(NumberedPassage(n, passage) for n, passage in enumerate(passages, start=1))
    allowed = frozenset(item.number for item in numbered)
    return Prompt(question, numbered, (), allowed_citations=allowed)


def passage_of(text: str, name: str = "page", start: int = 0) -> Passage:
    """A passage of a document of its own."""
    return Passage(
        id=f"{name}#{start}",
        document_id=f"docs:{name}",
        source="docs",
        title=name.capitalize(),
        heading=(),
        text=text,
        start=start,
        end=start + len(text),
        ordinal=0,
    )
