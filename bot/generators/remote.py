"""The generator over a language model behind an OpenAI-compatible server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

from footnote.bot.generators.base import GenerationError, Message, Prompt, Queued
from footnote.models.errors import ModelError
from footnote.models.generation import LanguageModel, Request


class RemoteGenerator:
    """Answers with a model that runs elsewhere; tokens are estimated, as servers count none."""

    note = ""
    verbatim = False
    prefill_rate: float | None = None
    decode_rate: float | None = None
    adapter: str | None = None

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The server's name of the model."""
        return self._model.name

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together, as the settings say."""
        return self._model.context_tokens

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """Pieces as the server sends them; closing the iterator closes the connection.

        Raises:
            GenerationError: The server cannot be reached, refuses, or breaks off.
        """
        request = Request(prompt.messages, prompt.sampling, prompt.conversation, prompt.deadline)
        try:
            async with aclosing(self._model.stream(request)) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelError as error:
            raise GenerationError(str(error)) from error

    def read_already(self, prompt: Prompt) -> int:
        """Nothing that is known of."""
        del prompt
        return 0

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """An estimate, rather too high than too low."""
        return await self._model.count_tokens(messages)

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Refuse.

        Raises:
            GenerationError: A server's adapters, if it has any, are models of its own.
        """
        del path
        await self.use_adapter(adapter)

    async def use_adapter(self, adapter: str | None) -> None:
        """Refuse.

        Raises:
            GenerationError: A server's adapters, if it has any, are models of its own.
        """
        if adapter is not None:
            raise GenerationError(
                f"{self.name} runs on a server, which takes no adapters from here"
            )
