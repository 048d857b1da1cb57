"""A Redis's state is copied as it is at one moment, and comes back the same."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from footnote.bot.state.errors import StateError
from footnote.bot.state.redis import open_state
from footnote.bot.state.redis_copy import copy_in, copy_out
from tests.bot.state.acts import ask, take, takes
from tests.bot.state.redis_bench import clean, redis_url


@pytest.fixture
async def prefixes() -> AsyncIterator[tuple[str, str]]:
    """Two that nobody else has; what is special to a pattern in them must not matter."""
    pair = f"test-{secrets.token_hex(8)}*[a-z]?", f"test-{secrets.token_hex(8)}\\"
    yield pair
    for prefix in pair:
        await clean(redis_url(), prefix.replace("*[a-z]?", ""))


async def keys(prefix: str) -> dict[bytes, bytes | None]:
    """All keys under a prefix, without it, and their values."""
    root = f"{{{prefix}}}:".encode()
    async with Redis.from_url(redis_url()) as client:
        every = [key async for key in client.scan_iter(count=1000) if key.startswith(root)]
        return {key.removeprefix(root): await client.dump(key) for key in every}


async def test_all_comes_back_and_nothing_else(tmp_path: Path, prefixes: tuple[str, str]) -> None:
    """Each key with its value; another Footnote's keys in the same Redis are left alone."""
    before, after = prefixes
    other = f"test-{secrets.token_hex(8)}"
    async with open_state(redis_url(), prefix=before) as state:
        for number in range(20):
            await ask(state, f"q{number}", f"thread {number % 3}")
        await take(state)
        await state.records.put("n", "k", "ü\x00", ttl_s=600)
        async with open_state(redis_url(), prefix=other) as stranger:
            await ask(stranger, "theirs")
    count = await copy_out(redis_url(), tmp_path / "state", prefix=before)
    there = await keys(before)
    assert count == len(there) > 20
    assert await copy_in(redis_url(), tmp_path / "state", prefix=after) == count
    assert await keys(after) == there
    async with open_state(redis_url(), prefix=after) as state:
        assert len(await takes(state)) == 2
        record = await state.records.get("n", "k")
        assert record
        assert record.value == "ü\x00"
    await clean(redis_url(), other)


async def test_what_expires_does_so_all_the_same(tmp_path: Path, prefixes: tuple[str, str]) -> None:
    """At the moment it would have: a copy lengthens no life, and brings back nothing dead."""
    before, after = prefixes
    async with Redis.from_url(redis_url()) as client:
        await client.set(f"{{{before}}}:soon", "1", px=300)
        await client.set(f"{{{before}}}:late", "2", px=600_000)
        await client.set(f"{{{before}}}:never", "3")
        await copy_out(redis_url(), tmp_path / "state", prefix=before)
        await asyncio.sleep(0.4)
        await copy_in(redis_url(), tmp_path / "state", prefix=after)
        left = {
            name: await client.pttl(f"{{{after}}}:{name}") for name in ("soon", "late", "never")
        }
    assert left["soon"] == -2
    assert 500_000 < left["late"] < 599_700
    assert left["never"] == -1


async def test_nothing_is_replaced(tmp_path: Path, prefixes: tuple[str, str]) -> None:
    """Where there is a state it stays as it is, and that is said in a sentence."""
    before, after = prefixes
    async with open_state(redis_url(), prefix=before) as state:
        await ask(state, "q")
    async with open_state(redis_url(), prefix=after) as state:
        await ask(state, "another")
    await copy_out(redis_url(), tmp_path / "state", prefix=before)
    there = await keys(after)
    with pytest.raises(StateError, match="There is a state in this Redis already"):
        await copy_in(redis_url(), tmp_path / "state", prefix=after)
    assert await keys(after) == there
