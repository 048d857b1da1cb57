"""Answers that people found good."""

from __future__ import annotations

from pathlib import Path

from footnote.bot.questions import Answer, Block, Outcome, Question, Said, Unsupported
from footnote.bot.tuning.dataset.candidates import Why
from footnote.bot.tuning.examples import Origin
from footnote.bot.verifying.checking import UNSUPPORTED_MARK
from tests.bot.tuning.dataset.team import (
    BAD,
    COSTS,
    ENDS,
    EXPIRES,
    GOOD,
    IS_28,
    LEAVE,
    TEAM,
    TRAVEL,
    team,
    why,
)
from tests.library import Page


async def test_a_praised_answer_is_learned_with_the_prompt_that_it_had(tmp_path: Path) -> None:
    """The very messages that the generator was given, and the answer under the prompt's numbers."""
    async with team(tmp_path) as made:
        one = await made.ask(LEAVE, f"{IS_28} [1]")
        made.passages = 1
        two = await made.ask(TRAVEL, f"{COSTS} [1]")
        for name in (one, two):
            await made.judge(name, GOOD)
        found = await made.gathered()
    first, second = found.examples
    assert [each.messages for each in found.examples] == [
        prompt.messages for prompt in made.generator.prompts
    ]
    assert (first.answer, second.answer) == (f"{IS_28} [1]", f"{COSTS} [1]")
    assert [item.number for item in first.passages] == [1, 2]
    assert (first.question_id, first.origin, first.question) == (one, Origin.PRAISED, LEAVE)
    assert not found.left


async def test_shown_numbers_become_the_prompts_again(tmp_path: Path) -> None:
    """A reader sees [1] first; the example cites by the numbers that stand in its prompt."""
    async with team(tmp_path) as made:
        made.passages = 1
        await made.ask(LEAVE, f"{IS_28} [1]", place="C1/1")
        await made.ask(TRAVEL, f"{COSTS} [2] {IS_28} [1]", place="C1/1")
        name = await made.ask(EXPIRES, f"{ENDS} [1] {COSTS} [2]", place="C1/1")
        await made.judge(name, GOOD)
        (example,) = (await made.gathered()).examples
    assert example.answer == f"{ENDS} [1] {COSTS} [2]"
    assert example.messages == made.generator.prompts[-1].messages
    assert example.messages[4].text == f"{COSTS} [2] {IS_28} [1]"
    assert example.earlier_ids == ("q1", "q2")
    assert {item.number for item in example.passages} == {1, 2}


async def test_the_majority_decides(tmp_path: Path) -> None:
    """More thumbs up than down, each person's last one; a tie is no praise."""
    async with team(tmp_path) as made:
        names = [await made.ask(LEAVE, f"{IS_28} [1]") for _ in range(4)]
        liked, tied, disliked, unjudged = names
        for name, person, verdict in (
            (liked, "U1", BAD),
            (liked, "U1", GOOD),
            (liked, "U2", GOOD),
            (liked, "U3", BAD),
            (tied, "U1", GOOD),
            (tied, "U2", BAD),
            (disliked, "U1", BAD),
        ):
            await made.judge(name, verdict, person)
        found = await made.gathered()
    assert [example.question_id for example in found.examples] == [liked]
    assert why(found) == {tied: Why.DISLIKED, disliked: Why.DISLIKED, unjudged: Why.NOT_JUDGED}
    assert found.questions == 4


async def test_a_citation_of_what_is_gone_is_not_learned(tmp_path: Path) -> None:
    """Where an earlier turn's passage has changed since, its number stands for nothing."""
    async with team(tmp_path) as made:
        made.passages = 1
        await made.ask(LEAVE, f"{IS_28} [1]", place="C1/1")
        name = await made.ask(TRAVEL, f"{IS_28} [1]", place="C1/1")
        await made.judge(name, GOOD)
        assert len((await made.gathered()).examples) == 1
        await made.index(Page("leave", "# Leave\n\nNo leave for anybody.\n"))
        found = await made.gathered()
    assert why(found)[name] is Why.LOST_CITATION


async def test_a_marked_sentence_is_not_learned(tmp_path: Path) -> None:
    """An answer that was shown with a sentence that no passage supports teaches it to nobody."""
    async with team(tmp_path) as made:
        question = Question("q", LEAVE, place="C1", platform="slack", audience=TEAM)
        text = f"Leave is fun {UNSUPPORTED_MARK}"
        await made.finish(
            Answer(
                question,
                Outcome.ANSWERED,
                (Block(text),),
                unsupported=(Unsupported("Leave is fun", "no passage says it", marked=True),),
            )
        )
        await made.judge("q", GOOD)
        assert why(await made.gathered()) == {"q": Why.UNSUPPORTED}


async def test_what_a_person_said_is_no_answer_of_the_models(tmp_path: Path) -> None:
    """A reply that was brought as an answer is learned as a reply to the question, or not."""
    async with team(tmp_path) as made:
        question = Question(
            "reply", LEAVE, place="C1", platform="slack", audience=TEAM, said=Said(IS_28, "Ann")
        )
        await made.finish(Answer(question, Outcome.ANSWERED, (Block(IS_28),), generator="person"))
        await made.judge("reply", GOOD)
        found = await made.gathered()
    assert (found.examples, found.left, found.questions) == ((), (), 0)
