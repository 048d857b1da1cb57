"""What was shown can be looked up again, by those who may see it now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot.audience import Audience, Audiences
from footnote.bot.errors import UnavailableError
from footnote.bot.lookups import GONE, HIDDEN, KeptAnswers
from footnote.bot.questions import Answer, Question
from footnote.bot.state.base import State
from tests.bot.finished import finish
from tests.bot.parts import ask, parts
from tests.bot.state.bench import sqlite_bench
from tests.library import Library

EVERYONE, HR = frozenset({"everyone"}), frozenset({"group:hr"})
AUDIENCES = Audiences({"hr": frozenset({"slack:U7"})})
TEAM = Audience(frozenset({"slack:C1"}))
MEMBER = Audience(frozenset({"slack:U7"}), private=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """An answered question, and what it was answered from."""

    library: Library
    state: State
    answer: Answer

    def lookups(self, sources: frozenset[str] = EVERYONE) -> KeptAnswers:
        """Lookups while the handbook is for these."""
        return KeptAnswers(self.state, self.library.store, AUDIENCES, {"handbook": sources})


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A question about the handbook that was answered with quotes."""
    async with sqlite_bench(tmp_path) as bench, parts() as made:
        question = Question("q1", "how many days of annual leave does every employee get?")
        answer = (await ask(made.answerer(made.quote), question)).answer
        await finish(bench.state, answer)
        yield Scene(made.library, bench.state, answer)


async def test_a_passage_is_shown_in_its_surroundings(scene: Scene) -> None:
    """Before, passage and after are a piece of the document."""
    excerpts = await scene.lookups().passages("q1", 1, TEAM)
    assert excerpts
    for excerpt in excerpts:
        passage = excerpt.citation.passage
        assert excerpt.citation.number == 1
        assert (
            excerpt.before + passage.text + excerpt.after
            in scene.library.texts[passage.document_id]
        )


async def test_an_answer_is_given_as_it_was(scene: Scene) -> None:
    """To those who may see all that it was made from."""
    assert (await scene.lookups().answer("q1", TEAM)).text == scene.answer.text


async def test_who_may_see_it_is_decided_now(scene: Scene) -> None:
    """What was public when it was answered may not be today; its members still see it."""
    today = scene.lookups(HR)
    await scene.library.store.set_audiences({"handbook": HR})
    for looking in (today.answer("q1", TEAM), today.passages("q1", 1, TEAM)):
        with pytest.raises(UnavailableError) as told:
            await looking
        assert str(told.value) == HIDDEN
    assert await today.passages("q1", 1, MEMBER)
    assert (await today.answer("q1", MEMBER)).text == scene.answer.text


async def test_a_document_that_changed_is_not_shown_for_the_old_one(scene: Scene) -> None:
    """The words at that place are others now."""
    number = scene.answer.citations[0].number
    document = scene.answer.citations[0].passage.document_id
    await scene.library.store.delete("handbook", [document])
    with pytest.raises(UnavailableError) as told:
        await scene.lookups().passages("q1", number, TEAM)
    assert str(told.value) == HIDDEN


async def test_what_is_no_longer_kept_is_told(scene: Scene) -> None:
    """Whether it ever was is not."""
    await scene.state.journal.erase("q1")
    for name in ("q1", "never"):
        for looking in (
            scene.lookups().answer(name, TEAM),
            scene.lookups().passages(name, 1, TEAM),
        ):
            with pytest.raises(UnavailableError) as told:
                await looking
            assert str(told.value) == GONE
