"""From a question to the blocks of its answer: search, gate, generate, verify."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import cast

from footnote.bot.blocks import BlockSplitter, RawBlock
from footnote.bot.conversations import conversation_key
from footnote.bot.explaining.trail import Trail
from footnote.bot.fitting import Pace, fitted, sampling_for
from footnote.bot.gate import Gate, GateView
from footnote.bot.generators.base import Generator, Prompt, Queued
from footnote.bot.prompts import Draft, is_refusal
from footnote.bot.questions import (
    Answer,
    Block,
    Event,
    Outcome,
    Question,
    Status,
    before_yours,
)
from footnote.bot.recalling import Recall, Recalled
from footnote.bot.verifying.checking import BlockChecker
from footnote.bot.verifying.support import Verifier
from footnote.retrieval.passages import Passage
from footnote.retrieval.search import Search, SearchResult


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """How answers are made.

    Attributes:
        passages: How many passages the generator gets.
        closest: How many documents are named when the answer is not in the sources.
        search_timeout_s: Seconds after which an unfinished search fails.
        timeout_s: Seconds after which an unfinished answer fails.
        mark_unsupported: Show unsupported sentences with a mark instead of leaving them out.
        pace: How soon an answer begins.
    """

    passages: int = 6
    closest: int = 3
    search_timeout_s: float = 30.0
    timeout_s: float = 120.0
    mark_unsupported: bool = False
    pace: Pace = field(default_factory=Pace)


class SearchTimeoutError(TimeoutError):
    """The search took longer than the options allow."""


class Answerer:
    """Answers one question at a time; any number may run side by side."""

    def __init__(  # noqa: PLR0913  one for each step of an answer
        self,
        search: Search,
        gate: Gate,
        generator: Generator,
        verifier: Verifier,
        options: AnswerOptions | None = None,
        *,
        recall: Recall | None = None,
    ) -> None:
        """Answer with these parts.

        Args:
            search: Finds passages.
            gate: Decides whether they can answer.
            generator: Writes from them.
            verifier: Decides what they support.
            options: How answers are made.
            recall: Finds the passages of earlier turns again; without it, prompts hold none.
        """
        self._search = search
        self._gate = gate
        self._generator = generator
        self._verifier = verifier
        self._options = options or AnswerOptions()
        self._recall = recall

    async def answer(
        self, question: Question, trail: Trail | None = None
    ) -> AsyncGenerator[Event, None]:
        """Status and blocks as they come, and the answer as the last event.

        Closing the generator cancels the work.

        Args:
            question: What is asked.
            trail: Filled in on the way, where somebody wants to see it.

        Raises:
            GenerationError: The generator failed; blocks shown before it stand.
            RetrievalError: The index cannot be read.
            TimeoutError: The search or the answer took longer than the options allow.
        """
        clock = _Clock()
        yield Status("Searching the sources…")
        trail = trail or Trail(traced=False)
        result, view = await self.look_up(question, trail)
        clock.mark("search")
        draft = Answer(question, Outcome.NOT_IN_SOURCES, generator=self._generator.name)
        draft = replace(draft, gate=_seen(view), passages=trail.kept)
        if view.passed:
            deadline = asyncio.get_running_loop().time() + self._options.timeout_s
            blocks: list[Block] = []
            made = self._generated(question, trail, deadline)
            async with aclosing(made):
                async for event in made:
                    if isinstance(event, Block):
                        clock.mark("first_block")
                        blocks.append(event)
                    yield event
            if blocks:
                draft = replace(
                    draft,
                    outcome=Outcome.ANSWERED,
                    blocks=tuple(blocks),
                    note=self._generator.note,
                )
            draft = replace(
                draft,
                passages=trail.kept,
                generator=trail.generator or draft.generator,
                adapter=trail.adapter,
                unsupported=tuple(trail.unsupported),
                turns=trail.turns,
            )
        yield self._finished(draft, result, clock)

    async def look_up(self, question: Question, trail: Trail) -> tuple[SearchResult, GateView]:
        """Search and gate alone, of which nothing is written.

        Args:
            question: What is asked.
            trail: Filled in.

        Raises:
            RetrievalError: The index cannot be read.
            TimeoutError: The search took longer than the options allow.
        """
        query = question.conversation.query(question.text)
        try:
            async with asyncio.timeout(self._options.search_timeout_s):
                result = await self._search.find(
                    query, question.readers, limit=8, traced=trail.traced
                )
                trail.result, trail.kept = result, result.found[: self._options.passages]
                passages = [found.passage for found in result.found]
                trail.view = await self._gate.look(query, passages)
                return result, trail.view
        except TimeoutError as error:
            raise SearchTimeoutError from error

    def _finished(self, draft: Answer, result: SearchResult, clock: _Clock) -> Answer:
        if draft.outcome is Outcome.NOT_IN_SOURCES:
            best: dict[str, Passage] = {}
            for found in result.found:
                best.setdefault(found.passage.document_id, found.passage)
            draft = replace(
                draft,
                closest=tuple(best.values())[: self._options.closest],
            )
        clock.mark("total")
        return replace(draft, timings_ms=clock.marks)

    async def _generated(
        self, question: Question, trail: Trail, deadline: float
    ) -> AsyncGenerator[Status | Block, None]:
        async with asyncio.timeout_at(deadline):
            prompt = await self._prompt(question, trail, deadline)
        reading = _reading(len(prompt.passages))
        if not self._generator.verbatim:
            yield Status(reading)
        checker = BlockChecker(
            prompt,
            self._verifier,
            verbatim=self._generator.verbatim,
            mark=self._options.mark_unsupported,
        )
        trail.unsupported = checker.unsupported
        async with aclosing(self._raw_blocks(prompt, trail)) as raw:
            async for item in raw:
                if isinstance(item, Queued):
                    yield Status(before_yours(item.ahead) if item.ahead else reading)
                    continue
                if not checker.shown and is_refusal(item.text):
                    return
                for block in await checker.check(item):
                    yield block

    async def _prompt(self, question: Question, trail: Trail, deadline: float) -> Prompt:
        """The prompt, with as much of what was found as fits."""
        draft = Draft(
            question.text,
            question.conversation.query(question.text).weighted,
            tuple(found.passage for found in trail.kept),
            await self._before(question),
            conversation_key(question) if question.place else None,
            sampling_for(self._generator.context_tokens),
            deadline,
        )
        made = await fitted(draft, self._generator, self._options.pace)
        trail.prompt, trail.tokens = made.prompt, made.tokens
        trail.turns = None if self._generator.verbatim else len(made.draft.turns)
        # The last one may have been cut.
        trail.kept = tuple(
            replace(found, passage=passage)
            for found, passage in zip(trail.kept, made.draft.passages, strict=False)
        )
        return made.prompt

    async def _before(self, question: Question) -> tuple[Recalled, ...]:
        """The turns before, as far as a generator reads them."""
        if self._generator.verbatim:
            return ()
        turns = question.conversation.prompted
        if self._recall is None:
            return tuple(Recalled(turn.question, turn.answer) for turn in turns)
        return await self._recall.turns(turns, question.readers)

    async def _raw_blocks(
        self, prompt: Prompt, trail: Trail
    ) -> AsyncGenerator[RawBlock | Queued, None]:
        splitter = BlockSplitter()
        # It keeps to what is in use when it is first asked for a piece, which is now.
        trail.generator, trail.adapter = self._generator.name, self._generator.adapter
        pieces = cast("AsyncGenerator[str | Queued, None]", self._generator.generate(prompt))
        async with aclosing(pieces):
            while True:
                async with asyncio.timeout_at(prompt.deadline):
                    piece = await anext(pieces, None)
                if piece is None:
                    break
                if isinstance(piece, Queued):
                    yield piece
                    continue
                for block in splitter.feed(piece):
                    yield block
        for block in splitter.finish():
            yield block


def _seen(view: GateView) -> dict[str, float]:
    """What the gate saw, as numbers that can be kept."""
    limit = {} if view.threshold is None else {"threshold": view.threshold}
    return {**view.features, "score": view.score, **limit}


class _Clock:
    """Milliseconds since the start, each name at its first mark."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self.marks: dict[str, float] = {}

    def mark(self, name: str) -> None:
        self.marks.setdefault(name, round((perf_counter() - self._start) * 1000, 1))


def _reading(passages: int) -> str:
    return f"Reading {passages} passage{'s' if passages != 1 else ''}…"
