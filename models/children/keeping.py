"""Keeps a child process alive, whatever it computes.

When a child ends, all that it worked on has failed, at once and with a sentence. It is started
again after a pause that doubles each time, up to a minute, and is short again after a long life.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

from footnote.models.children.process import ChildProcess, Heard, Told, crashed, how_it_ended
from footnote.models.errors import UnusableModelError

R = TypeVar("R")
"""What a child says when it is ready."""

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


class ChildKeeper(ABC, Generic[Told, Heard, R]):
    """Owns a child; `run` keeps it alive.

    What is derived says what to tell a child first, what its events mean, and how those who wait
    are told that it is gone.
    """

    def __init__(
        self,
        name: str,
        start: Callable[[], Awaitable[ChildProcess[Told, Heard]]],
        pauses: Pauses | None = None,
        *,
        extra_buffers: bool,
    ) -> None:
        """Set up.

        Args:
            name: What the log calls the child.
            start: Starts a child.
            pauses: How long to wait between two lives.
            extra_buffers: Whether weights may be rearranged for special instructions.
        """
        self._name = name
        self._start = start
        self._pauses = pauses or Pauses()
        self._extra_buffers = extra_buffers
        self._child: ChildProcess[Told, Heard] | None = None
        self._ready: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._was_ready = False

    @property
    def pid(self) -> int | None:
        """The child's process, or None between two lives."""
        return self._child.pid if self._child else None

    async def ready(self) -> R:
        """What the child said when it was ready; waits for one that is being started.

        Raises:
            UnusableModelError: The model cannot be served.
        """
        return await asyncio.shield(self._ready)

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
                    self._refuse(self._crash_sentence(how_it_ended(status)))
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
            self._fail_all(closed)
            if not self._ready.done():
                self._refuse(closed)

    @abstractmethod
    def _first_command(self, *, extra_buffers: bool) -> Told:
        """What lets a child load the model."""

    @abstractmethod
    def _take(self, event: Heard) -> None:
        """Take in what a child says."""

    @abstractmethod
    def _fail_all(self, reason: str) -> None:
        """Tell everyone who waits that nothing comes any more."""

    @abstractmethod
    def _gone(self) -> str:
        """What they are told when the child has ended."""

    @abstractmethod
    def _crash_sentence(self, ended: str) -> str:
        """What is said where the first child ended before it was ready."""

    def _send(self, command: Told) -> bool:
        """Tell the child; False where there is none."""
        if self._child is None:
            return False
        self._child.send(command)
        return True

    def _serves(self, ready: R) -> None:
        self._was_ready = True
        self._ready.set_result(ready)

    def _refuse(self, reason: str) -> None:
        self._ready.set_exception(UnusableModelError(reason))
        # Nobody may be waiting now; whoever asks later is told.
        self._ready.exception()

    @property
    def _refused(self) -> bool:
        return self._ready.done() and self._ready.exception() is not None

    async def _live(self) -> int:
        """One life of a child; returns its exit status."""
        try:
            self._child = child = await self._start()
        except OSError as error:
            _log.warning("The %s's process cannot be started (%s).", self._name, error.strerror)
            return 1
        child.send(self._first_command(extra_buffers=self._extra_buffers))
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
            self._fail_all(self._gone())
        return status

    def _try_without_extra_buffers(self, status: int) -> bool:
        """After a crash before the first answer: try weights as they are in the file."""
        if self._was_ready or not crashed(status) or not self._extra_buffers:
            return False
        _log.warning(
            "llama.cpp crashed on this machine (%s) and is tried with plain weights.",
            how_it_ended(status),
        )
        self._extra_buffers = False
        return True


@asynccontextmanager
async def kept(keeper: ChildKeeper[Told, Heard, R]) -> AsyncIterator[R]:
    """Keep a child alive for as long as the block lasts; gives what the first one said.

    Raises:
        UnusableModelError: The model cannot be served.
    """
    task = asyncio.create_task(keeper.run())
    try:
        yield await keeper.ready()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
