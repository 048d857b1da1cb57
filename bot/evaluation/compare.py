"""Task: what brings the right answers, retrieval or tuning? Four ways over a team's own questions.

The base model alone and the tuned model alone are asked without passages; with retrieval, both are
asked as the product asks them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from time import perf_counter
from typing import cast

from footnote.bot.answerer import Answerer
from footnote.bot.evaluation.agreement import claim, says_the_same, token_f1
from footnote.bot.evaluation.compare_questions import AskedQuestion
from footnote.bot.evaluation.metrics import mean
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.explaining.trail import Trail
from footnote.bot.fitting import sampling_for
from footnote.bot.generators.base import GenerationError, Generator, Message, Prompt
from footnote.bot.outcomes import answer_events
from footnote.bot.prompts import REFUSAL, is_refusal
from footnote.bot.questions import Answer, Outcome, Question
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.text import Analyzer

ALONE = f"""\
You answer questions of a team from what you know.
- If you do not know the answer, write only: {REFUSAL}.
- Answer in the language of the question, in a few short sentences or a list.\
"""
"""What a model is told that is asked without passages."""

_SEED = 1


class Way(StrEnum):
    """How a question is answered."""

    BASE = "base"
    TUNED = "tuned"
    RETRIEVAL = "retrieval"
    BOTH = "retrieval_tuned"

    @property
    def searches(self) -> bool:
        """Whether passages are found for it."""
        return self in {Way.RETRIEVAL, Way.BOTH}

    @property
    def tuned(self) -> bool:
        """Whether the adapter is on."""
        return self in {Way.TUNED, Way.BOTH}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question on one way.

    Attributes:
        text: What people would see; "" for a refusal.
        documents: The documents that it cites.
        seconds: From the question to the whole answer.
        read: Tokens of the prompt; 0 where nothing was written.
        written: Tokens of the answer.
        failure: Why there is none, or "".
    """

    text: str
    documents: frozenset[str] = frozenset()
    seconds: float = 0.0
    read: int = 0
    written: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """The means of one way over all questions.

    Attributes:
        right: Share that says what the given answer says, or refuses where there is none.
        wrong: Share that says something else.
        refused: Share that refuses though an answer is given, or failed.
        token_f1: Words in common with the given answers, over those questions.
        cited: Share of what is answered that cites anything.
        document: Share of the questions with a document whose answer cites it; None without any.
        seconds: An answer took.
        read: Tokens of a prompt.
        written: Tokens of an answer.
        questions: How many were asked.
    """

    right: float
    wrong: float
    refused: float
    token_f1: float
    cited: float
    document: float | None
    seconds: float
    read: float
    written: float
    questions: int


class Contest:
    """Asks questions on every way."""

    def __init__(self, answerer: Answerer, generator: Generator, timeout_s: float) -> None:
        """Ask with these.

        Args:
            answerer: The product's.
            generator: The one that it writes with.
            timeout_s: After so many seconds an answer without passages fails.
        """
        self._answerer = answerer
        self._generator = generator
        self._timeout_s = timeout_s

    async def ask(
        self,
        way: Way,
        questions: Sequence[AskedQuestion],
        adapter: str | None = None,
        progress: Progress = silent,
    ) -> list[Reply]:
        """A reply to each question, one after the other.

        Raises:
            GenerationError: The adapter cannot be used.
        """
        async with self._using(adapter if way.tuned else None):
            replies: list[Reply] = []
            for question in questions:
                began = perf_counter()
                reply = await (self._found if way.searches else self._alone)(question)
                replies.append(replace(reply, seconds=perf_counter() - began))
                progress(f"Asking ({way})", len(replies), len(questions))
            return replies

    @asynccontextmanager
    async def _using(self, adapter: str | None) -> AsyncIterator[None]:
        if self._generator.verbatim:
            yield
            return
        before = self._generator.adapter
        await self._generator.use_adapter(adapter)
        try:
            yield
        finally:
            await self._generator.use_adapter(before)

    async def _alone(self, asked: AskedQuestion) -> Reply:
        messages = (Message("system", ALONE), Message("user", asked.question))
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        sampling = replace(sampling_for(self._generator.context_tokens), seed=_SEED)
        prompt = Prompt(asked.question, (), messages, sampling=sampling, deadline=deadline)
        pieces: list[str] = []
        try:
            read = await self._generator.count_tokens(messages)
            stream = cast("AsyncGenerator[object, None]", self._generator.generate(prompt))
            async with asyncio.timeout_at(deadline), aclosing(stream) as made:
                pieces += [piece async for piece in made if isinstance(piece, str)]
            text = "".join(pieces).strip()
            written = await self._tokens(text)
        except (GenerationError, TimeoutError) as error:
            return Reply("", failure=str(error) or "it took too long")
        return Reply("" if is_refusal(text) else text, read=read, written=written)

    async def _found(self, asked: AskedQuestion) -> Reply:
        question = Question("compare", asked.question, readers=ADMIN)
        trail = Trail(traced=False)
        async with aclosing(answer_events(self._answerer, question, trail)) as events:
            answer = [event async for event in events if isinstance(event, Answer)][-1]
        failure = answer.note if answer.outcome is Outcome.FAILED else ""
        documents = frozenset(citation.passage.document_id for citation in answer.citations)
        text = answer.text if answer.outcome is Outcome.ANSWERED else ""
        written = await self._tokens(text)
        return Reply(text, documents, read=trail.tokens or 0, written=written, failure=failure)

    async def _tokens(self, text: str) -> int:
        if not text:
            return 0
        said = await self._generator.count_tokens((Message("user", text),))
        return max(0, said - await self._generator.count_tokens((Message("user", ""),)))


def scores(questions: Sequence[AskedQuestion], replies: Sequence[Reply]) -> Scores:
    """The means over all questions."""
    analyzer = Analyzer()
    pairs = list(zip(questions, replies, strict=True))
    right = [_is_right(analyzer, asked, reply) for asked, reply in pairs]
    answered = [reply for reply in replies if reply.text]
    missed = [
        bool(asked.answer and not reply.text) or bool(reply.failure) for asked, reply in pairs
    ]
    known = [(asked, reply) for asked, reply in pairs if asked.document]
    return Scores(
        right=mean([float(each) for each in right]),
        wrong=mean([float(not ok and not none) for ok, none in zip(right, missed, strict=True)]),
        refused=mean([float(each) for each in missed]),
        token_f1=mean([_f1(asked, reply) for asked, reply in pairs if asked.answer]),
        cited=mean([float(bool(reply.documents)) for reply in answered]) if answered else 0.0,
        document=mean([float(a.document in r.documents) for a, r in known]) if known else None,
        seconds=mean([reply.seconds for reply in replies]),
        read=mean([float(reply.read) for reply in replies]),
        written=mean([float(reply.written) for reply in replies]),
        questions=len(pairs),
    )


def _is_right(analyzer: Analyzer, asked: AskedQuestion, reply: Reply) -> bool:
    if reply.failure:
        return False
    if not asked.answer:
        return not reply.text
    said = bool(claim(reply.text))
    return said and says_the_same(analyzer, asked.question, asked.answer, reply.text)


def _f1(asked: AskedQuestion, reply: Reply) -> float:
    return token_f1(reply.text, asked.answer) if reply.text else 0.0
