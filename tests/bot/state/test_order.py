"""Which question is given out next."""

from __future__ import annotations

from footnote.bot.state.base import State
from footnote.bot.state.entries import Wish
from tests.bot.state.acts import (
    LONG,
    OTHER,
    OWNER,
    answered,
    ask,
    decide,
    edit,
    finish,
    take,
    takes,
)
from tests.bot.state.bench import Bench


async def test_the_oldest_comes_first(state: State) -> None:
    """Questions of different threads are given out in the order of their acceptance."""
    for question_id in ["c", "a", "b"]:
        await ask(state, question_id)
    assert await takes(state) == ["c", "a", "b"]


async def test_nothing_is_given_out_twice(state: State) -> None:
    """What is held under a lease that has not run out is given to nobody."""
    await ask(state, "a")
    await take(state)
    assert await state.queue.take(OTHER, lease_s=LONG) is None
    assert await state.queue.take(OWNER, lease_s=LONG) is None


async def test_a_thread_goes_in_order_and_threads_side_by_side(state: State) -> None:
    """While one of a thread is held no other of it is given out, but those of other threads are."""
    for question_id, thread in zip(["a1", "a2", "a3", "b1", "b2"], "aaabb", strict=True):
        await ask(state, question_id, thread)
    first_a, first_b = await take(state), await take(state)
    assert (first_a.id, first_b.id) == ("a1", "b1")
    assert await takes(state) == []
    await finish(state, first_b)
    assert await takes(state) == ["b2"]
    await finish(state, first_a)
    assert await takes(state) == ["a2"]


async def test_a_thread_waits_for_its_first_although_that_is_delayed(bench: Bench) -> None:
    """A question that was released with a delay goes before the later ones of its thread."""
    state, unit_s = bench.state, bench.unit_s
    await ask(state, "a", "t")
    await ask(state, "b", "t")
    await state.queue.release(await take(state), delay_s=unit_s)
    assert await takes(state) == []
    await bench.advance(1.25 * unit_s)
    assert await takes(state) == ["a"]


async def test_the_busy_come_first_and_wait_for_no_other(state: State) -> None:
    """Questions accepted as busy are given out before older ones, and although one is held."""
    await ask(state, "a", "t")
    await ask(state, "b", "u")
    await take(state)
    await ask(state, "c", "t", limit=1)
    await ask(state, "d", "t", limit=1)
    assert await takes(state) == ["c", "d", "b"]


async def test_the_cancelled_and_withdrawn_come_first_too(state: State) -> None:
    """A wish lets a question be given out at once, whatever of its thread comes before."""
    for question_id in "abcd":
        await ask(state, question_id, "t")
    await state.queue.wish("c", Wish.CANCEL)
    await state.queue.wish("b", Wish.WITHDRAW)
    assert await takes(state) == ["b", "c"]


async def test_no_other_waits_for_a_loose_one_that_waits(state: State) -> None:
    """A loose question that nobody may take yet does not hold up its thread."""
    await ask(state, "a", "t", limit=0)
    await ask(state, "b", "t")
    await state.queue.release(await take(state), delay_s=LONG)
    assert await takes(state) == ["b"]


async def test_others_wait_for_a_loose_one_that_is_held(state: State) -> None:
    """A thread is held up by any of its questions that is held, be it loose."""
    await ask(state, "a", "t", limit=0)
    await ask(state, "b", "t")
    loose = await take(state)
    assert await takes(state) == []
    await finish(state, loose)
    assert await takes(state) == ["b"]


async def test_a_question_that_is_cancelled_while_held_holds_up_its_thread(state: State) -> None:
    """The next one of a thread waits until the cancelled one is let go of."""
    await ask(state, "a", "t")
    await ask(state, "b", "t")
    lease = await take(state)
    await state.queue.wish("a", Wish.CANCEL)
    assert await takes(state) == []
    await finish(state, lease)
    assert await takes(state) == ["b"]


async def test_quick_takes_only_what_needs_no_answering(state: State) -> None:
    """With `quick`, what is loose or decided is given out, in that order, and nothing else."""
    for question_id in "abcd":
        await ask(state, question_id)
    first = await take(state)
    await decide(state, first)
    await state.queue.release(first)
    await state.queue.wish("d", Wish.CANCEL)
    assert await takes(state, quick=True) == ["d", "a"]
    assert await takes(state) == ["b", "c"]


async def test_quick_takes_over_only_what_needs_no_answering(bench: Bench) -> None:
    """Of questions whose lease ran out, `quick` takes the loose and the decided alone."""
    state, unit_s = bench.state, bench.unit_s
    for question_id in "abc":
        await ask(state, question_id)
    leases = [await take(state, lease_s=unit_s) for _ in range(3)]
    await decide(state, leases[1])
    await state.queue.wish("c", Wish.CANCEL)
    await bench.advance(1.25 * unit_s)
    assert await takes(state, quick=True) == ["c", "b"]
    assert await takes(state) == ["a"]


async def test_quick_keeps_the_order_of_a_thread(state: State) -> None:
    """A decided question waits for those of its thread that come before it again."""
    await answered(state, "a", "t")
    await ask(state, "b", "t")
    second = await take(state)
    await decide(state, second)
    await edit(state, "a")
    await state.queue.release(second)
    assert await takes(state, quick=True) == []
    first = await take(state)
    assert first.id == "a"
    assert await takes(state, quick=True) == []
    await finish(state, first)
    assert await takes(state, quick=True) == ["b"]


async def test_an_edited_question_goes_back_to_its_place(state: State) -> None:
    """A finished question that was edited is given out before the later ones of its thread."""
    await answered(state, "a", "t")
    await ask(state, "b", "t")
    await ask(state, "c", "u")
    await edit(state, "a")
    first = await take(state)
    assert first.id == "a"
    assert await takes(state) == ["c"]
    await finish(state, first)
    assert await takes(state) == ["b"]


async def test_a_question_edited_while_a_later_one_is_held_waits_for_it(state: State) -> None:
    """No two of a thread are held, although the earlier one came back only now."""
    await answered(state, "a", "t")
    await ask(state, "b", "t")
    second = await take(state)
    await edit(state, "a")
    assert await takes(state) == []
    await finish(state, second)
    assert await takes(state) == ["a"]


async def test_a_lapsed_question_goes_with_its_age(bench: Bench) -> None:
    """A question whose lease ran out is given out again before the younger ones."""
    state, unit_s = bench.state, bench.unit_s
    for question_id in "abc":
        await ask(state, question_id)
    await take(state, lease_s=unit_s)
    await take(state)
    await ask(state, "d", "of a")
    await bench.advance(1.25 * unit_s)
    assert await takes(state) == ["a", "c"]


async def test_a_lapsed_question_holds_up_no_earlier_one(bench: Bench) -> None:
    """An earlier question of the thread may be taken as soon as the lease of a later ran out."""
    state, unit_s = bench.state, bench.unit_s
    await answered(state, "a", "t")
    await ask(state, "b", "t")
    await take(state, lease_s=unit_s)
    await edit(state, "a")
    await bench.advance(1.25 * unit_s)
    assert await takes(state) == ["a"]


async def test_many_threads_keep_their_order(state: State) -> None:
    """Where workers finish and let go in any order, each thread is finished in order."""
    numbers = range(40)
    for number in numbers:
        await ask(state, f"{number:02}", f"t{number % 4}")
    finished: list[str] = []
    turn = 0
    while not await state.queue.idle():
        taken = [await state.queue.take(OWNER, lease_s=LONG) for _ in range(5)]
        leases = [lease for lease in taken if lease]
        for lease in reversed(leases):
            turn += 1
            if turn % 3:
                await finish(state, lease)
                finished.append(lease.id)
            else:
                await state.queue.release(lease)
    for thread in range(4):
        of_thread = [question_id for question_id in finished if int(question_id) % 4 == thread]
        assert of_thread == [f"{number:02}" for number in numbers if number % 4 == thread]
