"""One life of a child process, as its parent sees it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from typing import Generic, TypeVar

from footnote.models.children.framing import HEADER, Codec, FrameError, body_size
from footnote.models.children.signs import Beat

SILENCE_S = 30.0
"""A child that says nothing for so long is taken for dead; it beats once a second."""

STEP_S = 600.0
"""A step that takes longer never ends: reading 512 tokens takes a minute on a slow machine."""

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

_log = logging.getLogger(__name__)

Told = TypeVar("Told")
Heard = TypeVar("Heard")


class ChildProcess(Generic[Told, Heard]):
    """A child process that runs."""

    def __init__(  # noqa: PLR0913  what it is, how it speaks, and how long it may take
        self,
        process: Process,
        name: str,
        told: Codec[Told],
        heard: Codec[Heard],
        *,
        silence_s: float = SILENCE_S,
        step_s: float = STEP_S,
    ) -> None:
        """Talk with a process; `started` starts one.

        Args:
            process: It, with pipes.
            name: What the log calls it.
            told: How commands are written.
            heard: How events are read; beats are among them.
            silence_s: Seconds without a sign of life after which it is taken for dead.
            step_s: Seconds that one step may take.
        """
        self._process = process
        self._name = name
        self._silence_s = silence_s
        self._step_s = step_s
        self._commands = told
        self._events = heard
        self._said = asyncio.create_task(self._log_what_it_says())

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def send(self, command: Told) -> None:
        """Tell it; one that is dead hears nothing."""
        assert self._process.stdin is not None  # noqa: S101  it was started with a pipe
        if not self._process.stdin.is_closing():
            self._process.stdin.write(self._commands.encode(command))

    async def heard(self) -> AsyncGenerator[Heard, None]:
        """What it tells until it ends, or until it is taken for dead; beats are kept back."""
        while True:
            try:
                async with asyncio.timeout(self._silence_s):
                    event = await self._next()
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            except (TimeoutError, FrameError) as error:
                _log.warning(
                    "The %s's process does not answer (%r); it is ended.", self._name, error
                )
                return
            if not isinstance(event, Beat):
                yield event
            elif event.busy_s > self._step_s:
                _log.warning(
                    "The %s's process has hung for %.0f s; it is ended.", self._name, event.busy_s
                )
                return

    async def end(self) -> int:
        """Make sure that it has ended; returns its exit status, negative for a signal.

        It has ended also where this is cancelled.
        """
        ending = asyncio.create_task(self._end())
        try:
            return await asyncio.shield(ending)
        finally:
            await ending

    async def _end(self) -> int:
        if self._process.returncode is None:
            # asyncio's own `kill` may take the exit status away from whoever waits for it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, KILL)
        status = await self._process.wait()
        await self._said
        return status

    async def _next(self) -> Heard:
        assert self._process.stdout is not None  # noqa: S101  it was started with a pipe
        header = await self._process.stdout.readexactly(HEADER.size)
        return self._events.decode(await self._process.stdout.readexactly(body_size(header)))

    async def _log_what_it_says(self) -> None:
        assert self._process.stderr is not None  # noqa: S101  it was started with a pipe
        with contextlib.suppress(ValueError):  # a line that is too long
            async for line in self._process.stderr:
                _log.warning("%s: %s", self._name, line.decode("utf-8", "replace").rstrip())


async def started(command: Sequence[str]) -> Process:
    """Start a process that a `ChildProcess` can talk with."""
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        # A crash must end the process at once, and not start a debugger first.
        env={**os.environ, "GGML_NO_BACKTRACE": "1"},
    )


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
