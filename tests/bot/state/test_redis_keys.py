"""The keys in Redis: how long they stay, where they lie, and what is done with them."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from footnote.bot.questions import Outcome
from footnote.bot.state.base import Noted
from footnote.bot.state.entries import Acceptance, Decision, Owner, Remains, Wish
from footnote.bot.state.redis import RedisState, open_state
from tests.bot.state.acts import LONG, OWNER, answered, ask, decide, filing, finish, take, takes
from tests.bot.state.redis_bench import clean, redis_executable, redis_url
from tests.servers.redis import running_redis

SECOND = 1_000_000
FOR_EVER = -1


@dataclass(frozen=True, slots=True)
class Inside:
    """A state with a look at what is under it.

    Attributes:
        state: The state.
        client: The bare server.
        root: What its keys begin with.
    """

    state: RedisState
    client: Redis
    root: str

    async def keys(self) -> dict[str, int]:
        """How many milliseconds each key stays; -1 for ever."""
        pattern = f"{self.root}*"
        names = [name async for name in self.client.scan_iter(match=pattern, count=1000)]
        return {
            name.decode().removeprefix(f"{self.root}:"): int(await self.client.pttl(name))
            for name in names
        }

    async def lasting(self) -> set[str]:
        """The keys that stay for ever."""
        return {name for name, stays in (await self.keys()).items() if stays == FOR_EVER}


@pytest.fixture
async def inside() -> AsyncIterator[Inside]:
    """An empty state, opened up."""
    prefix = f"test-{secrets.token_hex(8)}"
    try:
        async with opened_up(redis_url(), prefix) as opened:
            yield opened
    finally:
        await clean(redis_url(), prefix)


@asynccontextmanager
async def opened_up(url: str, prefix: str) -> AsyncIterator[Inside]:
    """A state and the server that it is on."""
    async with Redis.from_url(url) as client, open_state(url, prefix=prefix) as state:
        yield Inside(state, client, f"{{{prefix}}}")


async def use_everything(state: RedisState) -> None:
    """Leave something of everything that a state can hold."""
    await answered(state, "answered", "thread")
    await state.journal.note(Noted("note", "answered", "good"))
    await ask(state, "held")
    await take(state)
    await ask(state, "delayed")
    await state.queue.release(await take(state), delay_s=LONG)
    await ask(state, "lapsed")
    await decide(state, await take(state, lease_s=0))
    await ask(state, "loose", limit=0)
    await state.queue.wish("unknown", Wish.WITHDRAW)
    await state.locks.acquire("lock", ttl_s=LONG)
    await state.budgets.spend("budget", amount=1, capacity=2, per_s=LONG)
    await state.records.put("lasting", "key", "value")
    await state.records.put("passing", "key", "value", ttl_s=LONG)
    await state.blobs.put(b"bytes")


async def test_what_is_finished_and_erased_leaves_nothing_for_ever(inside: Inside) -> None:
    """Of questions, locks, budgets and passing records nothing stays but a few counters."""
    state = inside.state
    await answered(state, "answered", "thread")
    await answered(state, "again", "thread")
    await state.queue.revise(filing("again", "thread", revision=1), limit=9, engaged_s=LONG)
    await finish(state, await take(state))
    await answered(state, "withdrawn", "thread")
    await state.queue.wish("withdrawn", Wish.WITHDRAW)
    await state.queue.wish("unknown", Wish.WITHDRAW)
    await ask(state, "cancelled", "thread")
    await state.queue.wish("cancelled", Wish.CANCEL)
    for lease in [await take(state), await take(state)]:
        await state.queue.decide(lease, _withdrawal(lease.revision), [])
        await state.queue.finish(lease, [], Remains())
    fence = await state.locks.acquire("lock", ttl_s=LONG)
    await state.locks.renew("lock", fence or 0, ttl_s=LONG)
    await state.budgets.spend("budget", amount=1, capacity=2, per_s=LONG)
    await state.records.put("passing", "one", "value")
    await state.records.put("passing", "two", "value", ttl_s=LONG)
    await state.records.delete("passing", "one")
    await state.journal.note(Noted("note", "answered", "good"))
    await state.journal.note(Noted("other", "again", "bad"))
    assert await state.journal.erase("answered")
    assert await state.queue.idle()
    assert await inside.lasting() == {"counters", "note:other", "notes", "notes:again"}
    assert await state.journal.erase("again")
    assert await inside.lasting() == {"counters"}
    longest = max((await inside.keys()).values())
    assert longest <= Remains().kept_s * 1000


async def test_a_question_that_waits_again_stays(inside: Inside) -> None:
    """An edit of a finished question takes away the time at which it would go."""
    await answered(inside.state, "q", "thread", Remains(kept_s=0.05))
    await inside.state.queue.revise(filing("q", "thread", revision=1), limit=9, engaged_s=LONG)
    assert "question:q" in await inside.lasting()
    await asyncio.sleep(0.06)
    await inside.state.tidy()
    assert await takes(inside.state) == ["q"]


async def test_everything_that_expires_goes(inside: Inside) -> None:
    """When its time has come nothing is left of a question, even in lists that others are in."""
    state = inside.state
    await answered(state, "stays", "thread")
    await answered(state, "goes", "thread", Remains("turn", kept_s=0.05, turns_s=0.05))
    await state.records.put("names", "stays", "value", ttl_s=LONG)
    await state.records.put("names", "goes", "value", ttl_s=0.05)
    await asyncio.sleep(0.06)
    assert [kept.id for kept in await state.journal.finished(limit=1)] == ["stays"]
    await state.tidy()
    left = await inside.keys()
    assert not {"question:goes", "turns:thread", "turn:thread"} & set(left)
    for family in ("finished", "expiring"):
        names = await inside.client.zrange(f"{inside.root}:{family}", 0, -1)
        assert names == [b"stays"]
    assert list(await inside.client.hgetall(f"{inside.root}:records:names")) == [b"stays"]
    assert (await ask(state, "goes")).acceptance is Acceptance.NEW


async def test_all_keys_lie_in_one_slot(inside: Inside) -> None:
    """Whatever a state holds, a cluster keeps it on one node."""
    await use_everything(inside.state)
    names = await inside.keys()
    families = {name.partition(":")[0] for name in names}
    listed = (files("footnote.bot.state") / "lua" / "keys.lua").read_text(encoding="utf-8")
    assert families == set(re.findall(r"^--   ([a-z]+)(?::[A-Z]+)? +[a-z]+", listed, re.MULTILINE))
    assert len({key_slot(f"{inside.root}:{name}".encode()) for name in names}) == 1


async def test_states_with_other_prefixes_do_not_meet(inside: Inside) -> None:
    """Two bots with prefixes of their own share a server and nothing else."""
    await use_everything(inside.state)
    prefix = f"test-{secrets.token_hex(8)}"
    async with open_state(redis_url(), prefix=prefix) as other:
        assert await other.queue.idle()
        assert await other.queue.reclaim(Owner(OWNER.replica, "next")) == 0
        assert not await other.records.all("lasting")
        assert not await other.journal.notes()
        assert await other.locks.acquire("lock", ttl_s=LONG)
    await clean(redis_url(), prefix)


async def test_no_operation_looks_at_the_whole_queue(tmp_path: Path) -> None:
    """What a question costs from its acceptance to its end does not grow with the queue."""
    with running_redis(redis_executable(), tmp_path / "redis") as server:
        async with opened_up(server.url, "test") as inside:
            costs = [await _cost_of_one(inside, waiting) for waiting in (10, 1000)]
    assert costs[1] < costs[0] + 10


async def test_leases_and_delays_follow_a_clock_that_was_put_back(inside: Inside) -> None:
    """After the clock went back by an hour a lease of a moment still runs out in a moment."""
    state, client, root = inside.state, inside.client, inside.root
    await ask(state, "held")
    await ask(state, "delayed")
    await state.queue.take(OWNER, lease_s=0.1)
    await state.queue.release(await take(state), delay_s=0.1)
    hour = 3600 * SECOND
    await client.hincrby(f"{root}:counters", "seen", hour)
    for name, family in (("held", "held"), ("delayed", "delayed")):
        await client.hincrby(f"{root}:question:{name}", "due", hour)
        await client.zincrby(f"{root}:{family}", hour, name)
    assert not await takes(state)
    await asyncio.sleep(0.15)
    assert await takes(state) == ["held", "delayed"]


async def _cost_of_one(inside: Inside, waiting: int) -> int:
    """How many commands a question takes with so many others waiting."""
    here = await inside.state.queue.waiting()
    await asyncio.gather(
        *(ask(inside.state, f"q{number}", limit=9999) for number in range(here, waiting))
    )
    before = await _commands(inside)
    await ask(inside.state, f"one more to {waiting}", limit=9999)
    lease = await take(inside.state)
    await inside.state.queue.renew(lease, lease_s=LONG)
    await finish(inside.state, lease)
    await inside.state.queue.positions(["q9"])
    return await _commands(inside) - before


async def _commands(inside: Inside) -> int:
    """How many commands the server has run, those within scripts among them."""
    statistics = await inside.client.info("commandstats")
    return sum(entry["calls"] for entry in statistics.values())


def _withdrawal(revision: int) -> Decision:
    return Decision(Outcome.WITHDRAWN, "", revision)
