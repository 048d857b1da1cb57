"""Starting, killing and stopping replicas in processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.forking import Forks, open_forks

HELD = "held.json"
"""What a replica writes on SIGUSR1, in its folder; see `held`."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds.

    Attributes:
        resident: Bytes of memory.
        tasks: How many tasks run.
    """

    resident: int
    tasks: int


class Replicas:
    """Replicas of one state at one chat server.

    Args:
        forks: Starts them.
        shared: The arguments that all of them get.
        folder: Where each has a folder of its own.

    Attributes:
        pids: The process id of each, by its number; None where it was stopped.
        starts: How many processes were started.
    """

    def __init__(self, forks: Forks, shared: Mapping[str, object], folder: Path) -> None:
        self.pids: list[int | None] = []
        self.starts = 0
        self._forks = forks
        self._shared = shared
        self._folder = folder

    async def start(self, number: int, **own: object) -> None:
        """Start the replica with this number, with arguments of its own."""
        self.pids.extend([None] * (number + 1 - len(self.pids)))
        arguments = {**self._shared, **own, "folder": str(self._home(number))}
        self.pids[number] = await self._forks.start(arguments)
        self.starts += 1

    async def kill(self, number: int) -> None:
        """End a replica as SIGKILL does, and see that it had not ended by itself."""
        await self._end(number, signal.SIGKILL, -signal.SIGKILL)

    async def stop(self, number: int) -> None:
        """Ask a replica to stop, and see that it does."""
        await self._end(number, signal.SIGTERM, 0)

    async def held(self, number: int) -> Held:
        """What a replica that answers SIGUSR1 holds now."""
        pid, file = self.pids[number], self._home(number) / HELD
        assert pid
        file.unlink(missing_ok=True)
        os.kill(pid, signal.SIGUSR1)
        async with asyncio.timeout(20):
            while not file.exists():  # noqa: ASYNC110  another process has to tell
                await asyncio.sleep(0.01)
        return Held(**json.loads(file.read_text(encoding="utf-8")))

    def log(self, number: int) -> str:
        """What a replica has written into its log."""
        return (self._home(number) / "log").read_text(encoding="utf-8")

    async def _end(self, number: int, how: signal.Signals, expected: int) -> None:
        pid = self.pids[number]
        assert pid
        os.kill(pid, how)
        code = await self._forks.wait(pid)
        self.pids[number] = None
        assert code == expected, f"replica {number} ended with {code}:\n{self.log(number)[-3000:]}"

    def _home(self, number: int) -> Path:
        return self._folder / f"replica {number}"


@asynccontextmanager
async def open_replicas(
    module: str, shared: Mapping[str, object], folder: Path
) -> AsyncIterator[Replicas]:
    """Replicas of this module that are killed at the end, wherever they were not stopped."""
    async with open_forks(module) as forks:
        yield Replicas(forks, shared, folder)
