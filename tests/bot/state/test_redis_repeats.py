"""What a repeat does whose first try took place without anybody knowing."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import pytest
from redis.exceptions import ConnectionError as GoneError

from footnote.bot.questions import Outcome
from footnote.bot.state.base import Noted
from footnote.bot.state.entries import LAST_REVISION, Acceptance, Decision, Remains, Wish
from footnote.bot.state.errors import ConflictError, StateUnavailableError
from footnote.bot.state.redis import RedisState, open_state
from tests.bot.state.acts import LONG, OTHER, OWNER, POSTED, ROOM, answered, ask, filing, take
from tests.bot.state.redis_bench import clean, redis_url

T = TypeVar("T")


@pytest.fixture
async def state() -> AsyncIterator[RedisState]:
    """An empty state."""
    prefix = f"test-{secrets.token_hex(8)}"
    async with open_state(redis_url(), prefix=prefix) as opened:
        yield opened
    await clean(redis_url(), prefix)


async def repeated(state: RedisState, operation: Callable[[], Awaitable[T]]) -> T:
    """Do it, lose the acknowledgement, and do it again."""
    send = state._link._send

    async def lose(*words: Any) -> None:
        await send(*words)
        raise GoneError

    state._link._send = lose
    with pytest.raises(StateUnavailableError):
        await operation()
    state._link._send = send
    return await operation()


async def test_a_question_is_accepted_edited_and_withdrawn_once(state: RedisState) -> None:
    """Repeats are duplicates, and wishes that hold already."""
    accepted = await repeated(state, lambda: ask(state, "q"))
    assert accepted.acceptance is Acceptance.DUPLICATE
    revised = await repeated(
        state,
        lambda: state.queue.revise(filing("q", revision=1), limit=ROOM, engaged_s=LONG),
    )
    assert revised.acceptance is Acceptance.DUPLICATE
    assert not await repeated(state, lambda: state.queue.wish("q", Wish.CANCEL))
    assert not await repeated(state, lambda: state.queue.wish("q", Wish.WITHDRAW))
    assert not await repeated(state, lambda: state.queue.wish("unknown", Wish.WITHDRAW))
    assert await state.queue.waiting() == 1
    lease = await take(state)
    assert (lease.revision, lease.wish) == (LAST_REVISION, Wish.WITHDRAW)


async def test_what_is_done_under_a_lease_is_done_once(state: RedisState) -> None:
    """A repeat under the same lease leaves all as it was after the first try."""
    await ask(state, "q", "thread")
    await ask(state, "next", "thread")
    lease = await take(state)
    assert await repeated(state, lambda: state.queue.renew(lease, lease_s=LONG)) == lease
    await repeated(state, lambda: state.queue.record(lease, POSTED))
    decision = Decision(Outcome.ANSWERED, "answer")
    await repeated(state, lambda: state.queue.decide(lease, decision, POSTED))
    await repeated(state, lambda: state.queue.finish(lease, POSTED, Remains("turn")))
    kept = await state.queue.kept("q")
    assert kept
    assert (kept.body, kept.sent) == ("answer", POSTED)
    assert await state.conversations.turns("thread") == ("turn",)
    assert len(await state.journal.finished()) == 1
    following = await take(state)
    await repeated(state, lambda: state.queue.release(following))
    assert (await take(state)).attempts == 2


async def test_a_late_repeat_does_nothing_to_the_next_holder(state: RedisState) -> None:
    """A release that is repeated after another has taken the question does not take it away."""
    await ask(state, "q")
    lease = await take(state)
    await state.queue.release(lease)
    taken = await take(state, owner=OTHER)
    await state.queue.release(lease)
    assert await state.queue.look(taken) == taken


async def test_a_take_that_nobody_heard_of_comes_back(state: RedisState) -> None:
    """What was taken unheard is given back by the next start, or when its lease runs out."""
    await ask(state, "first")
    await ask(state, "second")
    lease = await repeated(state, lambda: state.queue.take(OWNER, lease_s=LONG))
    assert lease
    assert lease.id == "second"
    assert await state.queue.reclaim(OTHER) == 0
    next_start = type(OWNER)(OWNER.replica, "second run")
    assert await repeated(state, lambda: state.queue.reclaim(next_start)) == 0
    assert {(await take(state)).id, (await take(state)).id} == {"first", "second"}


async def test_locks_rates_and_records_err_on_the_safe_side(state: RedisState) -> None:
    """A lock is held by nobody who knows, a rate is used up early, and a record is to be read."""
    assert await repeated(state, lambda: state.locks.acquire("lock", ttl_s=LONG)) is None
    held = await state.locks.acquire("other", ttl_s=LONG)
    assert held
    await repeated(state, lambda: state.locks.renew("other", held, ttl_s=LONG))
    await repeated(state, lambda: state.locks.release("other", held))
    assert await state.locks.acquire("other", ttl_s=LONG)

    async def spend() -> float:
        return await state.budgets.spend("rate", amount=1, capacity=2, per_s=LONG)

    assert await repeated(state, spend) == 0
    assert await spend() > 0

    async def put() -> int:
        return await state.records.put("names", "key", "mine")

    with pytest.raises(ConflictError):
        await repeated(state, put)
    record = await state.records.get("names", "key")
    assert record
    assert record.value == "mine"
    await repeated(state, lambda: state.records.delete("names", "key"))
    assert await put() > record.version


async def test_notes_and_blobs_are_there_once(state: RedisState) -> None:
    """What is noted, erased, forgotten or kept twice is so once."""
    await answered(state, "q", "thread")
    await repeated(state, lambda: state.journal.note(Noted("note", "q", "good")))
    assert [noted.id for noted in await state.journal.notes("q")] == ["note"]
    assert await repeated(state, lambda: state.blobs.put(b"x")) == await state.blobs.put(b"x")
    assert not await repeated(state, lambda: state.journal.erase("q"))
    await repeated(state, lambda: state.conversations.forget("thread"))
    assert not await state.conversations.turns("thread")
