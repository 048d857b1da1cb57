"""Finished questions in order, and what people said of them."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.bot.questions import Outcome
from footnote.bot.state.base import Noted, State
from footnote.bot.state.entries import Acceptance, Kept, Remains, Wish
from tests.bot.state.acts import POSTED, answered, ask, edit, finish, take
from tests.bot.state.bench import Bench


def _ids(found: Sequence[Kept]) -> list[str]:
    return [kept.id for kept in found]


def _said(found: Sequence[Noted]) -> list[tuple[str, str, str]]:
    return [(noted.id, noted.question_id, noted.body) for noted in found]


async def test_finished_questions_come_in_the_order_of_their_ends(state: State) -> None:
    """The journal has what `kept` has, oldest end first."""
    for question_id in "ab":
        await ask(state, question_id)
    first, second = await take(state), await take(state)
    await finish(state, second)
    await finish(state, first, Outcome.NOT_IN_SOURCES)
    found = await state.journal.finished()
    assert _ids(found) == ["b", "a"]
    assert list(found) == [await state.queue.kept("b"), await state.queue.kept("a")]


async def test_reading_on_misses_none(state: State) -> None:
    """Going on from the last end that was seen gives every question once, in small pages."""
    ids = [f"{number:02}" for number in range(25)]
    for question_id in ids:
        await answered(state, question_id)
    seen: list[str] = []
    after = 0.0
    while page := await state.journal.finished(after=after, limit=4):
        assert len(page) <= 4
        seen += _ids(page)
        after = page[-1].finished_at
    assert seen == ids
    await answered(state, "new")
    assert _ids(await state.journal.finished(after=after)) == ["new"]


async def test_a_question_that_ended_anew_comes_again(state: State) -> None:
    """Who had seen the first end of an edited question sees the second one as well."""
    await answered(state, "a")
    await answered(state, "b")
    after = (await state.journal.finished())[-1].finished_at
    await edit(state, "a")
    await finish(state, await take(state))
    assert _ids(await state.journal.finished(after=after)) == ["a"]
    assert _ids(await state.journal.finished()) == ["b", "a"]


async def test_notes_are_kept(bench: Bench) -> None:
    """Feedback comes back by question or all together, in order, with when it was noted."""
    journal = bench.state.journal
    await journal.note(Noted("n2", "a", '{"verdict": "good"}'))
    await journal.note(Noted("n1", "b", "ü"))
    await journal.note(Noted("n3", "a", ""))
    assert _said(await journal.notes("a")) == [
        ("n2", "a", '{"verdict": "good"}'),
        ("n3", "a", ""),
    ]
    assert [noted.id for noted in await journal.notes()] == ["n2", "n1", "n3"]
    assert list(await journal.notes("unknown")) == []
    async with bench.second() as other:
        noted = await other.journal.notes("b")
    assert _said(noted) == [("n1", "b", "ü")]
    assert noted[0].noted_at > 1_600_000_000


async def test_a_note_is_replaced_by_its_id(state: State) -> None:
    """Noting the same id again leaves one note, the last one, even on another question."""
    await state.journal.note(Noted("n1", "a", "first"))
    await state.journal.note(Noted("n2", "a", "other"))
    await state.journal.note(Noted("n1", "a", "second"))
    assert _said(await state.journal.notes("a")) == [("n2", "a", "other"), ("n1", "a", "second")]
    await state.journal.note(Noted("n1", "b", "third"))
    assert _said(await state.journal.notes("a")) == [("n2", "a", "other")]
    assert _said(await state.journal.notes()) == [("n2", "a", "other"), ("n1", "b", "third")]


async def test_notes_outlive_their_question(bench: Bench) -> None:
    """When a question expires, what people said of it stays."""
    state = bench.state
    await answered(state, "a", remains=Remains(kept_s=bench.unit_s))
    await state.journal.note(Noted("n", "a", "good"))
    await bench.advance(1.25 * bench.unit_s)
    await state.tidy()
    assert await state.queue.kept("a") is None
    assert _said(await state.journal.notes("a")) == [("n", "a", "good")]
    assert await state.journal.erase("a")
    assert list(await state.journal.notes()) == []


async def test_erasing_leaves_nothing_that_was_said(state: State) -> None:
    """Answer, turn and notes of one question go, those of others stay, and its id is known."""
    for question_id in "ab":
        await answered(state, question_id, "t")
        await state.journal.note(Noted(f"n{question_id}", question_id, "said"))
    assert await state.journal.erase("a")
    assert not await state.journal.erase("a")
    kept = await state.queue.kept("a")
    assert kept is not None
    assert (kept.outcome, kept.body, kept.sent) == (Outcome.ANSWERED, "", POSTED)
    assert _ids(await state.journal.finished()) == ["a", "b"]
    assert list(await state.conversations.turns("t")) == ["turn of b"]
    assert _said(await state.journal.notes()) == [("nb", "b", "said")]
    assert (await ask(state, "a")).acceptance is Acceptance.DUPLICATE
    assert not await state.journal.erase("unknown")


async def test_any_of_it_alone_can_be_erased(state: State) -> None:
    """There is something to erase where there is an answer, a turn, or a note."""
    await answered(state, "a", "t", Remains())
    assert await state.journal.erase("a")
    await ask(state, "b", "t")
    assert not await state.journal.erase("b")
    await state.journal.note(Noted("n", "b", "said"))
    assert await state.journal.erase("b")
    await finish(state, await take(state), Outcome.CANCELLED)
    await edit(state, "b")
    assert await state.journal.erase("b")
    assert not await state.journal.erase("b")
    assert list(await state.conversations.turns("t")) == []


async def test_what_was_asked_can_be_erased_too(state: State) -> None:
    """What is left in its place is what a later withdrawal is given; an open question stays."""
    await answered(state, "a")
    assert await state.journal.erase("a", left='"only where"')
    assert await state.queue.wish("a", Wish.WITHDRAW)
    assert (await take(state)).body == '"only where"'
    await ask(state, "b", "other")
    await state.journal.erase("b", left='"only where"')
    lease = await take(state)
    assert (lease.id, lease.body) == ("b", '"b 0"')


async def test_an_erased_question_can_be_withdrawn_and_edited(state: State) -> None:
    """Its messages are still known, so that they can be removed or brought up to date."""
    for question_id in "ab":
        await answered(state, question_id)
        await state.journal.erase(question_id)
    assert await state.queue.wish("a", Wish.WITHDRAW)
    assert (await take(state)).sent == POSTED
    assert (await edit(state, "b")).acceptance is Acceptance.NEW
    lease = await take(state)
    assert (lease.body, lease.sent) == ('"b 1"', POSTED)
