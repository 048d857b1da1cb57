"""What the engine's child is told, and what becomes of everyone's questions."""

from __future__ import annotations

import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from footnote.models.children.keeping import ChildKeeper, Pauses
from footnote.models.children.process import SILENCE_S, STEP_S, ChildProcess, started
from footnote.models.children.signs import Refused
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
    Start,
    Written,
    commands,
    events,
)
from footnote.models.engine.options import Adapter, EngineOptions

COMMAND = (sys.executable, "-m", "footnote.models.engine.child")

EngineChild = ChildProcess[Command, Event]
Spawn = Callable[[], Awaitable[EngineChild]]

_GONE = "The engine's process ended while it answered: ask again."


async def spawn(
    command: Sequence[str] = COMMAND, *, silence_s: float = SILENCE_S, step_s: float = STEP_S
) -> EngineChild:
    """Start the engine's process.

    Args:
        command: What to run.
        silence_s: Seconds without a sign of life after which it is taken for dead.
        step_s: Seconds that one step may take.
    """
    process = await started(command)
    return ChildProcess(process, "engine", commands(), events(), silence_s=silence_s, step_s=step_s)


class Supervisor(ChildKeeper[Command, Event, Ready]):
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
        super().__init__("engine", start, pauses, extra_buffers=options.extra_buffers)
        self._options = options
        self._mail: dict[int, Mail] = {}
        self._numbers = itertools.count(1)

    @property
    def adapters(self) -> frozenset[str]:
        """The adapters that every child knows."""
        return frozenset(self._options.adapters)

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

    def know_adapter(self, name: str, adapter: Adapter) -> None:
        """Let every further child load an adapter at its start."""
        self._options = replace(self._options, adapters={**self._options.adapters, name: adapter})

    def _first_command(self, *, extra_buffers: bool) -> Command:
        return Start(replace(self._options, extra_buffers=extra_buffers))

    def _take(self, event: Event) -> None:
        match event:
            case Ready():
                self._serves(event)
            case Refused(reason):
                self._refuse(reason)
            case Written(texts):
                for number, text in texts.items():
                    if mail := self._mail.get(number):
                        mail.put(text)
            case _:
                number = getattr(event, "id", 0)
                if mail := self._mail.get(number):
                    mail.put(event)
                    if isinstance(event, Counted | Ended | Failed | Loaded):
                        del self._mail[number]

    def _fail_all(self, reason: str) -> None:
        for number, mail in self._mail.items():
            mail.put(Failed(number, reason, "stopped"))
        self._mail.clear()

    def _gone(self) -> str:
        return _GONE

    def _crash_sentence(self, ended: str) -> str:
        return (
            f"llama.cpp could not try the model out on this machine ({ended}): build it for this "
            "machine with make gguf, or choose a smaller model."
        )
