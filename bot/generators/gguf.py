"""The generator over the engine: one GGUF model on this machine, for everybody."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from footnote.bot.generators.base import GenerationError, Message, Prompt, Queued
from footnote.models.engine.engine import Engine, Wishes
from footnote.models.engine.messages import Timings
from footnote.models.errors import ModelError
from footnote.models.generation import Request


@dataclass(frozen=True, slots=True)
class _Read:
    """A prompt that the engine has read, and who has read it: it is of no use to another.

    Attributes:
        messages: The prompt.
        tokens: Its length.
        process: The engine's process.
        adapter: With which adapter it was read.
    """

    messages: tuple[Message, ...]
    tokens: int
    process: int | None
    adapter: str | None


class GgufGenerator:
    """Answers with a model in a child process; only passages that exist can be cited."""

    note = ""
    verbatim = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read: OrderedDict[str, _Read] = OrderedDict()

    @property
    def name(self) -> str:
        """What the model's file calls it, and the adapter."""
        adapter = self._engine.adapter
        return f"{self._engine.name} with {adapter}" if adapter else self._engine.name

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        return self._engine.context_tokens

    @property
    def prefill_rate(self) -> float | None:
        """Tokens of a prompt read a second, as measured on this machine."""
        return self._engine.prefill_rate

    @property
    def decode_rate(self) -> float | None:
        """Tokens of an answer written a second, as measured on this machine."""
        return self._engine.ready.decode_rate

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """Pieces as they are written; closing the iterator stops the work within a step.

        Raises:
            GenerationError: The prompt does not fit, its time is up, or the engine failed.
        """
        request = Request(prompt.messages, prompt.sampling, prompt.conversation, prompt.deadline)
        wishes = Wishes(
            citations=prompt.allowed_citations,
            report=partial(self._remember, prompt, self._engine.pid, self._engine.adapter),
        )
        try:
            async with aclosing(self._engine.stream(request, wishes)) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelError as error:
            raise GenerationError(str(error)) from error

    def read_already(self, prompt: Prompt) -> int:
        """The last prompt of its thread, if it begins with that and it was read lately.

        The engine keeps as many threads as it has sequences, and more where there is memory.
        """
        read = self._read.get(prompt.conversation or "")
        if read is None or prompt.messages[: len(read.messages)] != read.messages:
            return 0
        same = (read.process, read.adapter) == (self._engine.pid, self._engine.adapter)
        return read.tokens if same else 0

    def _remember(
        self, prompt: Prompt, process: int | None, adapter: str | None, timings: Timings
    ) -> None:
        if prompt.conversation is None or timings.first_s is None:
            return
        read = _Read(prompt.messages, timings.prompt_tokens, process, adapter)
        self._read[prompt.conversation] = read
        self._read.move_to_end(prompt.conversation)
        while len(self._read) > self._engine.ready.tuning.sequences:
            self._read.popitem(last=False)

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """Exactly how many tokens these messages take in the model's template.

        Raises:
            GenerationError: The template refuses them, or the engine stopped.
        """
        try:
            return await self._engine.count_tokens(messages)
        except ModelError as error:
            raise GenerationError(str(error)) from error

    @property
    def adapter(self) -> str | None:
        """Which adapter the answers that begin now are written with."""
        return self._engine.adapter

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Load an adapter into the engine, which goes on writing meanwhile.

        Raises:
            GenerationError: It cannot be used with this model.
        """
        if self._engine.knows_adapter(adapter):
            return
        try:
            await self._engine.load_adapter(adapter, path)
        except ModelError as error:
            raise GenerationError(str(error)) from error

    async def use_adapter(self, adapter: str | None) -> None:
        """Write further answers with this adapter, or with none; running ones go on as they are.

        Raises:
            GenerationError: It was never loaded.
        """
        try:
            self._engine.use_adapter(adapter)
        except ModelError as error:
            raise GenerationError(str(error)) from error
