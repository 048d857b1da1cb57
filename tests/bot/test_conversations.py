"""The turns of a thread, and who is reminded of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from footnote.bot.audience import Audience
from footnote.bot.conversations import (
    MAX_TURNS,
    Conversation,
    Given,
    Origin,
    Turn,
    conversation_key,
    remembered,
    turn_from_json,
    turn_of,
    turn_to_json,
)
from footnote.bot.generators.scripted import ScriptedGenerator
from footnote.bot.questions import Answer, Block, Citation, Outcome, Question
from footnote.retrieval.readers import ADMIN, PUBLIC, Readers
from footnote.retrieval.search import Found
from tests.bot.parts import ask, parts, passage_of
from tests.library import HANDBOOK, Page
from tests.properties import holds_for, texts

EVERYONE, HR = frozenset({"everyone"}), frozenset({"group:hr"})
TODAY = {"handbook": EVERYONE, "people": HR}
MEMBER = Readers(EVERYONE | HR)
ANY_TEXT = texts()
ORIGINS = st.builds(Origin, ANY_TEXT, st.none() | st.frozensets(ANY_TEXT, max_size=3))
GIVEN = st.builds(Given, ANY_TEXT, ANY_TEXT, st.integers(0), st.integers(0))
TURNS = st.builds(
    Turn,
    ANY_TEXT,
    ANY_TEXT,
    st.frozensets(ORIGINS, max_size=3),
    st.lists(GIVEN, max_size=3).map(tuple),
    st.lists(st.tuples(st.integers(1), GIVEN), max_size=3).map(tuple),
    st.none() | st.integers(0),
)


def _turn(question: str, *origins: Origin) -> Turn:
    return Turn(question, "An answer.", frozenset(origins))


@holds_for(st.lists(st.text(max_size=5), max_size=20))
def test_only_the_last_turns_are_kept(questions: list[str]) -> None:
    """A conversation holds the last turns in order, never more than MAX_TURNS."""
    conversation = Conversation()
    for question in questions:
        conversation = conversation.after(Turn(question, "An answer."))
    assert [turn.question for turn in conversation.turns] == questions[-MAX_TURNS:]


def test_a_question_is_searched_with_those_before_it() -> None:
    """The question comes first and weighs most; of answers nothing is searched."""
    conversation = Conversation().after(Turn("one?", "First.")).after(Turn("two?", "Second."))
    assert conversation.query("three?").weighted == "three?\nthree?\nthree?\ntwo?\none?"
    assert Conversation().query("one?").weighted == "one?"


async def test_a_follow_up_finds_the_earlier_topic() -> None:
    """A question that names no topic is answered from the page that the thread is about."""
    follow_up, said = "Why is that?", "Unused annual leave expires at the end of March. [1]"
    earlier = Turn("How many days of annual leave does an employee get?", "28 days. [1]")
    async with parts() as made:
        generator = ScriptedGenerator()
        generator.enqueue(said)
        answerer = made.answerer(generator)
        alone = await ask(answerer, follow_up)
        question = Question("q", follow_up, conversation=Conversation((earlier,)))
        asked = await ask(answerer, question)
    assert alone.answer.outcome is Outcome.NOT_IN_SOURCES
    assert asked.answer.outcome is Outcome.ANSWERED
    assert asked.answer.citations[0].passage.document_id == "handbook:leave.md"
    roles = [(message.role, message.text) for message in generator.prompts[0].messages]
    assert roles[1:3] == [("user", earlier.question), ("assistant", "28 days.")]
    assert roles[-1][1].endswith(f"Question: {follow_up}")


async def test_a_turn_knows_what_its_answer_was_made_from() -> None:
    """The source and the restrictions of each passage that the generator read are kept."""
    pages = (*HANDBOOK, Page("bonus", "# Bonus\n\nA bonus for leave is rare.\n", "people", HR))
    async with parts(pages, audiences=TODAY) as made:
        question = Question("q", "How many days of annual leave are there?", readers=MEMBER)
        answer = (await ask(made.answerer(made.quote), question)).answer
    turn = turn_of(answer)
    assert turn
    assert (turn.question, turn.answer) == (question.text, answer.text)
    assert turn.origins == {Origin("handbook"), Origin("people", HR)}


def test_cited_passages_are_origins_too() -> None:
    """A passage that is cited counts, whether or not it is listed among those read."""
    passage = replace(passage_of("Words."), restrictions=HR)
    block = Block("Words. [1]", citations=(Citation(1, passage, "Words.", 0, 6),))
    turn = turn_of(Answer(Question("q", "?"), Outcome.ANSWERED, (block,)))
    assert turn
    assert turn.origins == {Origin("docs", HR)}


def test_a_turn_comes_from_what_the_turns_before_it_came_from() -> None:
    """An answer may repeat what its generator read in the turns before."""
    before = _turn("one?", Origin("people"))
    question = Question("q", "two?", conversation=Conversation((before,)))
    found = Found(passage_of("Words."), 1.0, 1.0, 1.0)
    turn = turn_of(Answer(question, Outcome.ANSWERED, passages=(found,)))
    assert turn
    assert turn.origins == {Origin("docs"), Origin("people")}


@pytest.mark.parametrize(
    "outcome", [outcome for outcome in Outcome if outcome is not Outcome.ANSWERED]
)
def test_only_answers_can_be_followed_up(outcome: Outcome) -> None:
    """A question that ended otherwise is no turn."""
    assert turn_of(Answer(Question("q", "Why?"), outcome)) is None


@pytest.mark.parametrize(
    ("readers", "audiences", "seen"),
    [
        (MEMBER, TODAY, ["open", "closed", "both", "restricted"]),
        (PUBLIC, TODAY, ["open"]),
        (PUBLIC, {**TODAY, "people": EVERYONE}, ["open", "closed", "both"]),
        (MEMBER, {"handbook": EVERYONE}, ["open", "restricted"]),
        (ADMIN, TODAY, ["open", "closed", "both", "restricted"]),
        (ADMIN, {"people": EVERYONE}, ["closed"]),
        (Readers(frozenset()), TODAY, []),
    ],
)
def test_a_turn_is_remembered_for_those_who_may_see_it(
    readers: Readers, audiences: Mapping[str, frozenset[str]], seen: list[str]
) -> None:
    """Every origin has to be met, by the audiences of today; what is gone is met by nobody."""
    turns = [
        _turn("open", Origin("handbook")),
        _turn("closed", Origin("people")),
        _turn("both", Origin("people"), Origin("handbook")),
        _turn("restricted", Origin("handbook", HR)),
    ]
    conversation = remembered(turns, readers, audiences)
    assert [turn.question for turn in conversation.turns] == seen


def test_the_last_visible_turns_are_remembered() -> None:
    """Turns that may not be seen take no room from those that may."""
    turns = [_turn(str(n), Origin("people" if n % 2 else "handbook")) for n in range(20)]
    conversation = remembered(turns, PUBLIC, TODAY)
    assert [turn.question for turn in conversation.turns] == ["8", "10", "12", "14", "16", "18"]


@holds_for(TURNS)
def test_a_turn_comes_back_as_it_was(turn: Turn) -> None:
    """Every field survives, and equal turns are written alike."""
    text = turn_to_json(turn)
    assert turn_from_json(text) == turn
    assert turn_to_json(turn_from_json(text)) == text
    assert text.isascii()


def test_a_newer_turn_can_be_read() -> None:
    """A key that is not known is ignored."""
    turn = _turn("one?", Origin("people", HR))
    written = {**json.loads(turn_to_json(turn)), "colour": "blue"}
    assert turn_from_json(json.dumps(written)) == turn


def test_an_older_turn_can_be_read() -> None:
    """One that was kept before passages were remembered has none."""
    text = '{"question": "one?", "answer": "Yes. [1]", "origins": [["people", null]]}'
    assert turn_from_json(text) == Turn("one?", "Yes. [1]", frozenset({Origin("people")}))


def test_a_turn_tells_where_its_passages_are() -> None:
    """Each that was found or is cited is told by its span; none of its text is kept."""
    read, cited = passage_of("Some words."), passage_of("Other words.", "other", 5)
    block = Block("Words. [1]", citations=(Citation(1, cited, "Other words.", 5, 17),))
    found = (Found(read, 1.0, 1.0, 1.0),)
    turn = turn_of(Answer(Question("q", "?"), Outcome.ANSWERED, (block,), passages=found, turns=2))
    assert turn
    assert turn.given == (Given("page#0", "docs:page", 0, 11),)
    assert turn.cited == ((1, Given("other#5", "docs:other", 5, 17)),)
    assert turn.before == 2
    assert "words." not in turn_to_json(turn)


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ([None, None, None], 3),
        ([0, 1, 2], 3),
        ([0, 1, 1], 2),
        ([1, 0], 1),
        ([2, 3, 4, 5], 4),
        ([1, 2, 3, 4, 5, 6], 3),
        ([], 0),
    ],
)
def test_a_prompt_begins_as_the_one_before(before: list[int | None], kept: int) -> None:
    """It holds those that the last one's prompt held, and that one; of too many, the last half."""
    turns = tuple(Turn(str(n), "An answer.", before=held) for n, held in enumerate(before))
    assert Conversation(turns).prompted == turns[len(turns) - kept :]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", "{}", '{"question": "", "answer": ""}', '{"origins": 3}', '{"origins": [3]}'],
)
def test_anything_else_is_no_turn(text: str) -> None:
    """A turn that does not say what it was made from could be shown to anybody: it is refused."""
    with pytest.raises(ValueError, match=r".+"):
        turn_from_json(text)


PRIVATE = Audience(private=True)
PLACED = st.builds(
    Question,
    id=st.just("q"),
    text=st.just("?"),
    asker=st.sampled_from(["", "U1", "U2", 'C", "U1']),
    place=st.sampled_from(["", "C", "U1", 'C", "U1']),
    platform=st.sampled_from(["", "slack", "C"]),
    audience=st.builds(Audience, private=st.booleans()),
)


@holds_for(PLACED, PLACED, examples=100)
def test_private_answers_have_a_conversation_of_their_own(one: Question, other: Question) -> None:
    """Two questions share a conversation in one public place, or of one asker in private."""

    def conversation(question: Question) -> tuple[object, ...]:
        private = question.audience.private
        asker = question.asker if private else None
        return question.platform, question.place, private, asker

    alike = conversation_key(one) == conversation_key(other)
    assert alike is (conversation(one) == conversation(other))


async def test_a_generator_keeps_private_answers_apart() -> None:
    """What a generator keeps of a thread is not that of the answers that others do not see."""
    generator = ScriptedGenerator()
    public = Question("q", "How many days of annual leave are there?", "U1", "C1", "slack")
    async with parts() as made:
        for question in (public, replace(public, audience=PRIVATE), replace(public, place="")):
            generator.enqueue("28 days of annual leave. [1]")
            await ask(made.answerer(generator), question)
    names = [prompt.conversation for prompt in generator.prompts]
    assert names == ['["slack", "C1"]', '["slack", "C1", "U1"]', None]
