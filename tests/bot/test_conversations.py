"""The turns of a thread."""

from __future__ import annotations

from hypothesis import strategies as st

from footnote.bot.conversations import MAX_TURNS, Conversation, Turn
from footnote.bot.generators.scripted import ScriptedGenerator
from footnote.bot.questions import Outcome, Question
from tests.bot.parts import ask, parts
from tests.properties import holds_for


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
    assert roles[1:3] == [("user", earlier.question), ("assistant", earlier.answer)]
    assert roles[-1][1].endswith(f"Question: {follow_up}")
