"""Questions that the sources did not answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.prompts import REFUSAL, Draft
from footnote.bot.questions import Answer, Outcome, Question, Unsupported
from footnote.bot.tuning.dataset.balancing import REFUSALS, balanced
from footnote.bot.tuning.dataset.candidates import Candidate, Why
from footnote.bot.tuning.examples import Origin
from tests.bot.tuning.dataset.team import BAD, GOOD, IS_28, LEAVE, TEAM, Team, team, why

BEER = "Who brews beer on Mars?"


async def praise(made: Team, number: int) -> None:
    """So many answers beside the refusals, which are not nearly the same."""
    for one in range(number):
        await made.judge(await made.ask(f"{LEAVE} {one}", f"{IS_28} [1]"), GOOD)


async def test_a_refusal_that_nobody_objects_to_is_learned(tmp_path: Path) -> None:
    """With the passages that the generator had, and the words that a generator refuses with."""
    async with team(tmp_path) as made:
        await praise(made, 4)
        name = await made.ask(BEER, None)
        (example,) = (each for each in (await made.gathered()).examples if each.question_id == name)
    assert (example.answer, example.origin) == (REFUSAL, Origin.REFUSAL)
    assert example.messages == made.generator.prompts[-1].messages
    assert len(example.passages) == 2


@pytest.mark.parametrize("says", ["thumb", "correction", "failed"])
async def test_a_doubtful_refusal_is_not(tmp_path: Path, says: str) -> None:
    """Somebody objects, or something was written that failed verification."""
    async with team(tmp_path) as made:
        await praise(made, 4)
        if says == "failed":
            question = Question("q", BEER, place="C1", platform="slack", audience=TEAM)
            wrote = (Unsupported("Marvin does.", "no passage says it"),)
            await made.finish(Answer(question, Outcome.NOT_IN_SOURCES, unsupported=wrote))
            expected = {"q": Why.UNSURE}
        else:
            name = await made.ask(BEER, None)
            await made.judge(name, BAD if says == "thumb" else GOOD)
            expected = {name: Why.DISLIKED}
        if says == "correction":
            await made.correct(name, "Marvin does.", approved=False)
            expected = {name: Why.NOT_APPROVED}
        assert why(await made.gathered()) == expected


@pytest.mark.parametrize("outcome", [Outcome.BUSY, Outcome.CANCELLED, Outcome.FAILED])
async def test_what_was_never_answered_is_no_refusal(tmp_path: Path, outcome: Outcome) -> None:
    """That there was no answer says nothing of the sources."""
    async with team(tmp_path) as made:
        question = Question("q", BEER, place="C1", platform="slack", audience=TEAM)
        await made.finish(Answer(question, outcome))
        assert why(await made.gathered()) == {"q": Why.NO_ANSWER}


def candidates(others: int, refusals: int) -> list[Candidate]:
    """So many of each, one after the other as long as there are both."""
    found = []
    for number in range(max(others, refusals)):
        for answer, most in (("28 days. [1]", others), (REFUSAL, refusals)):
            if number < most:
                draft = Draft(f"{answer} {number}", f"{answer} {number}", ())
                name = f"{answer[:2]}{number}"
                found.append(Candidate(name, name, Origin.PRAISED, draft, answer))
    return found


@pytest.mark.parametrize(
    ("others", "refusals", "kept"), [(0, 5, 0), (4, 5, 1), (40, 30, 10), (40, 3, 3)]
)
def test_refusals_have_their_share(others: int, refusals: int, kept: int) -> None:
    """At most a fifth of all, the others in their order, and each that goes is named."""
    there = candidates(others, refusals)
    remaining, left = balanced(there, 1)
    assert sum(item.refuses for item in remaining) == kept
    assert kept <= REFUSALS * len(remaining) or not kept
    assert [item for item in there if item in remaining] == remaining
    assert {one.name for one in left} == {item.name for item in there if item not in remaining}
    assert {one.why for one in left} <= {Why.TOO_MANY_REFUSALS}


def test_which_refusals_stay_is_by_chance_and_always_the_same() -> None:
    """It depends on the seed, and neither on the order nor on what other answers there are."""
    there = candidates(20, 30)
    kept = {item.name for item in balanced(there, 1)[0] if item.refuses}
    assert kept == {item.name for item in balanced(there[::-1], 1)[0] if item.refuses}
    assert kept != {item.name for item in balanced(there, 2)[0] if item.refuses}
    more = {item.name for item in balanced(candidates(28, 30), 1)[0] if item.refuses}
    assert kept < more
    later = [replace(item, at=9.0) for item in there]
    assert kept == {item.name for item in balanced(later, 1)[0] if item.refuses}
