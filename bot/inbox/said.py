"""The answer that a person gives who was asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from footnote.bot.questions import Answer, Block, Event, Outcome, Question, Said

PERSON = "person"
BY = "This is the answer of a person who was asked: {}."


async def said_by_a_person(question: Question, said: Said) -> AsyncGenerator[Event, None]:
    """The events of an answer that is there already; the person is named below it."""
    block = Block(said.text)
    yield block
    yield Answer(
        question,
        Outcome.ANSWERED,
        blocks=(block,),
        generator=PERSON,
        note=BY.format(said.by),
    )
