"""A generator that says what it was told to say: for tests, and for trying out a platform."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from footnote.bot.generators.base import GenerationError, Message, Prompt, Queued


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait this many seconds before the next piece."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Raise GenerationError with this text."""

    reason: str = "scripted failure"


class Hang:
    """Never go on; only cancellation ends it."""


Step = str | Queued | Pause | Failure | Hang


class ScriptedGenerator:
    """Plays one enqueued script a prompt, and keeps the prompts that it was given.

    Attributes:
        prompts: Every prompt so far, oldest first.
        closed: How many answers were cancelled before their script ended.
    """

    name = "scripted"
    note = ""
    verbatim = False
    context_tokens = 4096
    prefill_rate: float | None = None
    decode_rate: float | None = None

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []
        self.closed = 0
        self._scripts: deque[tuple[Step, ...]] = deque()
        self._adapters: frozenset[str] = frozenset()
        self.adapter: str | None = None

    def enqueue(self, *steps: Step) -> None:
        """Play these steps for the next prompt that has no script yet."""
        self._scripts.append(steps)

    def add_adapter(self, adapter: str) -> None:
        """Make this adapter known."""
        self._adapters |= {adapter}

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """Play the next script.

        Raises:
            GenerationError: The script says so, or there is none left.
        """
        self.prompts.append(prompt)
        if not self._scripts:
            raise GenerationError("no script is enqueued for this prompt")
        ended = False
        try:
            for step in self._scripts.popleft():
                match step:
                    case Pause(seconds):
                        await asyncio.sleep(seconds)
                    case Failure(reason):
                        ended = True
                        raise GenerationError(reason)
                    case Hang():
                        await asyncio.Event().wait()
                    case _:
                        yield step
            ended = True
        finally:
            self.closed += not ended

    def read_already(self, prompt: Prompt) -> int:
        """Nothing."""
        del prompt
        return 0

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """One token a word."""
        return sum(len(message.text.split()) for message in messages)

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Make this adapter known, whatever its file holds."""
        del path
        self.add_adapter(adapter)

    async def use_adapter(self, adapter: str | None) -> None:
        """Remember the adapter.

        Raises:
            GenerationError: It was never added.
        """
        if adapter is not None and adapter not in self._adapters:
            raise GenerationError(f"there is no adapter {adapter}")
        self.adapter = adapter
