"""Editing questions that were accepted already."""

from __future__ import annotations

import pytest

from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Acceptance, Accepted, Decision, Remains, Wish
from footnote.bot.state.errors import ChangedError
from tests.bot.state.acts import (
    LONG,
    POSTED,
    ROOM,
    answered,
    ask,
    decide,
    edit,
    filing,
    finish,
    take,
    takes,
)
from tests.bot.state.bench import Bench

NEW, DUPLICATE, IGNORED = Acceptance.NEW, Acceptance.DUPLICATE, Acceptance.IGNORED


async def test_a_waiting_question_is_replaced_in_its_place(state: State) -> None:
    """An edit of a question that waits changes its body and revision, not its place."""
    for question_id in "abc":
        await ask(state, question_id)
    assert await edit(state, "b", 4) == Accepted(NEW, ahead=1)
    assert await state.queue.positions("abc") == {"a": 0, "b": 1, "c": 2}
    await take(state)
    lease = await take(state)
    assert (lease.id, lease.body, lease.revision, lease.attempts) == ("b", '"b 4"', 4, 1)


async def test_only_a_higher_revision_is_an_edit(state: State) -> None:
    """The same revision again, or an older one that comes late, is a duplicate."""
    await ask(state, "a")
    await edit(state, "a", 2)
    assert await edit(state, "a", 2) == Accepted(DUPLICATE)
    assert await edit(state, "a", 1) == Accepted(DUPLICATE)
    assert (await take(state)).body == '"a 2"'


async def test_an_edit_stays_in_the_thread_of_its_question(state: State) -> None:
    """The thread of a known question is the one that it was accepted in."""
    await ask(state, "a", "t")
    again = filing("a", "u", revision=1)
    await state.queue.revise(again, limit=ROOM, engaged_s=LONG)
    assert (await take(state)).thread == "t"
    assert not await state.conversations.engaged("u")


async def test_a_held_question_is_edited_under_its_lease(state: State) -> None:
    """The holder keeps its lease, sees the edit, and can decide the new revision alone."""
    await ask(state, "a")
    await ask(state, "b")
    lease = await take(state)
    await state.queue.record(lease, POSTED)
    assert await edit(state, "a") == Accepted(NEW)
    with pytest.raises(ChangedError):
        await decide(state, lease)
    seen = await state.queue.look(lease)
    assert (seen.body, seen.revision, seen.fence, seen.attempts) == ('"a 1"', 1, lease.fence, 0)
    assert seen.sent == POSTED
    assert await takes(state) == ["b"]
    await finish(state, seen)


async def test_a_decision_goes_with_the_revision_that_it_answers(state: State) -> None:
    """An edit after the decision takes it away, so that the question cannot end by it."""
    await ask(state, "a")
    lease = await take(state)
    await decide(state, lease)
    await edit(state, "a")
    assert (await state.queue.look(lease)).decision is None
    with pytest.raises(ChangedError):
        await finish(state, lease)
    with pytest.raises(ChangedError):
        await state.queue.finish(lease, POSTED, Remains())
    seen = await state.queue.renew(lease, lease_s=LONG)
    await decide(state, seen, Outcome.NOT_IN_SOURCES)
    assert (await state.queue.look(lease)).decision == Decision(
        Outcome.NOT_IN_SOURCES, "answer to a", 1
    )


async def test_a_finished_question_waits_again(state: State) -> None:
    """An edit after the end brings it back with its messages, and without its answer."""
    await answered(state, "a", "t")
    assert await edit(state, "a") == Accepted(NEW)
    assert await state.queue.kept("a") is None
    assert list(await state.journal.finished()) == []
    assert not await state.queue.idle()
    lease = await take(state)
    assert (lease.body, lease.attempts, lease.sent) == ('"a 1"', 1, POSTED)
    assert (lease.decision, lease.wish, lease.busy) == (None, Wish.NONE, False)
    await finish(state, lease, Outcome.NOT_IN_SOURCES)
    kept = await state.queue.kept("a")
    assert kept is not None
    assert kept.outcome is Outcome.NOT_IN_SOURCES


async def test_an_edit_counts_attempts_anew(state: State) -> None:
    """A question that failed again and again starts afresh when it was edited."""
    await ask(state, "a")
    for attempt in range(1, 4):
        lease = await take(state)
        assert lease.attempts == attempt
        await state.queue.release(lease)
    await edit(state, "a")
    assert (await take(state)).attempts == 1


async def test_an_edit_ends_busy_and_cancelled(state: State) -> None:
    """A question that is no longer loose waits for the others of its thread again."""
    await ask(state, "a", "t")
    await ask(state, "b", "t", limit=1)
    await ask(state, "c", "t")
    await state.queue.wish("c", Wish.CANCEL)
    await edit(state, "b")
    await edit(state, "c")
    lease = await take(state)
    assert lease.id == "a"
    assert await takes(state) == []
    await finish(state, lease)
    second = await take(state)
    assert (second.id, second.busy) == ("b", False)
    await finish(state, second)
    third = await take(state)
    assert (third.id, third.wish) == ("c", Wish.NONE)


async def test_an_edit_that_makes_the_first_of_a_thread_puts_the_next_back(state: State) -> None:
    """Once an earlier question is not loose any more, the later one waits for it."""
    await ask(state, "a", "t", limit=0)
    await ask(state, "b", "t")
    await edit(state, "a")
    assert await takes(state) == ["a"]


async def test_an_edit_is_never_busy(state: State) -> None:
    """A known question is taken back even where the queue is full, an unknown one as busy."""
    await answered(state, "a")
    await ask(state, "b")
    known = await state.queue.revise(filing("a", revision=1), limit=1, engaged_s=LONG)
    assert known == Accepted(NEW, ahead=0, busy=False)
    unknown = await state.queue.revise(filing("c", revision=1), limit=1, engaged_s=LONG)
    assert unknown == Accepted(NEW, ahead=2, busy=True)


async def test_an_edit_ends_no_delay(bench: Bench) -> None:
    """What was let go of with a delay waits for it, edited or not."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a")
    await state.queue.release(await take(state), delay_s=unit_s)
    await edit(state, "a")
    assert await takes(state) == []
    await bench.advance(1.25 * unit_s)
    assert await takes(state) == ["a"]


async def test_an_unknown_edit_needs_a_mention(state: State) -> None:
    """An edit that adds a mention makes a question; one without is ignored, engaged or not."""
    await ask(state, "a", "t")
    await take(state)
    plain = filing("b", "t", revision=1, mentioned=False)
    assert await state.queue.revise(plain, limit=ROOM, engaged_s=LONG) == Accepted(IGNORED)
    assert await edit(state, "c") == Accepted(NEW)
    assert (await take(state)).revision == 1
    assert await state.conversations.engaged("of c")


async def test_an_edit_needs_no_mention_where_the_question_is_known(state: State) -> None:
    """Who edits the mention away still edits the question."""
    await ask(state, "a")
    plain = filing("a", revision=1, mentioned=False)
    assert await state.queue.revise(plain, limit=ROOM, engaged_s=LONG) == Accepted(NEW)


async def test_an_edit_engages_its_thread_anew(bench: Bench) -> None:
    """The thread of an edited question stays engaged from the edit on."""
    state, unit_s = bench.state, bench.unit_s
    await state.queue.accept(filing("a", "t"), limit=ROOM, engaged_s=unit_s)
    await bench.advance(1.25 * unit_s)
    assert not await state.conversations.engaged("t")
    await edit(state, "a")
    assert await state.conversations.engaged("t")


async def test_what_was_withdrawn_cannot_be_edited(state: State) -> None:
    """An edit that comes after its withdrawal is a duplicate, before and after the end."""
    await ask(state, "a")
    await state.queue.wish("a", Wish.WITHDRAW)
    assert await edit(state, "a") == Accepted(DUPLICATE)
    lease = await take(state)
    assert await edit(state, "a") == Accepted(DUPLICATE)
    await finish(state, lease, Outcome.WITHDRAWN)
    assert await edit(state, "a") == Accepted(DUPLICATE)
    assert await state.queue.idle()


async def test_what_an_edit_has_withdrawn_can_be_edited_again(state: State) -> None:
    """A later edit asks anew, before and after the end; an earlier one, or the same, does not."""
    await answered(state, "a", "t")
    assert await state.queue.wish("a", Wish.WITHDRAW, revision=2)
    assert await edit(state, "a", 2) == Accepted(DUPLICATE)
    assert await edit(state, "a", 3) == Accepted(NEW)
    lease = await take(state)
    assert (lease.wish, lease.revision, lease.sent) == (Wish.NONE, 3, POSTED)
    assert await state.queue.wish("a", Wish.WITHDRAW, revision=4)
    await finish(state, await state.queue.look(lease), Outcome.WITHDRAWN)
    assert await edit(state, "a", 4) == Accepted(DUPLICATE)
    assert await edit(state, "a", 5) == Accepted(NEW)
    await finish(state, await take(state))
    kept = await state.queue.kept("a")
    assert kept is not None
    assert (kept.outcome, kept.thread) == (Outcome.ANSWERED, "t")


async def test_an_edit_that_withdraws_late_changes_nothing(state: State) -> None:
    """Where a later edit was taken already, the earlier one has nothing more to say."""
    await ask(state, "a")
    await edit(state, "a", 2)
    assert not await state.queue.wish("a", Wish.WITHDRAW, revision=1)
    assert not await state.queue.wish("a", Wish.WITHDRAW, revision=2)
    lease = await take(state)
    assert (lease.wish, lease.revision) == (Wish.NONE, 2)


async def test_an_edit_that_withdraws_first_is_remembered(state: State) -> None:
    """What comes late is a duplicate; a later edit is accepted as a question, by its mention."""
    assert not await state.queue.wish("a", Wish.WITHDRAW, revision=2)
    assert await ask(state, "a") == Accepted(DUPLICATE)
    assert await edit(state, "a", 1) == Accepted(DUPLICATE)
    plain = filing("a", revision=3, mentioned=False)
    assert await state.queue.revise(plain, limit=ROOM, engaged_s=LONG) == Accepted(IGNORED)
    assert await edit(state, "a", 3) == Accepted(NEW)
    lease = await take(state)
    assert (lease.wish, lease.revision, lease.thread) == (Wish.NONE, 3, "of a")
    await finish(state, lease)
    assert await state.queue.kept("a") is not None


async def test_what_is_deleted_after_an_edit_has_withdrawn_it(state: State) -> None:
    """Is gone for good: no later edit brings it back."""
    await answered(state, "a")
    await state.queue.wish("a", Wish.WITHDRAW, revision=2)
    await finish(state, await take(state), Outcome.WITHDRAWN)
    assert not await state.queue.wish("a", Wish.WITHDRAW)
    assert await edit(state, "a", 3) == Accepted(DUPLICATE)
    assert await state.queue.idle()
