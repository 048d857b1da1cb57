"""Keeps a child process alive, and tells everyone who waits what became of their request.

When the child ends, what it worked on has failed, and it is started again after a pause. The
model's file must stay what it was: another one would give other numbers under the same name.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from time import monotonic

from footnote.models.encoders.messages import (
    Command,
    Embed,
    Embedded,
    Event,
    Judge,
    Judged,
    Ready,
    Start,
    commands,
    events,
)
from footnote.models.encoders.options import EncoderOptions
from footnote.models.engine.errors import EngineError, EngineStoppedError, UnusableModelError
from footnote.models.engine.files import check_build
from footnote.models.engine.messages import Failed, Refused
from footnote.models.engine.process import ChildProcess, crashed, how_it_ended, started
from footnote.models.engine.supervisor import Pauses

COMMAND = (sys.executable, "-m", "footnote.models.encoders.child")
NAMES = {"embed": "embedder", "rank": "reranker"}

EncoderChild = ChildProcess[Command, Event]
Spawn = Callable[[str], Awaitable[EncoderChild]]
"""Starts a child, given what the log calls it."""

_log = logging.getLogger(__name__)


async def spawn(name: str) -> EncoderChild:
    """Start a child process."""
    return ChildProcess(await started(COMMAND), name, commands(), events())


class Keeper:
    """Owns the child; `run` keeps it alive."""

    def __init__(
        self, options: EncoderOptions, start: Spawn = spawn, pauses: Pauses | None = None
    ) -> None:
        """Set up.

        Args:
            options: What is served.
            start: Starts a child.
            pauses: How long to wait between two lives.
        """
        self._options = options
        self._name = NAMES[options.task]
        self._start = start
        self._pauses = pauses or Pauses()
        self._child: EncoderChild | None = None
        self._ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        self._first: Ready | None = None
        self._waiting: dict[int, asyncio.Future[Embedded | Judged]] = {}
        self._numbers = itertools.count(1)

    @property
    def pid(self) -> int | None:
        """The child's process, or None between two lives."""
        return self._child.pid if self._child else None

    async def ready(self) -> Ready:
        """What the child said when it was ready; waits for one that is being started.

        Raises:
            UnusableModelError: The model cannot be served.
        """
        return await asyncio.shield(self._ready)

    async def asked(self, command: Callable[[int], Embed | Judge]) -> Embedded | Judged:
        """Ask the child, and once more where it ended over it.

        Args:
            command: Makes the request, given its number.

        Raises:
            EngineError: The model failed, or the child ended twice.
        """
        try:
            return await self._asked_once(command)
        except EngineStoppedError:
            return await self._asked_once(command)

    async def _asked_once(self, command: Callable[[int], Embed | Judge]) -> Embedded | Judged:
        await self.ready()
        number = next(self._numbers)
        answer: asyncio.Future[Embedded | Judged] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            if self._child is None:
                raise EngineStoppedError(self._gone())
            self._child.send(command(number))
            return await answer
        finally:
            del self._waiting[number]

    async def run(self) -> None:
        """Start children until cancelled, or until one says that there is no use."""
        pause_s = 0.0
        try:
            while True:
                began = monotonic()
                status = await self._live()
                if self._ready.done():
                    return
                if self._try_without_extra_buffers(status):
                    continue
                if self._first is None:
                    self._refuse(self._crash_sentence(status))
                    return
                pause_s = self._pauses.after(pause_s, monotonic() - began)
                _log.warning(
                    "The %s's process ended (%s) and is started again in %.0f s.",
                    self._name,
                    how_it_ended(status),
                    pause_s,
                )
                await asyncio.sleep(pause_s)
        finally:
            closed = f"The {self._name} was closed: start Footnote again."
            self._fail_all(EngineStoppedError(closed))
            if not self._ready.done():
                self._refuse(closed)

    async def _live(self) -> int:
        """One life of a child; returns its exit status."""
        try:
            self._child = child = await self._start(self._name)
        except OSError as error:
            _log.warning("The %s's process cannot be started (%s).", self._name, error.strerror)
            return 1
        child.send(Start(self._options))
        status = 0
        try:
            async with aclosing(child.heard()) as heard:
                async for event in heard:
                    self._take(event)
        finally:
            self._child = None
            if self._ready.done() and self._ready.exception() is None:
                self._ready = asyncio.get_running_loop().create_future()
            status = await child.end()
            self._fail_all(EngineStoppedError(self._gone()))
        return status

    def _take(self, event: Event) -> None:
        match event:
            case Ready():
                first = self._first = self._first or event
                if event.digest == first.digest:
                    self._ready.set_result(event)
                else:
                    self._refuse(
                        f"{self._options.model.name} was replaced while it was in use: start "
                        "Footnote again."
                    )
            case Refused(reason):
                self._refuse(reason)
            case Embedded() | Judged():
                if (answer := self._waiting.get(event.id)) and not answer.done():
                    answer.set_result(event)
            case Failed():
                if (answer := self._waiting.get(event.id)) and not answer.done():
                    answer.set_exception(EngineError(event.reason))

    def _refuse(self, reason: str) -> None:
        self._ready.set_exception(UnusableModelError(reason))
        # Nobody may be waiting now; whoever asks later is told.
        self._ready.exception()

    def _try_without_extra_buffers(self, status: int) -> bool:
        """After a crash before the first answer: try weights as they are in the file."""
        if self._first or not crashed(status) or not self._options.extra_buffers:
            return False
        _log.warning(
            "llama.cpp crashed on this machine (%s) and is tried with plain weights.",
            how_it_ended(status),
        )
        self._options = replace(self._options, extra_buffers=False)
        return True

    def _fail_all(self, error: EngineStoppedError) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)

    def _gone(self) -> str:
        return f"The {self._name}'s process ended while it was at work: try again."

    def _crash_sentence(self, status: int) -> str:
        return (
            f"llama.cpp could not try {self._options.model.name} out on this machine "
            f"({how_it_ended(status)}): build it for this machine with make gguf, or choose "
            "another model."
        )


@asynccontextmanager
async def open_keeper(
    options: EncoderOptions, start: Spawn = spawn, pauses: Pauses | None = None
) -> AsyncIterator[tuple[Keeper, Ready]]:
    """Serve a model for as long as the block lasts.

    Args:
        options: What is served.
        start: Starts a child process.
        pauses: How long to wait before a child that ended is started again.

    Raises:
        UnusableModelError: It cannot be served, and the text says why and what to do.
    """
    check_build()
    keeper = Keeper(options, start, pauses)
    task = asyncio.create_task(keeper.run())
    try:
        ready = await keeper.ready()
        if options.gpu_layers != 0 and not ready.offloads:
            _log.warning(
                "The settings ask for layers on a GPU, but this build of llama.cpp has none, so "
                "%s is computed by the processor: make gguf says how to get a build for a GPU.",
                options.model.name,
            )
        yield keeper, ready
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
