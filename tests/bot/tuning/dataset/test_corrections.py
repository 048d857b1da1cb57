"""Corrections, and replies of people who were asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.tuning.dataset.candidates import Why
from footnote.bot.tuning.examples import Origin
from tests.bot.tuning.dataset.team import (
    BAD,
    COSTS,
    ENDS,
    EXPIRES,
    GOOD,
    IS_28,
    LEAVE,
    TRAVEL,
    Team,
    team,
    why,
)


async def test_an_approved_correction_is_learned_with_citations(tmp_path: Path) -> None:
    """A person writes no numbers; the product's own verification finds what each sentence is of."""
    async with team(tmp_path) as made:
        name = await made.ask(LEAVE, f"{IS_28} [1]")
        await made.judge(name, BAD)
        await made.correct(name, f"- {IS_28}\n- {ENDS}")
        (example,) = (await made.gathered()).examples
    assert example.answer == f"- {IS_28} [1]\n- {ENDS} [1]"
    assert (example.origin, example.question_id) == (Origin.CORRECTED, name)
    assert example.messages == made.generator.prompts[0].messages


async def test_in_a_thread_a_correction_cites_by_the_prompts_numbers(tmp_path: Path) -> None:
    """What was found for the question has the number that the thread gave it."""
    async with team(tmp_path) as made:
        made.passages = 1
        await made.ask(LEAVE, f"{IS_28} [1]", place="C1/1")
        name = await made.ask(TRAVEL, "A hotel costs. [2]", place="C1/1")
        await made.correct(name, COSTS)
        (example,) = (await made.gathered()).examples
    assert example.answer == f"{COSTS} [2]"


async def test_the_persons_own_numbers_hold_where_they_are_right(tmp_path: Path) -> None:
    """And where they are not, others are looked for."""
    async with team(tmp_path) as made:
        right = await made.ask(LEAVE, f"{IS_28} [1]")
        await made.correct(right, f"{IS_28} [1]")
        wrong = await made.ask(TRAVEL, f"{COSTS} [1]")
        await made.correct(wrong, f"{COSTS} [2]")
        found = await made.gathered()
    assert [example.answer for example in found.examples] == [f"{IS_28} [1]", f"{COSTS} [1]"]


@pytest.mark.parametrize(
    "text",
    ["Employees get 30 days of annual leave.", f"{IS_28} Bring cake on Fridays.", "???", "12 [7]"],
)
async def test_nobody_is_taught_what_no_passage_says(tmp_path: Path, text: str) -> None:
    """One sentence that no passage supports is enough: half of an answer is not what was meant."""
    async with team(tmp_path) as made:
        name = await made.ask(LEAVE, f"{IS_28} [1]")
        await made.judge(name, GOOD)
        await made.correct(name, text)
        found = await made.gathered()
    assert not found.examples
    assert why(found) == {name: Why.UNSUPPORTED}


async def test_an_unsupported_sentence_is_named(tmp_path: Path) -> None:
    """Who reads what was left out sees which sentence it was, and what is missing."""
    async with team(tmp_path) as made:
        name = await made.ask(LEAVE, f"{IS_28} [1]")
        await made.correct(name, f"{IS_28} Bring cake on Fridays.")
        (left,) = (await made.gathered()).left
    assert left.detail == '"Bring cake on Fridays.": it cites nothing, and no passage says it'


async def test_without_an_approval_nothing_is_learned(tmp_path: Path) -> None:
    """Not the correction, nor the answer that it objects to, however many found that good."""
    async with team(tmp_path) as made:
        name = await made.ask(LEAVE, f"{IS_28} [1]")
        await made.judge(name, GOOD)
        await made.judge(name, GOOD, "U3")
        await made.correct(name, ENDS, approved=False)
        found = await made.gathered()
        assert why(found) == {name: Why.NOT_APPROVED}
        await made.correct(name, ENDS)
        (example,) = (await made.gathered()).examples
    assert example.answer == f"{ENDS} [1]"


async def test_an_approval_does_not_outlast_a_change(tmp_path: Path) -> None:
    """A correction that was changed behind its approval waits for another."""
    async with team(tmp_path) as made:
        name = await made.ask(LEAVE, f"{IS_28} [1]")
        await made.correct(name, ENDS)
        await made.correct(name, IS_28, approved=False)
        assert why(await made.gathered()) == {name: Why.NOT_APPROVED}


async def test_a_reply_is_learned_where_the_passages_hold_it(tmp_path: Path) -> None:
    """A person who was asked is trusted without an admin; the question had been refused."""
    async with team(tmp_path) as made:
        name = await made.ask(EXPIRES, None)
        await made.reply(name, ENDS)
        (example,) = (await made.gathered()).examples
    assert (example.answer, example.origin) == (f"{ENDS} [1]", Origin.PERSON)


async def praise_four(made: Team) -> None:
    """So many others that one refusal is within its share."""
    for number in range(4):
        await made.judge(await made.ask(f"{LEAVE} {number}", f"{IS_28} [1]"), GOOD)


async def test_a_reply_that_the_passages_do_not_hold_confirms_the_refusal(tmp_path: Path) -> None:
    """It was right to say that the sources do not hold it; what the person knew is not learned."""
    async with team(tmp_path) as made:
        await praise_four(made)
        name = await made.ask("Who brews beer on Mars?", None)
        await made.reply(name, "Marvin brews it behind the crater.")
        found = await made.gathered()
    (example,) = (each for each in found.examples if each.question_id == name)
    assert (example.answer, example.origin) == ("NOT IN THE SOURCES", Origin.REFUSAL)
    assert not found.left


async def test_a_correction_may_say_that_it_is_not_in_the_sources(tmp_path: Path) -> None:
    """An admin who approves the refusal teaches to refuse."""
    async with team(tmp_path) as made:
        await praise_four(made)
        name = await made.ask("Who brews beer on Mars?", f"{IS_28} [1]")
        await made.correct(name, "NOT IN THE SOURCES.")
        found = await made.gathered()
    assert [e.origin for e in found.examples if e.question_id == name] == [Origin.REFUSAL]
    assert [e.answer for e in found.examples if e.question_id == name] == ["NOT IN THE SOURCES"]
