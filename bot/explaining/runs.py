"""Where explanations come from: a question asked now, one that was served, or that one again."""

from __future__ import annotations

import re
from contextlib import aclosing

from footnote.bot.app import App
from footnote.bot.errors import UnavailableError
from footnote.bot.explaining.explanation import Explanation, explained, recalled
from footnote.bot.explaining.trail import Trail
from footnote.bot.outcomes import answer_events
from footnote.bot.questions import Answer, Question, before_yours
from footnote.bot.records import answer_from_json
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept
from footnote.retrieval.passages import Passage

UNKNOWN = (
    'No finished question with the id "{}" is kept: see the log or the message for the right one, '
    "or give a whole question with a question mark to have it explained as asked now."
)
WAITING = "This question is not answered yet ({}): ask again when it is."
TOO_LONG = (
    "The search took too long and was stopped: raise search_timeout_s below [answer], or ask again "
    "when there is less to do."
)
ERASED = "Nothing is kept of this question: its asker withdrew it or had it forgotten."

_NAME = re.compile(r"[!-~]*[^?\s]")
_PAGE = 1000


def names_a_question(text: str) -> bool:
    """Whether a text can be nothing but an id or a reference: one word, with no question mark."""
    return text.isascii() and _NAME.fullmatch(text) is not None


async def asked_now(app: App, question: Question) -> Explanation:
    """Ask a question, go the whole way once, and tell it; nothing is recorded.

    Raises:
        RetrievalError: The index cannot be read.
    """
    trail = Trail()
    answer: Answer | None = None
    async with aclosing(answer_events(app.core.answerer, question, trail)) as events:
        async for event in events:
            if isinstance(event, Answer):
                answer = event
    passages = await _passages(app, question, trail)
    context = app.core.generator.context_tokens
    return explained(question, trail, passages, answer, context_tokens=context)


async def looked_again(app: App, question: Question) -> Explanation:
    """What search and gate make of a question today, for the readers and the turns that it had.

    Raises:
        RetrievalError: The index cannot be read.
        UnavailableError: The search took longer than the settings allow.
    """
    trail = Trail()
    try:
        await app.core.answerer.look_up(question, trail)
    except TimeoutError as error:
        raise UnavailableError(TOO_LONG) from error
    return explained(question, trail, await _passages(app, question, trail))


async def served(state: State, name: str) -> Explanation:
    """The way of a question that was served, as far as it is kept.

    Args:
        state: What `footnote serve` keeps.
        name: The question's id or its reference.

    Raises:
        UnavailableError: There is no such question, it is not answered yet, or nothing of it is
            kept.
    """
    kept = await state.queue.kept(name) or await _by_reference(state, name)
    if kept is None:
        waiting = await state.queue.positions((name,))
        if name in waiting:
            ahead = waiting[name]
            raise UnavailableError(
                WAITING.format(before_yours(ahead).rstrip("…") if ahead else "it is the next one")
            )
        raise UnavailableError(UNKNOWN.format(name))
    if not kept.body:
        raise UnavailableError(ERASED)
    return recalled(answer_from_json(kept.body), kept.finished_at)


async def _by_reference(state: State, reference: str) -> Kept | None:
    after = 0.0
    while page := await state.journal.finished(after=after, limit=_PAGE):
        for kept in page:
            if Question(kept.id, "").reference == reference:
                return kept
        after = page[-1].finished_at
    return None


async def _passages(app: App, question: Question, trail: Trail) -> list[Passage]:
    """The candidates that were cut, as far as they are still there, for the same readers."""
    if trail.result is None or trail.result.trace is None:
        return []
    ids = [candidate.passage_id for candidate in trail.result.trace.candidates]
    return await app.store.passages(ids, question.readers)
