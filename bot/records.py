"""Questions and answers as JSON, as the state keeps them."""

from __future__ import annotations

import json
from functools import cache

from pydantic import TypeAdapter

from footnote.bot.questions import Answer, Question


def question_to_json(question: Question) -> str:
    """A question as one line of ASCII."""
    return json.dumps(_questions().dump_python(question, mode="json"))


def question_from_json(text: str) -> Question:
    """The question that `question_to_json` wrote, also an older or a newer version of it.

    Raises:
        ValueError: The text is no question.
    """
    return _questions().validate_python(json.loads(text))


def answer_to_json(answer: Answer) -> str:
    """An answer as one line of ASCII, its question in it."""
    return json.dumps(_answers().dump_python(answer, mode="json"))


def answer_from_json(text: str) -> Answer:
    """The answer that `answer_to_json` wrote, also an older or a newer version of it.

    Raises:
        ValueError: The text is no answer.
    """
    return _answers().validate_python(json.loads(text))


# Building an adapter takes tens of milliseconds. Its own JSON is not used: it refuses halves of
# surrogate pairs, which chat platforms do send, and drops infinite numbers.
@cache
def _questions() -> TypeAdapter[Question]:
    return TypeAdapter(Question)


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)
