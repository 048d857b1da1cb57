"""Many at once, on two replicas."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from footnote.bot.state.base import State
from footnote.bot.state.entries import Acceptance, Owner
from footnote.bot.state.errors import LeaseLostError
from tests.bot.state.acts import LONG, ask, finish, take
from tests.bot.state.bench import Bench


async def test_the_same_event_many_times_is_one_question(bench: Bench) -> None:
    """Of many deliveries of one event at once, on both replicas, one is new."""
    async with bench.second() as other:
        states = [bench.state, other] * 20
        accepted = await asyncio.gather(*(ask(state, "a") for state in states))
        assert [one.acceptance for one in accepted].count(Acceptance.NEW) == 1
        assert await bench.state.queue.waiting() == await other.queue.waiting() == 1


async def test_no_two_take_the_same(bench: Bench) -> None:
    """Fifty takers on two replicas get thirty questions once each, and the rest get none."""
    for number in range(30):
        await ask(bench.state, str(number))
    async with bench.second() as other:
        states = [bench.state, other] * 25
        leases = await asyncio.gather(
            *(state.queue.take(Owner(str(at), ""), lease_s=LONG) for at, state in enumerate(states))
        )
    taken = [lease for lease in leases if lease is not None]
    assert {lease.id for lease in taken} == {str(number) for number in range(30)}
    assert len(taken) == 30


async def test_a_full_queue_takes_exactly_its_limit(bench: Bench) -> None:
    """Of many that come at once, as many as there is room for are not busy."""
    async with bench.second() as other:
        states = [bench.state, other] * 15
        accepted = await asyncio.gather(
            *(ask(state, str(at), limit=10) for at, state in enumerate(states))
        )
    assert Counter(one.busy for one in accepted) == {False: 10, True: 20}
    assert sorted(one.ahead for one in accepted) == list(range(30))


async def test_one_takes_over(bench: Bench) -> None:
    """When a lease ran out, its holder renews or one other takes it, never both."""
    state = bench.state
    for number in range(10):
        await ask(state, str(number))
    old = [await take(state, lease_s=bench.unit_s) for _ in range(10)]
    await bench.advance(1.25 * bench.unit_s)
    async with bench.second() as other:
        renewals = [state.queue.renew(lease, lease_s=LONG) for lease in old]
        takes = [other.queue.take(Owner("two", ""), lease_s=LONG) for _ in range(10)]
        renewed, taken = await asyncio.gather(
            asyncio.gather(*renewals, return_exceptions=True), asyncio.gather(*takes)
        )
    kept = [lease.id for lease in renewed if not isinstance(lease, BaseException)]
    lost = [error for error in renewed if isinstance(error, BaseException)]
    assert all(isinstance(error, LeaseLostError) for error in lost)
    assert sorted(kept + [lease.id for lease in taken if lease]) == [str(at) for at in range(10)]


async def test_busy_workers_finish_everything_once(bench: Bench, seed: int) -> None:
    """Eight workers that fail now and then bring every question of every thread to its end."""
    questions = [f"{number:03}" for number in range(60)]
    finished: list[str] = []
    randomly = random.Random(seed)  # noqa: S311  not for secrets

    async def ask_all(state: State) -> None:
        for question_id in questions:
            await ask(state, question_id, f"t{int(question_id) % 7}")

    async def work(state: State, name: str) -> None:
        while len(finished) < len(questions):
            lease = await state.queue.take(Owner(name, ""), lease_s=LONG)
            if lease is None:
                await asyncio.sleep(0)
            elif randomly.random() < 0.3:
                await state.queue.release(lease)
            else:
                await finish(state, lease)
                finished.append(lease.id)

    async with bench.second() as other:
        states = [bench.state, other]
        async with asyncio.timeout(60):
            await asyncio.gather(
                *(ask_all(state) for state in states),
                *(work(states[at % 2], str(at)) for at in range(8)),
            )
    assert sorted(finished) == questions
    ends = [kept.id for kept in await bench.state.journal.finished()]
    assert sorted(ends) == questions
    for thread in range(7):
        of_thread = [question_id for question_id in ends if int(question_id) % 7 == thread]
        assert of_thread == sorted(of_thread)
    assert await bench.state.queue.idle()
