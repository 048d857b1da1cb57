"""The one function that owns a question's outcome: its events always end in an answer."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from footnote.bot.answerer import Answerer, SearchTimeoutError
from footnote.bot.explaining.trail import Trail
from footnote.bot.fitting import QuestionTooLongError
from footnote.bot.generators.base import GenerationError
from footnote.bot.questions import Answer, Block, Event, Outcome, Question
from footnote.models.errors import ModelError
from footnote.retrieval.errors import RetrievalError

_log = logging.getLogger(__name__)


async def answer_events(
    answerer: Answerer, question: Question, trail: Trail | None = None
) -> AsyncGenerator[Event, None]:
    """Status and blocks as they come, and always an answer as the last event.

    Where the answer cannot be finished it is `failed`, with what was shown, and its note says why.
    A defect is raised as it is. Closing the generator cancels the work. A trail is filled in on the
    way, as far as it went.
    """
    blocks: list[Block] = []
    try:
        async with aclosing(answerer.answer(question, trail)) as events:
            async for event in events:
                if isinstance(event, Block):
                    blocks.append(event)
                yield event
    except (GenerationError, ModelError, RetrievalError, TimeoutError) as error:
        _log.warning("Question %s (%s) failed: %r", question.id, question.reference, error)
        note = _note(error, question.reference)
        yield Answer(question, Outcome.FAILED, blocks=tuple(blocks), note=note)


def _note(error: Exception, reference: str) -> str:
    match error:
        case SearchTimeoutError():
            return (
                f"The search took too long and was stopped (question {reference}): raise "
                "search_timeout_s below [answer], or ask again when there is less to do."
            )
        case TimeoutError():
            return (
                f"The answer took too long and was stopped (question {reference}): raise "
                "timeout_s below [answer], or ask for less at once."
            )
        case QuestionTooLongError():
            return str(error)
        case GenerationError():
            return (
                f"The answer could not be finished (question {reference}): ask again, and look "
                "into the log if it stays so."
            )
        case _:
            return str(error)
