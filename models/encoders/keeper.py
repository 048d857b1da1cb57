"""What an encoder's child is told, and what becomes of everyone's requests.

The model's file must stay what it was: another one would give other numbers under the same name.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from footnote.models.children.keeping import ChildKeeper, Pauses, kept
from footnote.models.children.process import ChildProcess, started
from footnote.models.children.signs import Refused
from footnote.models.encoders.messages import (
    Command,
    Embed,
    Embedded,
    Event,
    Failed,
    Judge,
    Judged,
    Ready,
    Start,
    commands,
    events,
)
from footnote.models.encoders.options import EncoderOptions
from footnote.models.engine.files import check_build
from footnote.models.errors import EngineError, EngineStoppedError

COMMAND = (sys.executable, "-m", "footnote.models.encoders.child")
NAMES = {"embed": "embedder", "rank": "reranker"}

EncoderChild = ChildProcess[Command, Event]
Spawn = Callable[[str], Awaitable[EncoderChild]]
"""Starts a child, given what the log calls it."""

_log = logging.getLogger(__name__)


async def spawn(name: str) -> EncoderChild:
    """Start a child process."""
    return ChildProcess(await started(COMMAND), name, commands(), events())


class Keeper(ChildKeeper[Command, Event, Ready]):
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
        name = NAMES[options.task]
        super().__init__(name, lambda: start(name), pauses, extra_buffers=options.extra_buffers)
        self._options = options
        self._first: Ready | None = None
        self._waiting: dict[int, asyncio.Future[Embedded | Judged]] = {}
        self._numbers = itertools.count(1)

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
            if not self._send(command(number)):
                raise EngineStoppedError(self._gone())
            return await answer
        finally:
            del self._waiting[number]

    def _first_command(self, *, extra_buffers: bool) -> Command:
        return Start(replace(self._options, extra_buffers=extra_buffers))

    def _take(self, event: Event) -> None:
        match event:
            case Ready():
                first = self._first = self._first or event
                if event.digest == first.digest:
                    self._serves(event)
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

    def _fail_all(self, reason: str) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(EngineStoppedError(reason))

    def _gone(self) -> str:
        return f"The {self._name}'s process ended while it was at work: try again."

    def _crash_sentence(self, ended: str) -> str:
        return (
            f"llama.cpp could not try {self._options.model.name} out on this machine ({ended}): "
            "build it for this machine with make gguf, or choose another model."
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
    async with kept(keeper) as ready:
        if options.gpu_layers != 0 and not ready.offloads:
            _log.warning(
                "The settings ask for layers on a GPU, but this build of llama.cpp has none, so "
                "%s is computed by the processor: make gguf says how to get a build for a GPU.",
                options.model.name,
            )
        yield keeper, ready
