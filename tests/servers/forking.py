"""Processes that are forked off from one which has imported everything.

A test that kills processes would otherwise spend its time on imports. The module that they run has
`fork_as_asked(run)` as its main, and is started by `open_forks(module)`. Between the two goes one
JSON object a line, replied to with a number: {"start": ARGUMENTS} starts a process that runs
`run(**ARGUMENTS)` and gives its id, {"wait": ID} waits for its end and gives its exit code, or the
negative number of the signal that ended it. They are killed when the input ends.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

Run = Callable[..., Coroutine[Any, Any, None]]

_log = logging.getLogger(__name__)


class Forks:
    """Starts processes.

    Args:
        process: What they are forked off from.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self._asking = asyncio.Lock()

    async def start(self, arguments: Mapping[str, object]) -> int:
        """Start one with these arguments; gives back its id."""
        return await self._ask({"start": arguments})

    async def wait(self, pid: int) -> int:
        """The exit code of one, or the negative number of the signal that ended it."""
        return await self._ask({"wait": pid})

    async def _ask(self, request: Mapping[str, object]) -> int:
        assert self._process.stdin
        assert self._process.stdout
        async with self._asking:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            return int(await self._process.stdout.readline())


@asynccontextmanager
async def open_forks(module: str) -> AsyncIterator[Forks]:
    """Processes of this module that are killed at the end, wherever they have not ended."""
    # With one thread, the process can be forked; nobody multiplies matrices there.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=PIPE, stdout=PIPE, env=environment
    )
    try:
        yield Forks(process)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


def fork_as_asked(run: Run) -> None:
    """Fork processes off as they are asked for on stdin.

    Args:
        run: What each does; its argument `folder` is made, and gets its log.
    """
    living: set[int] = set()
    try:
        for line in sys.stdin:
            match json.loads(line):
                case {"start": dict(arguments)}:
                    number = _forked(run, **arguments)
                    living.add(number)
                case {"wait": int(pid)}:
                    number = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    living.discard(pid)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
    finally:
        for pid in living:
            os.kill(pid, signal.SIGKILL)


def _forked(run: Run, folder: str, **arguments: object) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        for number in (0, 1):
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        home = Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(filename=home / "log", force=True, format="%(asctime)s %(message)s")
        asyncio.run(run(folder=home, **arguments))
        code = 0
    except BaseException:  # noqa: BLE001  whatever it is, this process must not go on as its parent
        _log.exception("The process ended.")
    finally:
        os._exit(code)
