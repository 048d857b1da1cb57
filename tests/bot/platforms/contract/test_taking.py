"""What people do is taken for good before they are let go on, and told apart by its id."""

from __future__ import annotations

import asyncio

import pytest

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import (
    Cancelled,
    Chosen,
    Command,
    Deleted,
    Edited,
    Feedback,
    Verdict,
)
from footnote.bot.questions import Question
from tests.bot.platforms.contract.place import (
    MOMENT_S,
    Can,
    Place,
    asked,
    ended,
    needs,
    post,
    running,
    soon,
)


async def test_a_question_says_what_was_asked_and_where(place: Place) -> None:
    """What a place may see, and what was said before, is not the platform's to say."""
    question = await asked(place, "how many days?")
    assert question.platform == place.platform.name
    assert question.place
    assert question.mentioned
    assert question.revision == 0
    assert question.readers == Question("", "").readers
    assert not question.conversation.turns


async def test_nothing_is_acknowledged_before_it_is_taken(place: Place) -> None:
    """A platform that tells again does so until then; a person waits."""
    needs(place, Can.ACKNOWLEDGE)
    place.taken.hold = asyncio.Event()
    await place.ask("how many days?")
    await soon(lambda: bool(place.taken.tried))
    await asyncio.sleep(MOMENT_S)
    assert not place.acknowledged()
    place.taken.hold.set()
    question = await place.taken.first(Question)
    await post(place, ended(question, "alpha"), f"{question.id}#0")
    await soon(place.acknowledged)


async def test_what_was_not_taken_comes_again_or_is_said(place: Place) -> None:
    """With the same id; where it would not come again, the person is told to repeat it."""
    place.taken.refusal = UnavailableError("Nothing is taken now: ask again.")
    await place.ask("how many days?", alone=True)
    await soon(lambda: bool(place.taken.tried))
    await asyncio.sleep(MOMENT_S)
    if Can.DELIVER_AGAIN in place.cannot:
        await soon(lambda: "Nothing is taken now: ask again." in place.replies())
        await soon(place.acknowledged)
        return
    assert not place.acknowledged()
    first = place.taken.tried[0]
    place.taken.refusal = None
    await place.deliver_again()
    assert await place.taken.first(Question) == first
    await soon(place.acknowledged)


async def test_what_is_told_twice_has_the_same_id(place: Place) -> None:
    """Whoever takes it can know that it is the same, also when it was acknowledged."""
    needs(place, Can.DELIVER_AGAIN)
    question = await asked(place, "how many days?", alone=True)
    await soon(place.acknowledged)
    before = len(place.taken.happenings)
    await place.deliver_again()
    await soon(lambda: len(place.taken.happenings) > before)
    assert {again.id for again in place.taken.of(Question)} == {question.id}


async def test_no_two_questions_have_one_id(place: Place) -> None:
    """Not even when they say the same at the same place."""
    ids: list[str] = []
    for number in range(3):
        await place.ask("how many days?", alone=True)
        await soon(lambda: len(place.taken.of(Question)) > len(ids))
        question = place.taken.of(Question)[-1]
        ids.append(question.id)
        await post(place, ended(question, f"alpha{number}"), f"{question.id}#0")
    assert len(set(ids)) == 3


async def test_an_edit_is_a_later_revision_of_the_question(place: Place) -> None:
    """Each edit of the one before."""
    needs(place, Can.EDIT)
    question = await asked(place, "how many days?")
    revisions = [question.revision]
    for text in ("how many weeks?", "how many hours?"):
        await place.edit(text)
        await soon(lambda: text in [edit.question.text for edit in place.taken.of(Edited)])  # noqa: B023  it is awaited here
        (*_, last) = place.taken.of(Edited)
        assert last.question.id == question.id
        revisions.append(last.question.revision)
    assert revisions == sorted(set(revisions))


async def test_a_question_that_is_deleted(place: Place) -> None:
    """Is named by its id."""
    needs(place, Can.DELETE)
    question = await asked(place, "how many days?")
    await place.delete()
    assert (await place.taken.first(Deleted)).question_id == question.id


async def test_an_answer_that_is_cancelled(place: Place) -> None:
    """Is named by the id of its question, and what it said stays."""
    question = await asked(place, "how many days?")
    sent = await post(place, running(question, "alpha"), f"{question.id}#0")
    await place.cancel(question, sent)
    assert (await place.taken.first(Cancelled)).question_id == question.id
    assert place.sees(question)


@pytest.mark.parametrize("verdict", list(Verdict))
async def test_what_is_thought_of_an_answer(place: Place, verdict: Verdict) -> None:
    """Says of which, and who thinks so."""
    needs(place, Can.JUDGE)
    question = await asked(place, "how many days?")
    sent = await post(place, ended(question, "alpha"), f"{question.id}#0")
    await place.judge(question, sent, verdict)
    feedback = await place.taken.first(Feedback)
    assert (feedback.question_id, feedback.verdict) == (question.id, verdict)
    assert feedback.asker == question.asker != ""


@pytest.mark.parametrize("promote", [True, False])
async def test_what_an_admin_decides_about_an_adapter(place: Place, promote: bool) -> None:  # noqa: FBT001  a case
    """Says about which, what, and who it is."""
    needs(place, Can.CHOOSE)
    admin = await place.choose("0123456789ab", promote=promote)
    chosen = await place.taken.first(Chosen)
    assert chosen == Chosen("0123456789ab", promote, f"{place.platform.name}:{admin}")


@pytest.mark.parametrize("argument", ["", "wiki now"])
async def test_a_command_says_what_to_do(place: Place, argument: str) -> None:
    """Its name without the sign in front, what stood behind it, and who alone sees the reply."""
    await place.command("reindex", argument)
    command = await place.taken.first(Command)
    assert (command.name, command.argument) == ("reindex", argument)
    assert command.platform == place.platform.name
    assert command.place
    assert command.audience.private
