"""Leases: renewing, running out, being taken over, and letting go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Decision, Lease, Owner, Remains, Sent, Wish
from footnote.bot.state.errors import LeaseLostError
from tests.bot.state.acts import (
    LONG,
    OTHER,
    POSTED,
    answered,
    ask,
    decide,
    edit,
    finish,
    take,
    takes,
)
from tests.bot.state.bench import Bench

Write = Callable[[State, Lease], Awaitable[object]]

WRITES: dict[str, Write] = {
    "renew": lambda state, lease: state.queue.renew(lease, lease_s=LONG),
    "look": lambda state, lease: state.queue.look(lease),
    "record": lambda state, lease: state.queue.record(lease, [Sent("stale")]),
    "decide": lambda state, lease: state.queue.decide(
        lease, Decision(Outcome.FAILED, "stale"), [Sent("stale")]
    ),
    "finish": lambda state, lease: state.queue.finish(lease, [Sent("stale")], Remains("stale")),
}

every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


async def _refused(state: State, lease: Lease, write: Write) -> None:
    with pytest.raises(LeaseLostError):
        await write(state, lease)


@every_write
async def test_a_taken_over_question_refuses_its_old_holder(bench: Bench, write: Write) -> None:
    """Once another has taken it, nothing of the old holder's is written, nor its release heard."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a", "t")
    old = await take(state, lease_s=unit_s)
    await decide(state, old)
    await bench.advance(1.25 * unit_s)
    new = await take(state, owner=OTHER)
    assert new.id == "a"
    assert new.fence > old.fence
    await _refused(state, old, write)
    await state.queue.release(old)
    assert await state.queue.look(new) == new
    assert await state.conversations.turns("t") == ()
    await state.queue.finish(new, POSTED, Remains())


@every_write
async def test_letting_go_ends_the_lease(state: State, write: Write) -> None:
    """After a release its holder can do nothing, although nobody else has taken the question."""
    await ask(state, "a", "t")
    lease = await take(state)
    await decide(state, lease)
    await state.queue.release(lease)
    await _refused(state, lease, write)
    again = await take(state, owner=OTHER)
    assert again.sent == POSTED
    await _refused(state, lease, write)


@every_write
async def test_a_finished_question_refuses_every_lease(state: State, write: Write) -> None:
    """After the end nothing is written; only finishing once more under the same lease is heard."""
    lease = await answered(state, "a", "t")
    if write is not WRITES["finish"]:
        await _refused(state, lease, write)
    await _refused(state, _stale(lease), write)
    await state.queue.release(lease)
    assert await state.queue.idle()
    await edit(state, "a")
    await _refused(state, lease, write)


@every_write
async def test_nobody_holds_an_unknown_question(state: State, write: Write) -> None:
    """A lease of a question that the state does not know is lost."""
    unknown = Lease("unknown", "t", "", 0, fence=1)
    await _refused(state, unknown, write)
    await state.queue.wish("unknown", Wish.WITHDRAW)
    await _refused(state, unknown, write)
    await state.queue.release(unknown)


def _stale(lease: Lease) -> Lease:
    return Lease(lease.id, lease.thread, lease.body, lease.revision, fence=lease.fence - 1)


async def test_a_renewed_lease_lasts(bench: Bench) -> None:
    """Renewing counts from now on, so that nobody takes over what is renewed in time."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a")
    lease = await take(state, lease_s=2 * unit_s)
    for _ in range(2):
        await bench.advance(unit_s)
        assert await state.queue.renew(lease, lease_s=2 * unit_s) == lease
    await bench.advance(unit_s)
    assert await takes(state) == []
    await bench.advance(1.25 * unit_s)
    assert await takes(state) == ["a"]


async def test_looking_prolongs_nothing(bench: Bench) -> None:
    """A lease that is looked at runs out as it would have."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a")
    lease = await take(state, lease_s=2 * unit_s)
    await bench.advance(unit_s)
    await state.queue.look(lease)
    await bench.advance(1.25 * unit_s)
    assert await takes(state) == ["a"]


async def test_a_lease_that_ran_out_is_good_until_another_takes_it(bench: Bench) -> None:
    """Who is late may still renew, record, decide and finish, as long as nobody else came."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a")
    lease = await take(state, lease_s=unit_s)
    await bench.advance(1.25 * unit_s)
    await state.queue.record(lease, POSTED)
    renewed = await state.queue.renew(lease, lease_s=unit_s)
    assert renewed.fence == lease.fence
    assert await takes(state) == []
    await bench.advance(1.25 * unit_s)
    await finish(state, lease)
    assert await state.queue.idle()


async def test_a_take_over_finds_what_was_recorded(bench: Bench) -> None:
    """The successor sees messages, decision, attempts, and that something may be under way."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a")
    lease = await take(state, lease_s=unit_s)
    await state.queue.record(lease, [Sent("k1")])
    await decide(state, lease, Outcome.NOT_IN_SOURCES, [Sent("k1", "m1"), Sent("k2")])
    await bench.advance(1.25 * unit_s)
    successor = await take(state, owner=OTHER)
    assert successor.sent == (Sent("k1", "m1"), Sent("k2"))
    assert successor.decision == Decision(Outcome.NOT_IN_SOURCES, "answer to a", 0)
    assert (successor.attempts, successor.quiet) == (2, False)
    assert successor.accepted_at == lease.accepted_at


async def test_recording_replaces_what_was_recorded(state: State) -> None:
    """The messages are those of the last record, decision or end."""
    await ask(state, "a")
    lease = await take(state)
    await state.queue.record(lease, [Sent("k1", "m1"), Sent("k2")])
    await state.queue.record(lease, [Sent("k3")])
    assert (await state.queue.look(lease)).sent == (Sent("k3"),)
    await decide(state, lease, sent=[])
    assert (await state.queue.look(lease)).sent == ()


async def test_what_is_let_go_of_can_be_taken_at_once(state: State) -> None:
    """Without a delay another takes it now, with what is known of it."""
    await ask(state, "a")
    lease = await take(state)
    await state.queue.release(lease)
    again = await take(state, owner=OTHER)
    assert (again.id, again.attempts, again.quiet) == ("a", 2, True)
    assert again.fence > lease.fence


async def test_a_delay_is_waited_for(bench: Bench) -> None:
    """What is let go of with a delay is given to nobody before that is over."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a")
    await ask(state, "b")
    await state.queue.release(await take(state), delay_s=2 * unit_s)
    assert await takes(state) == ["b"]
    await bench.advance(unit_s)
    assert await takes(state) == []
    await bench.advance(1.25 * unit_s)
    assert await takes(state) == ["a"]


@pytest.mark.parametrize("wish", [Wish.CANCEL, Wish.WITHDRAW])
async def test_a_wish_ends_the_delay(state: State, wish: Wish) -> None:
    """A question that its asker does not want any longer is given out at once."""
    await ask(state, "a")
    await state.queue.release(await take(state), delay_s=LONG)
    await state.queue.wish("a", wish)
    assert await takes(state) == ["a"]


async def test_a_wish_that_came_before_ends_no_delay(state: State) -> None:
    """Who lets go of a cancelled question with a delay has it."""
    await ask(state, "a")
    lease = await take(state)
    await state.queue.wish("a", Wish.CANCEL)
    await state.queue.release(lease, delay_s=LONG)
    assert await takes(state) == []


async def test_quiet_is_what_the_last_holder_said(state: State) -> None:
    """The next holder knows whether something that was sent may be under way, and the one after."""
    await ask(state, "a")
    await state.queue.release(await take(state), quiet=False)
    lease = await take(state)
    assert not lease.quiet
    assert not (await state.queue.look(lease)).quiet
    await state.queue.release(lease, quiet=True)
    assert (await take(state)).quiet


async def test_an_end_makes_it_quiet(state: State) -> None:
    """Who takes an edited question after its end need not wait for sends of before."""
    await ask(state, "a")
    await state.queue.release(await take(state), quiet=False)
    await finish(state, await take(state))
    await edit(state, "a")
    assert (await take(state)).quiet


async def test_a_new_run_reclaims_what_the_replica_held(state: State) -> None:
    """Held questions of earlier runs wait again, those of this run and of others do not."""
    for question_id in "abcd":
        await ask(state, question_id)
    before = Owner("one", "run 1")
    old = [await take(state, owner=before), await take(state, owner=Owner("one", "run 0"))]
    await take(state, owner=Owner("one", "run 2"))
    await take(state, owner=Owner("two", "run 1"))
    assert await state.queue.reclaim(Owner("one", "run 2")) == 2
    assert await state.queue.reclaim(Owner("one", "run 2")) == 0
    for lease in old:
        await _refused(state, lease, WRITES["renew"])
    again = [await take(state), await take(state)]
    assert [lease.id for lease in again] == ["a", "b"]
    assert [(lease.attempts, lease.quiet) for lease in again] == [(2, False), (2, False)]
    assert await takes(state) == []


async def test_a_second_replica_sees_the_same(bench: Bench) -> None:
    """Another handle on the same storage takes over and is refused like the first."""
    await ask(bench.state, "a")
    lease = await take(bench.state, lease_s=bench.unit_s)
    async with bench.second() as other:
        assert await takes(other) == []
        await bench.advance(1.25 * bench.unit_s)
        taken = await take(other, owner=OTHER)
        await _refused(bench.state, lease, WRITES["renew"])
        await finish(other, taken)
    assert await bench.state.queue.kept("a") is not None


async def test_fences_grow_over_edits(state: State) -> None:
    """Each lease of a question has a higher number than all before."""
    await ask(state, "a")
    fences = []
    for revision in range(1, 4):
        lease = await take(state)
        fences.append(lease.fence)
        await finish(state, lease)
        await edit(state, "a", revision)
    lease = await take(state)
    assert fences == sorted(set(fences))
    assert lease.fence > fences[-1]
