"""Accepting questions."""

from __future__ import annotations

from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Acceptance, Accepted, Remains, Sent, Wish
from tests.bot.state.acts import LONG, ROOM, answered, ask, filing, finish, take, takes
from tests.bot.state.bench import Bench

NEW, DUPLICATE, IGNORED = Acceptance.NEW, Acceptance.DUPLICATE, Acceptance.IGNORED


async def test_what_was_filed_is_what_is_taken(state: State) -> None:
    """A lease shows the question as it was filed, and nothing that nobody said."""
    await state.queue.accept(filing("a", "t", revision=3), limit=ROOM, engaged_s=LONG)
    lease = await take(state)
    assert (lease.id, lease.thread, lease.body, lease.revision) == ("a", "t", '"a 3"', 3)
    assert (lease.sent, lease.decision, lease.wish) == ((), None, Wish.NONE)
    assert (lease.busy, lease.attempts, lease.quiet) == (False, 1, True)
    assert lease.accepted_at > 1_600_000_000


async def test_any_text_is_kept_as_it_is(state: State) -> None:
    """Ids, threads, bodies and messages may hold any characters."""
    odd = "a:b {c} 'd' \"e\" \\ \n\0 ü 🦉 %s ?1"
    await state.queue.accept(filing(odd, odd), limit=ROOM, engaged_s=LONG)
    lease = await take(state)
    await state.queue.record(lease, [Sent(odd, odd)])
    assert await state.queue.look(lease) == await state.queue.renew(lease, lease_s=LONG)
    assert (await state.queue.look(lease)).sent == (Sent(odd, odd),)
    assert (lease.id, lease.thread, lease.body) == (odd, odd, f'"{odd} 0"')


async def test_a_second_delivery_is_a_duplicate(state: State) -> None:
    """A known id is a duplicate while it waits, while it is held, and when it is finished."""
    assert (await ask(state, "a")).acceptance is NEW
    assert (await ask(state, "a")).acceptance is DUPLICATE
    await take(state)
    assert (await ask(state, "a")).acceptance is DUPLICATE
    await answered(state, "b")
    assert (await ask(state, "b")).acceptance is DUPLICATE
    assert await takes(state) == []


async def test_a_duplicate_changes_nothing(state: State) -> None:
    """A duplicate with another body or a higher revision leaves the question as it was."""
    await ask(state, "a", "t")
    again = await state.queue.accept(filing("a", "u", revision=7), limit=ROOM, engaged_s=LONG)
    assert again.acceptance is DUPLICATE
    lease = await take(state)
    assert (lease.thread, lease.body, lease.revision) == ("t", '"a 0"', 0)


async def test_the_unmentioned_is_ignored_unless_engaged(bench: Bench) -> None:
    """Without a mention it is a question only in a thread that is engaged, and for that long."""
    queue = bench.state.queue
    plain = filing("a", "t", mentioned=False)
    assert (await queue.accept(plain, limit=ROOM, engaged_s=LONG)).acceptance is IGNORED
    assert not await bench.state.conversations.engaged("t")
    await queue.accept(filing("b", "t"), limit=ROOM, engaged_s=bench.unit_s)
    assert await bench.state.conversations.engaged("t")
    assert not await bench.state.conversations.engaged("u")
    assert (await queue.accept(plain, limit=ROOM, engaged_s=bench.unit_s)).acceptance is NEW
    await bench.advance(1.25 * bench.unit_s)
    late = filing("c", "t", mentioned=False)
    assert (await queue.accept(late, limit=ROOM, engaged_s=LONG)).acceptance is IGNORED
    assert not await bench.state.conversations.engaged("t")


async def test_every_new_question_engages_anew(bench: Bench) -> None:
    """A thread stays engaged as long after its last question as that question says."""
    queue, unit_s = bench.state.queue, bench.unit_s
    await queue.accept(filing("a", "t"), limit=ROOM, engaged_s=2 * unit_s)
    await bench.advance(unit_s)
    await queue.accept(filing("b", "t", mentioned=False), limit=ROOM, engaged_s=2 * unit_s)
    await queue.accept(filing("a", "t"), limit=ROOM, engaged_s=LONG)
    await bench.advance(1.25 * unit_s)
    assert await bench.state.conversations.engaged("t")
    await bench.advance(1.25 * unit_s)
    assert not await bench.state.conversations.engaged("t")


async def test_an_ignored_one_is_not_known(state: State) -> None:
    """What was ignored can be asked with a mention later on, under the same id."""
    await state.queue.accept(filing("a", mentioned=False), limit=ROOM, engaged_s=LONG)
    assert await state.queue.idle()
    assert (await ask(state, "a")).acceptance is NEW


async def test_a_full_queue_is_busy(state: State) -> None:
    """With `limit` waiting, held ones not among them, a question is accepted as busy."""
    assert await ask(state, "a", limit=1) == Accepted(NEW, ahead=0)
    await take(state)
    assert await ask(state, "b", limit=1) == Accepted(NEW, ahead=0)
    assert await ask(state, "c", limit=1) == Accepted(NEW, ahead=1, busy=True)
    assert await ask(state, "d", limit=3) == Accepted(NEW, ahead=2)
    first, second = await take(state), await take(state)
    assert (first.id, first.busy) == ("c", True)
    assert (second.id, second.busy) == ("b", False)


async def test_positions_count_what_waits_before(state: State) -> None:
    """A position is how many waiting questions were accepted before; others have none."""
    for question_id in "abcde":
        await ask(state, question_id)
    held = await take(state)
    await state.queue.wish("d", Wish.CANCEL)
    asked = ["e", "c", "a", "b", "unknown", "c"]
    assert await state.queue.positions(asked) == {"b": 0, "c": 1, "e": 3}
    assert await state.queue.waiting() == 4
    await state.queue.release(held)
    assert await state.queue.positions(["b", "a"]) == {"a": 0, "b": 1}
    assert await state.queue.positions([]) == {}
    assert await state.queue.waiting() == 5


async def test_what_ran_out_waits(bench: Bench) -> None:
    """A question whose lease ran out counts as waiting until somebody holds it again."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a")
    await ask(state, "b")
    lease = await take(state, lease_s=unit_s)
    assert await state.queue.waiting() == 1
    await bench.advance(1.25 * unit_s)
    assert await state.queue.waiting() == 2
    assert await state.queue.positions(["a", "b"]) == {"a": 0, "b": 1}
    assert await ask(state, "c", limit=2) == Accepted(NEW, ahead=2, busy=True)
    await state.queue.renew(lease, lease_s=LONG)
    assert await state.queue.waiting() == 2
    assert await state.queue.positions(["a", "b", "c"]) == {"b": 0, "c": 1}


async def test_an_expired_id_is_unknown_again(bench: Bench) -> None:
    """`kept_s` after its end a question can be accepted as if it had never been."""
    state, unit_s = bench.state, bench.unit_s
    old = await answered(state, "a", remains=Remains(kept_s=unit_s))
    assert (await ask(state, "a")).acceptance is DUPLICATE
    await bench.advance(1.25 * unit_s)
    assert await state.queue.kept("a") is None
    assert (await ask(state, "a")).acceptance is NEW
    lease = await take(state)
    assert (lease.attempts, lease.sent, lease.decision) == (1, (), None)
    assert lease.fence > old.fence


async def test_idle_means_that_all_is_finished(state: State) -> None:
    """A state is idle with nothing in it, and again when everything in it is finished."""
    assert await state.queue.idle()
    await ask(state, "a")
    assert not await state.queue.idle()
    lease = await take(state)
    assert not await state.queue.idle()
    await state.queue.release(lease, delay_s=LONG)
    assert not await state.queue.idle()
    await state.queue.wish("a", Wish.CANCEL)
    await finish(state, await take(state), Outcome.CANCELLED)
    assert await state.queue.idle()
