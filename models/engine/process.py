"""One life of the child process, as its parent sees it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence

from footnote.models.engine.framing import HEADER, Codec, FrameError, body_size, commands, events
from footnote.models.engine.messages import Beat, Command, Event

COMMAND = (sys.executable, "-m", "footnote.models.engine.child")

SILENCE_S = 30.0
"""A child that says nothing for so long is taken for dead; it beats once a second."""

STEP_S = 600.0
"""A step that takes longer never ends: reading 512 tokens takes a minute on a slow machine."""

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

_log = logging.getLogger(__name__)


class Child:
    """A child process that runs."""

    def __init__(self, process: Process, silence_s: float, step_s: float) -> None:
        self._process = process
        self._silence_s = silence_s
        self._step_s = step_s
        self._commands: Codec[Command] = commands()
        self._events: Codec[Event] = events()
        self._said = asyncio.create_task(self._log_what_it_says())

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def send(self, command: Command) -> None:
        """Tell it; one that is dead hears nothing."""
        assert self._process.stdin is not None  # noqa: S101  it was started with a pipe
        if not self._process.stdin.is_closing():
            self._process.stdin.write(self._commands.encode(command))

    async def heard(self) -> AsyncGenerator[Event, None]:
        """What it tells until it ends, or until it is taken for dead; beats are kept back."""
        while True:
            try:
                async with asyncio.timeout(self._silence_s):
                    event = await self._next()
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            except (TimeoutError, FrameError) as error:
                _log.warning("The engine's process does not answer (%r); it is ended.", error)
                return
            if not isinstance(event, Beat):
                yield event
            elif event.busy_s > self._step_s:
                _log.warning("The engine's process has hung for %.0f s; it is ended.", event.busy_s)
                return

    async def end(self) -> int:
        """Make sure that it has ended; returns its exit status, negative for a signal."""
        if self._process.returncode is None:
            # asyncio's own `kill` may take the exit status away from whoever waits for it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, KILL)
        status = await self._process.wait()
        await self._said
        return status

    async def _next(self) -> Event:
        assert self._process.stdout is not None  # noqa: S101  it was started with a pipe
        header = await self._process.stdout.readexactly(HEADER.size)
        return self._events.decode(await self._process.stdout.readexactly(body_size(header)))

    async def _log_what_it_says(self) -> None:
        assert self._process.stderr is not None  # noqa: S101  it was started with a pipe
        with contextlib.suppress(ValueError):  # a line that is too long
            async for line in self._process.stderr:
                _log.warning("engine: %s", line.decode("utf-8", "replace").rstrip())


async def spawn(
    command: Sequence[str] = COMMAND, *, silence_s: float = SILENCE_S, step_s: float = STEP_S
) -> Child:
    """Start a child process.

    Args:
        command: What to run.
        silence_s: Seconds without a sign of life after which it is taken for dead.
        step_s: Seconds that one step may take.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        # A crash must end the process at once, and not start a debugger first.
        env={**os.environ, "GGML_NO_BACKTRACE": "1"},
    )
    return Child(process, silence_s, step_s)


def how_it_ended(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def crashed(status: int) -> bool:
    """Whether native code ended the process."""
    names = ("SIGILL", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE")
    return -status in {getattr(signal, name) for name in names if hasattr(signal, name)}
