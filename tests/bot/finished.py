"""Questions that are finished, without anybody having worked on them."""

from __future__ import annotations

from footnote.bot.conversations import conversation_key
from footnote.bot.questions import Answer
from footnote.bot.records import answer_to_json, question_to_json
from footnote.bot.state.base import State
from footnote.bot.state.entries import Decision, Filing, Owner, Remains


async def finish(state: State, answer: Answer, *, turn: str | None = None) -> None:
    """Take a question through the queue to this answer, and this turn."""
    question = answer.question
    thread = conversation_key(question)
    filing = Filing(question.id, thread, question_to_json(question))
    await state.queue.accept(filing, limit=99, engaged_s=60.0)
    lease = await state.queue.take(Owner("replica", "boot"), lease_s=60.0)
    assert lease
    await state.queue.decide(lease, Decision(answer.outcome, answer_to_json(answer)), ())
    await state.queue.finish(lease, (), Remains(turn))
