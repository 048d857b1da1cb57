"""Redis that is killed, away, shut, full or not Footnote's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from footnote.bot.questions import Outcome
from footnote.bot.state.entries import (
    Acceptance,
    Decision,
    Filing,
    Lease,
    Owner,
    Remains,
    Sent,
    Wish,
)
from footnote.bot.state.errors import StateError, StateUnavailableError
from footnote.bot.state.redis import RedisState, open_state
from tests.bot.state.redis_bench import redis_executable
from tests.servers.redis import RedisServer, free_port, running_redis

OWNER = Owner("replica", "boot")
SENT = (Sent("key", "message"),)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of the test's own."""
    with running_redis(redis_executable(), tmp_path / "redis") as started:
        yield started


@pytest.fixture
async def state(server: RedisServer) -> AsyncIterator[RedisState]:
    """An empty state on it."""
    async with open_state(server.url) as opened:
        yield opened


async def accept(state: RedisState, question_id: str, thread: str = "thread") -> Acceptance:
    """Accept a question."""
    filing = Filing(question_id, thread, f'"{question_id}"')
    return (await state.queue.accept(filing, limit=1000, engaged_s=60)).acceptance


async def end(state: RedisState, lease: Lease) -> None:
    """Answer a question."""
    await state.queue.record(lease, [Sent("key")])
    await state.queue.decide(lease, Decision(Outcome.ANSWERED, '"answer"'), SENT)
    await state.queue.finish(lease, SENT, Remains('"turn"'))


async def test_a_killed_server_has_what_it_acknowledged(
    server: RedisServer, state: RedisState
) -> None:
    """After SIGKILL and a start on its files all is there, for the client that was there before."""
    for number in range(20):
        await accept(state, f"q{number}", f"t{number % 4}")
    first = await state.queue.take(OWNER, lease_s=60)
    assert first
    await end(state, first)
    held = await state.queue.take(OWNER, lease_s=60)
    assert held
    await state.queue.record(held, SENT)
    fence = await state.locks.acquire("lock", ttl_s=60)
    version = await state.records.put("names", "key", "value")
    digest = await state.blobs.put(b"bytes")

    await asyncio.to_thread(server.restart)

    assert [await accept(state, f"q{number}") for number in range(20)] == [
        Acceptance.DUPLICATE
    ] * 20
    kept = await state.queue.kept("q0")
    assert kept
    assert (kept.outcome, kept.body, kept.sent) == (Outcome.ANSWERED, '"answer"', SENT)
    assert await state.conversations.turns("t0") == ('"turn"',)
    assert (await state.queue.look(held)).sent == SENT
    assert await state.queue.waiting() == 18
    assert await state.queue.reclaim(Owner("replica", "next")) == 1
    assert await state.locks.acquire("lock", ttl_s=60) is None
    record = await state.records.get("names", "key")
    assert record
    assert (record.value, record.version) == ("value", version)
    assert await state.blobs.get(digest) == b"bytes"
    await state.locks.release("lock", fence or 0)
    assert (await state.locks.acquire("lock", ttl_s=60) or 0) > (fence or 0)


async def test_accepts_while_the_server_is_killed_are_kept_or_refused(
    server: RedisServer, state: RedisState
) -> None:
    """Of many side by side each acknowledged one is there, and the repeat of any is no second."""

    async def try_to_accept(number: int) -> bool:
        try:
            return await accept(state, f"q{number}") is Acceptance.NEW
        except StateUnavailableError:
            return False

    started = [asyncio.create_task(try_to_accept(number)) for number in range(300)]
    await asyncio.wait(started, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.to_thread(server.kill)
    acknowledged = [await task for task in started]
    await asyncio.to_thread(server.start)
    assert any(acknowledged)
    assert not all(acknowledged)
    for number, kept in enumerate(acknowledged):
        repeated = await accept(state, f"q{number}")
        assert repeated is Acceptance.DUPLICATE or not kept
    assert await state.queue.waiting() == 300


async def test_a_server_that_is_down_is_a_sentence_and_comes_back(
    server: RedisServer, state: RedisState
) -> None:
    """Down in the middle each operation says so; once it is back the same object works."""
    await accept(state, "q")
    await asyncio.to_thread(server.kill)
    for _ in range(2):
        with pytest.raises(StateUnavailableError, match=rf"127\.0\.0\.1:{server.port} cannot be"):
            await accept(state, "r")
        with pytest.raises(StateUnavailableError, match="start it, or correct the URL"):
            await state.queue.take(OWNER, lease_s=1)
    await asyncio.to_thread(server.start)
    assert await accept(state, "r") is Acceptance.NEW
    assert await accept(state, "q") is Acceptance.DUPLICATE


async def test_a_server_that_hangs_is_a_sentence_and_comes_back(server: RedisServer) -> None:
    """One that answers nothing is given up in time, and its late answers reach nobody else."""
    async with open_state(f"{server.url}?socket_timeout=0.2") as state:
        await accept(state, "q")
        with (
            server.frozen(),
            pytest.raises(StateUnavailableError, match="does not answer in time"),
        ):
            await accept(state, "r")
        assert await accept(state, "r") is Acceptance.DUPLICATE
        assert await accept(state, "s") is Acceptance.NEW


async def test_nothing_listens_when_the_state_is_opened() -> None:
    """Opening says where nothing answers."""
    url = f"redis://:secret-word@127.0.0.1:{free_port()}"
    with pytest.raises(StateUnavailableError, match=r"127\.0\.0\.1:\d+ cannot be reached") as told:
        async with open_state(url):
            pass
    assert "secret-word" not in str(told.value)


async def test_cancelled_operations_mix_up_no_answers(state: RedisState) -> None:
    """What is cancelled on its way leaves no answer behind that another would read as its own."""
    for number in range(50):
        await state.records.put("names", f"key{number}", f"value{number}")

    async def read(number: int) -> str:
        record = await state.records.get("names", f"key{number}")
        assert record
        return record.value

    for round_number in range(20):
        reads = [asyncio.create_task(read(number)) for number in range(50)]
        await asyncio.sleep(0.0002 * round_number)
        for task in reads[::2]:
            task.cancel()
        left = await asyncio.gather(*reads[1::2])
        assert left == [f"value{number}" for number in range(1, 50, 2)]
        await asyncio.gather(*reads, return_exceptions=True)


@pytest.mark.parametrize("login", ["", ":wrong-word@", "nobody:wrong-word@"])
async def test_a_wrong_password_is_not_repeated(tmp_path: Path, login: str) -> None:
    """Who is not let in hears what to do, and neither the right nor the wrong password."""
    settings = {"requirepass": "right-word"}
    with running_redis(redis_executable(), tmp_path / "redis", settings) as server:
        url = f"redis://{login}127.0.0.1:{server.port}"
        with pytest.raises(StateUnavailableError, match="password") as told:
            async with open_state(url):
                pass
        assert "-word" not in str(told.value)
        async with open_state(f"redis://:right-word@127.0.0.1:{server.port}") as state:
            assert await accept(state, "q") is Acceptance.NEW


@pytest.mark.parametrize(
    "url", ["http://:secret-word@host", "redis://:secret-word@host:port/0", "", "secret-word"]
)
async def test_a_url_that_is_none_is_not_repeated(url: str) -> None:
    """A URL that cannot be understood is a sentence without its password."""
    with pytest.raises(StateError, match="write it like redis://") as told:
        async with open_state(url):
            pass
    assert "secret-word" not in str(told.value)
    assert told.value.__suppress_context__


@pytest.mark.parametrize("prefix", ["", "{", "a}b"])
async def test_a_prefix_that_breaks_the_hash_tag_is_refused(prefix: str) -> None:
    """Braces in the prefix, or none at all, would scatter the keys over a cluster."""
    with pytest.raises(StateError, match="cannot begin the keys"):
        async with open_state("redis://127.0.0.1", prefix=prefix):
            pass


async def test_a_full_server_takes_no_question_and_lets_all_end(
    server: RedisServer, state: RedisState
) -> None:
    """At maxmemory a question is refused as a whole; those that are there get their outcome."""
    await accept(state, "held")
    await accept(state, "waiting", "another")
    held = await state.queue.take(OWNER, lease_s=60)
    assert held
    async with Redis.from_url(server.url) as client:
        await client.config_set("maxmemory", "1")
        for _ in range(2):
            with pytest.raises(StateUnavailableError, match="maxmemory: raise it"):
                await accept(state, "refused", "a third")
        assert await state.queue.waiting() == 1
        assert await state.queue.renew(held, lease_s=60) == held
        await end(state, held)
        taken = await state.queue.take(OWNER, lease_s=60)
        assert taken
        await state.queue.release(taken)
        assert await state.queue.wish("waiting", Wish.WITHDRAW)
        assert await state.queue.take(OWNER, lease_s=60)
        await client.config_set("maxmemory", "0")
    assert await accept(state, "refused", "a third") is Acceptance.NEW


async def test_something_else_under_a_key_is_a_sentence(
    server: RedisServer, state: RedisState
) -> None:
    """Data of another program is left alone and named."""
    async with Redis.from_url(server.url) as client:
        await client.set("{footnote}:question:q", "theirs")
        with pytest.raises(StateUnavailableError, match="holds something else"):
            await state.queue.kept("q")
        assert await client.get("{footnote}:question:q") == b"theirs"


async def test_a_replica_is_named_as_one(
    server: RedisServer, state: RedisState, tmp_path: Path
) -> None:
    """A server that takes no writes says that the primary's address is needed."""
    await accept(state, "q")
    settings = {"replicaof": f"127.0.0.1 {server.port}"}
    with running_redis(redis_executable(), tmp_path / "replica", settings) as replica:
        async with open_state(replica.url) as reader:
            with pytest.raises(StateUnavailableError, match=r"replica|loading"):
                await accept(reader, "r")


async def serve_every_slot(url: str) -> None:
    """Make a node a cluster of its own."""
    async with Redis.from_url(url) as client:
        send: Callable[..., Awaitable[Any]] = client.execute_command
        await send("CLUSTER", "ADDSLOTS", *range(16384))
        async with asyncio.timeout(10):
            while b"cluster_state:ok" not in await send("CLUSTER", "INFO"):  # noqa: ASYNC110  it tells nobody
                await asyncio.sleep(0.01)


async def test_a_node_of_a_cluster_keeps_all_keys_together(tmp_path: Path) -> None:
    """Every operation works on a node, which refuses keys of more than one slot.

    A node that does not serve the slot names the one that does.
    """
    settings = {"cluster-enabled": "yes"}
    with running_redis(redis_executable(), tmp_path / "node", settings) as node:
        async with open_state(node.url) as state:
            with pytest.raises(StateUnavailableError, match="does not serve every slot"):
                await accept(state, "q")
            await serve_every_slot(node.url)
            assert await accept(state, "q") is Acceptance.NEW
            lease = await state.queue.take(OWNER, lease_s=60)
            assert lease
            await end(state, lease)
            assert await state.conversations.turns("thread") == ('"turn"',)
