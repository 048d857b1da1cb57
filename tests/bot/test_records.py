"""Questions and answers as JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import strategies as st

from footnote.bot.audience import Audience
from footnote.bot.conversations import Conversation, Origin, Turn
from footnote.bot.questions import Answer, Block, Citation, Outcome, Question, Unsupported
from footnote.bot.records import (
    answer_from_json,
    answer_to_json,
    question_from_json,
    question_to_json,
)
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers
from footnote.retrieval.search import Found
from tests.bot.parts import ask, parts
from tests.properties import holds_for, texts

ANY_TEXT = texts()
KEYS = st.text(max_size=6)
NUMBERS = st.integers(0, 2**40)
FLOATS = st.floats(allow_nan=False)
LABELS = st.frozensets(ANY_TEXT, max_size=3)
ORIGINS = st.builds(Origin, ANY_TEXT, st.none() | LABELS)
TURNS = st.builds(
    Turn, question=ANY_TEXT, answer=ANY_TEXT, origins=st.frozensets(ORIGINS, max_size=2)
)
QUESTIONS = st.builds(
    Question,
    id=ANY_TEXT,
    text=ANY_TEXT,
    asker=ANY_TEXT,
    place=ANY_TEXT,
    platform=ANY_TEXT,
    audience=st.builds(
        Audience,
        labels=LABELS,
        private=st.booleans(),
        admin=st.booleans(),
        outsiders=st.booleans(),
        public=st.booleans(),
    ),
    address=st.dictionaries(KEYS, ANY_TEXT, max_size=2),
    mentioned=st.booleans(),
    revision=NUMBERS,
    readers=st.builds(
        Readers, labels=LABELS, unrestricted=st.booleans(), groups=st.none() | LABELS
    ),
    conversation=st.builds(Conversation, st.lists(TURNS, max_size=2).map(tuple)),
)
PASSAGES = st.builds(
    Passage,
    id=ANY_TEXT,
    document_id=ANY_TEXT,
    source=ANY_TEXT,
    title=ANY_TEXT,
    heading=st.lists(ANY_TEXT, max_size=2).map(tuple),
    text=ANY_TEXT,
    start=NUMBERS,
    end=NUMBERS,
    ordinal=NUMBERS,
    url=st.none() | ANY_TEXT,
    place=ANY_TEXT,
    restrictions=st.none() | LABELS,
)
CITATIONS = st.builds(
    Citation, number=NUMBERS, passage=PASSAGES, quote=ANY_TEXT, start=NUMBERS, end=NUMBERS
)
BLOCKS = st.builds(
    Block, text=ANY_TEXT, gap=ANY_TEXT, citations=st.lists(CITATIONS, max_size=2).map(tuple)
)
UNSUPPORTED = st.builds(
    Unsupported,
    text=ANY_TEXT,
    reason=ANY_TEXT,
    marked=st.booleans(),
    coverage=st.none() | FLOATS,
    cosine=st.none() | FLOATS,
)
ANSWERS = st.builds(
    Answer,
    question=QUESTIONS,
    outcome=st.sampled_from(Outcome),
    blocks=st.lists(BLOCKS, max_size=2).map(tuple),
    closest=st.lists(PASSAGES, max_size=2).map(tuple),
    passages=st.lists(st.builds(Found, PASSAGES, FLOATS, FLOATS, FLOATS), max_size=2).map(tuple),
    generator=ANY_TEXT,
    note=ANY_TEXT,
    gate=st.dictionaries(KEYS, FLOATS, max_size=2),
    timings_ms=st.dictionaries(KEYS, FLOATS, max_size=2),
    unsupported=st.lists(UNSUPPORTED, max_size=2).map(tuple),
)


@holds_for(QUESTIONS)
def test_a_question_comes_back_as_it_was(question: Question) -> None:
    """Every field survives, whatever a platform put into it."""
    text = question_to_json(question)
    assert question_from_json(text) == question
    assert text.isascii()


@holds_for(ANSWERS)
def test_an_answer_comes_back_as_it_was(answer: Answer) -> None:
    """Every field survives, infinite numbers and halves of surrogate pairs included."""
    text = answer_to_json(answer)
    assert answer_from_json(text) == answer
    assert text.isascii()


async def test_a_real_answer_comes_back_as_it_was() -> None:
    """What the search and the gate computed is kept to the last digit."""
    async with parts() as made:
        asked = await ask(made.answerer(made.quote), "How many days of annual leave are there?")
    assert asked.answer.blocks
    assert asked.answer.passages
    assert answer_from_json(answer_to_json(asked.answer)) == asked.answer


def test_other_versions_can_be_read() -> None:
    """A key that is not known is ignored, and one that is missing has its default."""
    answer = Answer(Question("q", "Why?"), Outcome.BUSY)
    written = json.loads(answer_to_json(answer))
    written["colour"] = written["question"]["colour"] = "blue"
    del written["gate"], written["question"]["readers"], written["question"]["conversation"]
    assert answer_from_json(json.dumps(written)) == answer


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"id": 3}', '{"outcome": "perhaps"}'])
def test_anything_else_is_refused(text: str) -> None:
    """What is no record is a ValueError, never half an answer."""
    with pytest.raises(ValueError, match=r".+"):
        answer_from_json(text)
    with pytest.raises(ValueError, match=r".+"):
        question_from_json(text)
