"""The core's real answerer over a scripted search and generator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from pathlib import Path
from random import Random
from typing import cast

import numpy as np

from footnote.bot.answerer import Answerer, AnswerOptions
from footnote.bot.gate import Gate, GateView
from footnote.bot.generators.base import GenerationError, Message, Prompt, Queued
from footnote.bot.outcomes import answer_events
from footnote.bot.questions import Event, Question
from footnote.bot.verifying.sentences import Sentence
from footnote.bot.verifying.support import Verdict, Verifier
from footnote.retrieval.errors import StoreError
from footnote.retrieval.passages import Passage
from footnote.retrieval.search import Found, Query, Search, SearchResult
from tests.simulator.faults import Fault, Faults

TIMEOUT_S = 40.0


PASSAGE = Passage("p1", "docs:page", "docs", "Page", (), "Anything.", 0, 9, 0)
FOUND = SearchResult(
    Query("anything"), np.zeros(1, np.float32), (Found(PASSAGE, 1.0, 1.0, 1.0),), 0.5
)
SUPPORTED = Verdict(
    supported=True,
    reason="",
    coverage=1.0,
    cosine=1.0,
    nearest=Sentence(PASSAGE, "Anything.", 0, 9, 0),
)


class ScriptedSearch:
    """Always finds one passage, or that the store is down."""

    def __init__(self, random: Random, faults: Faults) -> None:
        self._random = random
        self._faults = faults

    async def find(self, *arguments: object, **options: object) -> SearchResult:
        """The passage, after a while."""
        del arguments, options
        await asyncio.sleep(self._random.uniform(0.0, 0.2))
        if self._faults.has(Fault.STORE, 0.3):
            raise StoreError("The index is away.")
        return FOUND


class ScriptedGate:
    """Lets most questions through."""

    def __init__(self, random: Random) -> None:
        self._random = random

    async def look(self, *arguments: object) -> GateView:
        """A view that passed, mostly."""
        del arguments
        return GateView({}, 0.0, passed=self._random.random() < 0.9)


class ScriptedVerifier:
    """Finds support for everything."""

    async def check(self, *arguments: object) -> Verdict:
        """Supported."""
        del arguments
        return SUPPORTED


class ScriptedGenerator:
    """Says a few blocks that name the question, with trouble before, during and after the first."""

    name = "scripted"
    note = ""
    verbatim = False
    context_tokens = 4096
    prefill_rate: float | None = None
    decode_rate: float | None = None
    adapter: str | None = None

    def __init__(self, random: Random, faults: Faults) -> None:
        self._random = random
        self._faults = faults

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """Between one and four blocks."""
        asked = prompt.messages[-1].text.rpartition(" ")[2]
        for number in range(self._random.randint(1, 4)):
            await asyncio.sleep(self._random.uniform(0.0, 3.0))
            await self._trouble()
            yield f"{asked} block"
            await self._trouble()
            yield f" {number} [1].\n\n"
        await self._trouble()

    def read_already(self, prompt: Prompt) -> int:
        """Nothing."""
        del prompt
        return 0

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """Nobody asks."""
        return len(messages)

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """There is none."""
        raise GenerationError(f"{adapter} at {path}")

    async def use_adapter(self, adapter: str | None) -> None:
        """There is none."""
        raise GenerationError(str(adapter))

    async def _trouble(self) -> None:
        if self._faults.has(Fault.GENERATOR, 0.2):
            match self._random.randrange(4):
                case 0:
                    raise GenerationError("scripted")
                case 1:
                    raise ZeroDivisionError("scripted")
                case 2:
                    await asyncio.sleep(self._random.uniform(0.0, TIMEOUT_S))
                case _:
                    await asyncio.Event().wait()


def scripted_answers(
    random: Random, faults: Faults
) -> Callable[[Question], AsyncGenerator[Event, None]]:
    """What makes answers whose blocks name the question and its revision."""
    answerer = Answerer(
        cast("Search", ScriptedSearch(random, faults)),
        cast("Gate", ScriptedGate(random)),
        ScriptedGenerator(random, faults),
        cast("Verifier", ScriptedVerifier()),
        AnswerOptions(timeout_s=TIMEOUT_S),
    )
    return lambda question: answer_events(answerer, question)
