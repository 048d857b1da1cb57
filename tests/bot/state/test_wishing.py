"""Cancelling and withdrawing questions."""

from __future__ import annotations

import pytest

from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Acceptance, Remains, Wish
from footnote.bot.state.errors import ChangedError
from tests.bot.state.acts import LONG, POSTED, answered, ask, decide, finish, take, takes
from tests.bot.state.bench import Bench

CANCEL, WITHDRAW = Wish.CANCEL, Wish.WITHDRAW


@pytest.mark.parametrize("wish", [CANCEL, WITHDRAW])
async def test_a_waiting_question_is_wished_away_once(state: State, wish: Wish) -> None:
    """A wish for a waiting question is something to do; the same again is not."""
    await ask(state, "a")
    assert await state.queue.wish("a", wish)
    assert not await state.queue.wish("a", wish)
    lease = await take(state)
    assert (lease.wish, lease.body) == (wish, '"a 0"')
    assert not await state.queue.wish("a", wish)


@pytest.mark.parametrize("wish", [CANCEL, WITHDRAW])
async def test_the_holder_sees_the_wish(state: State, wish: Wish) -> None:
    """A wish for a held question ends no lease; its holder sees it when it looks or renews."""
    await ask(state, "a")
    lease = await take(state)
    assert await state.queue.wish("a", wish)
    assert (await state.queue.look(lease)).wish is wish
    assert (await state.queue.renew(lease, lease_s=LONG)).wish is wish
    assert await takes(state) == []


async def test_a_wish_for_nothing_is_none(state: State) -> None:
    """Wishing NONE changes nothing, and does not take a wish back."""
    await ask(state, "a")
    await state.queue.wish("a", CANCEL)
    assert not await state.queue.wish("a", Wish.NONE)
    assert not await state.queue.wish("unknown", Wish.NONE)
    assert (await take(state)).wish is CANCEL
    assert (await ask(state, "unknown")).acceptance is Acceptance.NEW


async def test_what_is_decided_cannot_be_cancelled(state: State) -> None:
    """Cancelling comes too late once it is decided, held or let go of, and once it is finished."""
    await ask(state, "a")
    lease = await take(state)
    await decide(state, lease)
    assert not await state.queue.wish("a", CANCEL)
    await state.queue.release(lease)
    assert not await state.queue.wish("a", CANCEL)
    lease = await take(state)
    assert lease.wish is Wish.NONE
    await state.queue.finish(lease, POSTED, Remains())
    assert not await state.queue.wish("a", CANCEL)
    assert await state.queue.idle()
    assert not await state.queue.wish("unknown", CANCEL)
    assert (await ask(state, "unknown")).acceptance is Acceptance.NEW


async def test_a_cancelled_question_can_be_decided(state: State) -> None:
    """A holder that did not look may end a cancelled question by another outcome."""
    await ask(state, "a")
    lease = await take(state)
    await state.queue.wish("a", CANCEL)
    await finish(state, lease)
    kept = await state.queue.kept("a")
    assert kept is not None
    assert kept.outcome is Outcome.ANSWERED


async def test_withdrawing_goes_before_cancelling(state: State) -> None:
    """A cancelled question can be withdrawn, but a withdrawn one cannot be cancelled."""
    await ask(state, "a")
    assert await state.queue.wish("a", CANCEL)
    assert await state.queue.wish("a", WITHDRAW)
    assert not await state.queue.wish("a", CANCEL)
    assert (await take(state)).wish is WITHDRAW


async def test_a_withdrawn_question_ends_as_nothing_else(state: State) -> None:
    """Once it shall be withdrawn, any other outcome is refused, also one decided before."""
    await ask(state, "a")
    lease = await take(state)
    await decide(state, lease)
    assert await state.queue.wish("a", WITHDRAW)
    seen = await state.queue.look(lease)
    assert seen.decision is None
    assert seen.sent == POSTED
    with pytest.raises(ChangedError):
        await state.queue.finish(lease, POSTED, Remains())
    with pytest.raises(ChangedError):
        await decide(state, seen, Outcome.CANCELLED)
    await finish(state, seen, Outcome.WITHDRAWN)


async def test_a_finished_question_is_withdrawn_with_its_messages(state: State) -> None:
    """Withdrawing after the end brings it back once, to have its messages removed."""
    await answered(state, "a", "t")
    assert await state.queue.wish("a", WITHDRAW)
    assert not await state.queue.wish("a", WITHDRAW)
    assert await state.queue.kept("a") is None
    assert list(await state.journal.finished()) == []
    lease = await take(state)
    assert (lease.wish, lease.body, lease.sent) == (WITHDRAW, '"a 0"', POSTED)
    assert (lease.decision, lease.quiet) == (None, True)
    await state.queue.record(lease, [])
    await decide(state, lease, Outcome.WITHDRAWN, [])
    await state.queue.finish(lease, [], Remains())
    assert list(await state.conversations.turns("t")) == []
    kept = await state.queue.kept("a")
    assert kept is not None
    assert (kept.outcome, kept.body, kept.sent) == (Outcome.WITHDRAWN, "", ())
    assert not await state.queue.wish("a", WITHDRAW)
    assert await state.queue.idle()


async def test_a_withdrawal_comes_back_out_of_turn(state: State) -> None:
    """A finished question that is withdrawn waits for no other of its thread."""
    await answered(state, "a", "t")
    await ask(state, "b", "t")
    await take(state)
    await state.queue.wish("a", WITHDRAW)
    assert await takes(state, quick=True) == ["a"]


async def test_a_withdrawal_that_comes_first_is_remembered(state: State) -> None:
    """A question that is withdrawn before it was ever filed is a duplicate when it comes."""
    assert not await state.queue.wish("a", WITHDRAW)
    assert not await state.queue.wish("a", WITHDRAW)
    assert not await state.queue.wish("a", CANCEL)
    assert (await ask(state, "a")).acceptance is Acceptance.DUPLICATE
    assert await takes(state) == []
    assert await state.queue.idle()
    assert await state.queue.waiting() == 0
    assert await state.queue.kept("a") is None
    assert list(await state.journal.finished()) == []
    assert not await state.journal.erase("a")


async def test_a_later_withdrawal_leaves_the_decision_as_it_was(state: State) -> None:
    """What was decided tells for which revision, though the question is withdrawn anew."""
    await ask(state, "a")
    await state.queue.wish("a", WITHDRAW, revision=3)
    lease = await take(state)
    await decide(state, lease, Outcome.WITHDRAWN)
    await state.queue.wish("a", WITHDRAW)
    looked = await state.queue.look(lease)
    assert looked.decision is not None
    assert looked.decision.revision == 3
    assert looked.revision > 3


async def test_an_expired_question_can_be_withdrawn_like_an_unknown_one(bench: Bench) -> None:
    """A withdrawal that comes after everything was forgotten finds nothing to do."""
    state, unit_s = bench.state, bench.unit_s
    await answered(state, "a", remains=Remains(kept_s=unit_s))
    await bench.advance(1.25 * unit_s)
    assert not await state.queue.wish("a", WITHDRAW)
    assert await takes(state) == []
