"""Starting, killing and stopping replicas in processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


class Replicas:
    """Replicas of one state at one chat server.

    Args:
        process: `tests.servers.replica`, which starts them.
        port: The port of the chat server.
        state: The URL of the state.
        folder: Where each has a folder of its own.

    Attributes:
        pids: The process id of each, by its number; None where it was stopped.
        starts: How many processes were started.
    """

    def __init__(self, process: Process, port: int, state: str, folder: Path) -> None:
        self.pids: list[int | None] = []
        self.starts = 0
        self._process = process
        self._shared = {"port": port, "state": state}
        self._folder = folder

    async def start(self, number: int) -> None:
        """Start the replica with this number."""
        self.pids.extend([None] * (number + 1 - len(self.pids)))
        arguments = {**self._shared, "folder": str(self._folder / f"replica {number}")}
        self.pids[number] = await self._ask({"start": arguments})
        self.starts += 1

    async def kill(self, number: int) -> None:
        """End a replica as SIGKILL does, and see that it had not ended by itself."""
        await self._end(number, signal.SIGKILL, -signal.SIGKILL)

    async def stop(self, number: int) -> None:
        """Ask a replica to stop, and see that it does."""
        await self._end(number, signal.SIGTERM, 0)

    async def _end(self, number: int, how: signal.Signals, expected: int) -> None:
        pid = self.pids[number]
        assert pid
        os.kill(pid, how)
        code = await self._ask({"wait": pid})
        self.pids[number] = None
        log = self._folder / f"replica {number}" / "log"
        assert code == expected, f"replica {number} ended with {code}:\n{log.read_text()[-3000:]}"

    async def _ask(self, request: dict[str, object]) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        return int(await self._process.stdout.readline())


@asynccontextmanager
async def open_replicas(port: int, state: str, folder: Path) -> AsyncIterator[Replicas]:
    """Replicas that are killed at the end, wherever they were not stopped."""
    # With one thread, the process can be forked; nobody multiplies matrices there.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.replica", stdin=PIPE, stdout=PIPE, env=environment
    )
    try:
        yield Replicas(process, port, state, folder)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
