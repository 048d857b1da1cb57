"""Keeps a child process alive, and tells everyone who waits what became of their question.

When the child ends, all that it worked on has failed, at once and with a sentence. It is started
again after a pause that doubles each time, up to a minute, and is short again after a long life.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from footnote.models.engine.errors import UnusableModelError
from footnote.models.engine.mail import Mail
from footnote.models.engine.messages import (
    Ask,
    Cancel,
    Command,
    Count,
    Counted,
    Ended,
    Event,
    Failed,
    LoadAdapter,
    Loaded,
    Ready,
    Refused,
    Start,
)
from footnote.models.engine.options import EngineOptions
from footnote.models.engine.process import Child, crashed, how_it_ended, spawn

Spawn = Callable[[], Awaitable[Child]]

_GONE = "The engine's process ended while it answered: ask again."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long to wait before a child is started again.

    Attributes:
        first_s: After the first end.
        longest_s: After many.
        long_life_s: After a life as long as this, the next pause is the first again.
    """

    first_s: float = 1.0
    longest_s: float = 60.0
    long_life_s: float = 60.0

    def after(self, pause_s: float, life_s: float) -> float:
        """The pause after one of `pause_s`, and a life of `life_s`."""
        if life_s >= self.long_life_s:
            return self.first_s
        return min(max(2 * pause_s, self.first_s), self.longest_s)


class Supervisor:
    """Owns the child; `run` keeps it alive."""

    def __init__(
        self, options: EngineOptions, start: Spawn = spawn, pauses: Pauses | None = None
    ) -> None:
        """Set up.

        Args:
            options: What is served.
            start: Starts a child.
            pauses: How long to wait between two lives.
        """
        self._options = options
        self._start = start
        self._pauses = pauses or Pauses()
        self._child: Child | None = None
        self._ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        self._mail: dict[int, Mail] = {}
        self._numbers = itertools.count(1)
        self._was_ready = False

    @property
    def adapters(self) -> frozenset[str]:
        """The adapters that every child knows."""
        return frozenset(self._options.adapters)

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

    @asynccontextmanager
    async def told(
        self, command: Callable[[int], Ask | Count | LoadAdapter]
    ) -> AsyncIterator[Mail]:
        """Tell the child something, and get what it says to it.

        Leaving the block before the answer is over cancels it.

        Args:
            command: Makes the command, given its number.

        Raises:
            UnusableModelError: The model cannot be served.
        """
        await self.ready()
        number = next(self._numbers)
        mail = Mail()
        self._mail[number] = mail
        if not self._send(command(number)):
            mail.put(Failed(number, _GONE, "stopped"))
        try:
            yield mail
        finally:
            if self._mail.pop(number, None):
                self._send(Cancel(number))

    def know_adapter(self, name: str, path: Path) -> None:
        """Let every further child load an adapter at its start."""
        self._options = replace(self._options, adapters={**self._options.adapters, name: path})

    async def run(self) -> None:
        """Start children until cancelled, or until one says that there is no use."""
        pause_s = 0.0
        try:
            while True:
                began = monotonic()
                status = await self._live()
                if self._refused:
                    return
                if self._try_without_extra_buffers(status):
                    continue
                if not self._was_ready:
                    self._refuse(_crash_sentence(status))
                    return
                pause_s = self._pauses.after(pause_s, monotonic() - began)
                _log.warning(
                    "The engine's process ended (%s) and is started again in %.0f s.",
                    how_it_ended(status),
                    pause_s,
                )
                await asyncio.sleep(pause_s)
        finally:
            self._fail_all("The engine was closed: start Footnote again.")
            if not self._ready.done():
                self._refuse("The engine was closed: start Footnote again.")

    @property
    def _refused(self) -> bool:
        return self._ready.done() and self._ready.exception() is not None

    async def _live(self) -> int:
        """One life of a child; returns its exit status."""
        try:
            self._child = child = await self._start()
        except OSError as error:
            _log.warning("The engine's process cannot be started (%s).", error.strerror)
            return 1
        child.send(Start(self._options))
        status = 0
        try:
            async with aclosing(child.heard()) as heard:
                async for event in heard:
                    self._take(event)
        finally:
            self._child = None
            if self._ready.done() and not self._refused:
                self._ready = asyncio.get_running_loop().create_future()
            status = await child.end()
            self._fail_all(_GONE)
        return status

    def _take(self, event: Event) -> None:
        match event:
            case Ready():
                self._was_ready = True
                self._ready.set_result(event)
            case Refused(reason):
                self._refuse(reason)
            case _:
                number = getattr(event, "id", 0)
                if mail := self._mail.get(number):
                    mail.put(event)
                    if isinstance(event, Counted | Ended | Failed | Loaded):
                        del self._mail[number]

    def _refuse(self, reason: str) -> None:
        self._ready.set_exception(UnusableModelError(reason))
        # Nobody may be waiting now; whoever asks later is told.
        self._ready.exception()

    def _try_without_extra_buffers(self, status: int) -> bool:
        """After a crash before the first answer: try weights as they are in the file."""
        if self._was_ready or not crashed(status) or not self._options.extra_buffers:
            return False
        _log.warning(
            "llama.cpp crashed on this machine (%s) and is tried with plain weights.",
            how_it_ended(status),
        )
        self._options = replace(self._options, extra_buffers=False)
        return True

    def _send(self, command: Command) -> bool:
        """Tell the child; False where there is none."""
        if self._child is None:
            return False
        self._child.send(command)
        return True

    def _fail_all(self, reason: str) -> None:
        for number, mail in self._mail.items():
            mail.put(Failed(number, reason, "stopped"))
        self._mail.clear()


def _crash_sentence(status: int) -> str:
    return (
        f"llama.cpp could not try the model out on this machine ({how_it_ended(status)}): build "
        "it for this machine with make gguf, or choose a smaller model."
    )
