"""The server that the tests start ends with them."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.bot.state.redis_bench import redis_executable

CHILD = """
import sys
from pathlib import Path
from tests.servers.redis import RedisServer
server = RedisServer(sys.argv[1], Path(sys.argv[2]))
server.start()
print(server.port, flush=True)
sys.stdin.read()
"""


async def listens(port: int) -> bool:
    """Whether anybody listens on a port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def test_a_server_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """Even SIGKILL of the tests leaves no server behind."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CHILD, redis_executable(), str(tmp_path)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=PIPE,
        stdout=PIPE,
    )
    assert child.stdout
    port = int(await child.stdout.readline())
    assert await listens(port)
    child.kill()
    await child.communicate()
    async with asyncio.timeout(10):
        while await listens(port):  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.01)
