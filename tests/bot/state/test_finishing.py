"""Deciding how a question ends, and ending it."""

from __future__ import annotations

import pytest

from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Decision, Kept, Remains, Sent
from footnote.bot.state.errors import ChangedError
from tests.bot.state.acts import LONG, POSTED, answered, ask, decide, edit, finish, take, takes
from tests.bot.state.bench import Bench


async def test_a_decision_is_seen_by_who_looks(state: State) -> None:
    """A lease shows the decision and the messages that were recorded with it."""
    await ask(state, "a")
    lease = await take(state)
    decision = Decision(Outcome.FAILED, '{"any": "body ü"}', 0)
    await state.queue.decide(lease, decision, [Sent("k1", "m1"), Sent("k2")])
    seen = await state.queue.look(lease)
    assert seen.decision == decision
    assert seen.sent == (Sent("k1", "m1"), Sent("k2"))
    await state.queue.release(lease)
    assert (await take(state)).decision == decision


async def test_a_decision_can_be_made_again(state: State) -> None:
    """The last decision is the one that holds, and repeating it does no harm."""
    await ask(state, "a")
    lease = await take(state)
    await decide(state, lease)
    await decide(state, lease)
    await decide(state, lease, Outcome.FAILED)
    await state.queue.finish(lease, POSTED, Remains())
    kept = await state.queue.kept("a")
    assert kept is not None
    assert kept.outcome is Outcome.FAILED


@pytest.mark.parametrize("revision", [0, 2])
async def test_a_decision_for_another_revision_is_refused(state: State, revision: int) -> None:
    """What was decided about another revision is not kept, nor are its messages."""
    await ask(state, "a")
    await edit(state, "a")
    lease = await take(state)
    with pytest.raises(ChangedError):
        await state.queue.decide(lease, Decision(Outcome.ANSWERED, "", revision), POSTED)
    seen = await state.queue.look(lease)
    assert (seen.decision, seen.sent) == (None, ())


async def test_only_what_is_decided_can_be_finished(state: State) -> None:
    """A question without a decision stays as it is."""
    await ask(state, "a", "t")
    lease = await take(state)
    with pytest.raises(ChangedError):
        await state.queue.finish(lease, POSTED, Remains(turn="turn"))
    assert await state.queue.look(lease) == lease
    assert list(await state.conversations.turns("t")) == []


async def test_what_remains(state: State) -> None:
    """A finished question is kept with its outcome, its answer and its messages as they are."""
    await ask(state, "a", "t")
    lease = await take(state)
    assert await state.queue.kept("a") is None
    await decide(state, lease, sent=[Sent("k1")])
    assert await state.queue.kept("a") is None
    assert await state.queue.pending("a") is not None
    await state.queue.finish(lease, [Sent("k1", "m1"), Sent("k2", "m2")], Remains(turn="turn"))
    kept = await state.queue.kept("a")
    assert kept is not None
    sent = (Sent("k1", "m1"), Sent("k2", "m2"))
    assert kept == Kept("a", "t", Outcome.ANSWERED, "answer to a", sent, kept.finished_at)
    assert kept.finished_at >= lease.accepted_at
    assert list(await state.conversations.turns("t")) == ["turn"]
    assert await state.queue.kept("unknown") is None
    assert await state.queue.pending("a") is None
    assert await state.queue.positions(["a"]) == {}


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_every_outcome_is_kept(state: State, outcome: Outcome) -> None:
    """A question can end in each of the outcomes; only of a withdrawn one no body remains."""
    await ask(state, "a")
    await finish(state, await take(state), outcome)
    kept = await state.queue.kept("a")
    assert kept is not None
    body = "" if outcome is Outcome.WITHDRAWN else "answer to a"
    assert (kept.outcome, kept.body) == (outcome, body)


async def test_finishing_twice_is_finishing_once(state: State) -> None:
    """Who did not hear that it is finished may say so again, and nothing changes."""
    lease = await answered(state, "a", "t")
    kept = await state.queue.kept("a")
    await state.queue.finish(lease, [Sent("other")], Remains(turn="other"))
    assert await state.queue.kept("a") == kept
    assert list(await state.conversations.turns("t")) == ["turn of a"]
    assert len(await state.journal.finished()) == 1


async def test_finishing_takes_a_late_holder_too(bench: Bench) -> None:
    """A lease that ran out may finish twice, as one that did not."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a")
    lease = await take(state, lease_s=unit_s)
    await decide(state, lease)
    await bench.advance(1.25 * unit_s)
    for _ in range(2):
        await state.queue.finish(lease, POSTED, Remains())
    assert await takes(state) == []


async def test_an_end_is_kept_for_its_time(bench: Bench) -> None:
    """What remains can be looked up for `kept_s`, and is then gone from the journal as well."""
    state, unit_s = bench.state, bench.unit_s
    await answered(state, "a", remains=Remains(kept_s=2 * unit_s))
    await answered(state, "b", remains=Remains(kept_s=LONG))
    await bench.advance(unit_s)
    assert await state.queue.kept("a") is not None
    await bench.advance(1.25 * unit_s)
    assert await state.queue.kept("a") is None
    assert [kept.id for kept in await state.journal.finished()] == ["b"]
    await state.tidy()
    assert [kept.id for kept in await state.journal.finished()] == ["b"]
    assert await state.queue.kept("b") is not None


async def test_an_edited_question_is_not_forgotten_while_it_waits(bench: Bench) -> None:
    """The time for which an end was kept does not count once the question is back."""
    state, unit_s = bench.state, bench.unit_s
    await answered(state, "a", remains=Remains(kept_s=unit_s))
    await edit(state, "a")
    await bench.advance(1.25 * unit_s)
    await state.tidy()
    lease = await take(state)
    assert lease.id == "a"
    await finish(state, lease)
    await state.tidy()
    assert await state.queue.kept("a") is not None
