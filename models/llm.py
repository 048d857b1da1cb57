"""The border to LlamaIndex: any of Footnote's language models as one of its LLMs.

LlamaIndex takes a while to import, so nothing else in this package imports this.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.llm import LLM
from pydantic import PrivateAttr

from footnote.models.errors import ModelError
from footnote.models.generation import LanguageModel, Message, Request, Role, Sampling

T = TypeVar("T")

_ROLES: dict[MessageRole, Role] = {
    MessageRole.SYSTEM: "system",
    MessageRole.DEVELOPER: "system",
    MessageRole.USER: "user",
    MessageRole.ASSISTANT: "assistant",
    MessageRole.CHATBOT: "assistant",
    MessageRole.MODEL: "assistant",
}


class FootnoteLLM(LLM):
    """A language model of Footnote as a LlamaIndex LLM.

    The asynchronous methods are the real ones. The synchronous ones run on the event loop on which
    this was made, from any other thread, or on one of their own where there was none.
    """

    _model: Any = PrivateAttr()
    _sampling: Sampling = PrivateAttr()
    _loop: Any = PrivateAttr()

    def __init__(self, model: LanguageModel, sampling: Sampling | None = None) -> None:
        """Write with this model.

        Args:
            model: The engine, a server's model, or any other.
            sampling: How tokens are chosen.
        """
        super().__init__()
        self._model = model
        self._sampling = sampling or Sampling()
        self._loop = _running_loop()

    @classmethod
    def class_name(cls) -> str:
        """What LlamaIndex calls it."""
        return "FootnoteLLM"

    @property
    def metadata(self) -> LLMMetadata:
        """The model's name and limits."""
        return LLMMetadata(
            context_window=self._model.context_tokens,
            num_output=self._sampling.max_tokens,
            is_chat_model=True,
            model_name=self._model.name,
        )

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The next message; keywords are ignored."""
        del kwargs
        text = "".join([piece async for piece in self._pieces(messages)])
        return _chat(text, None)

    @llm_chat_callback()
    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> AsyncGenerator[ChatResponse, None]:
        """The next message as it grows; closing the generator cancels the work."""
        del kwargs
        return self._growing(messages)

    @llm_completion_callback()
    async def acomplete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001,FBT002  as LlamaIndex has it
        **kwargs: Any,
    ) -> CompletionResponse:
        """The answer to a prompt, which is asked as one question; keywords are ignored."""
        del formatted, kwargs
        text = "".join([piece async for piece in self._pieces([ChatMessage(content=prompt)])])
        return CompletionResponse(text=text)

    @llm_completion_callback()
    async def astream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001,FBT002  as LlamaIndex has it
        **kwargs: Any,
    ) -> AsyncGenerator[CompletionResponse, None]:
        """The same as it grows; closing the generator cancels the work."""
        del formatted, kwargs
        return _completions(self._growing([ChatMessage(content=prompt)]))

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The next message, for callers without an event loop."""
        response: ChatResponse = self._finished(self.achat(messages, **kwargs))
        return response

    def complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001,FBT002  as LlamaIndex has it
        **kwargs: Any,
    ) -> CompletionResponse:
        """The answer to a prompt, for callers without an event loop."""
        del formatted
        response: CompletionResponse = self._finished(self.acomplete(prompt, **kwargs))
        return response

    def stream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> Generator[ChatResponse, None, None]:
        """The stages of the next message, given once it is whole."""
        return _each(self._finished(_all(self.astream_chat(messages, **kwargs))))

    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001,FBT002  as LlamaIndex has it
        **kwargs: Any,
    ) -> Generator[CompletionResponse, None, None]:
        """The stages of the answer to a prompt, given once it is whole."""
        del formatted
        return _each(self._finished(_all(self.astream_complete(prompt, **kwargs))))

    async def _pieces(self, messages: Sequence[ChatMessage]) -> AsyncGenerator[str, None]:
        request = Request(tuple(map(_message, messages)), self._sampling)
        async with aclosing(self._model.stream(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, str):
                    yield piece

    async def _growing(self, messages: Sequence[ChatMessage]) -> AsyncGenerator[ChatResponse, None]:
        text = ""
        async with aclosing(self._pieces(messages)) as pieces:
            async for piece in pieces:
                text += piece
                yield _chat(text, piece)

    def _finished(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for asynchronous work in a synchronous method.

        Raises:
            ModelError: It would have to wait for itself.
        """
        if self._loop is None or self._loop.is_closed():
            return asyncio.run(work)
        if _running_loop() is self._loop:
            work.close()
            raise ModelError(
                "LlamaIndex was asked synchronously on the event loop that the model needs: use "
                "the asynchronous method, such as aquery, or another thread."
            )
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _message(message: ChatMessage) -> Message:
    role = _ROLES.get(message.role)
    if role is None:
        raise ModelError(
            f"A message of the role {message.role.value} cannot be asked: leave tools out, and "
            "give their results as text of a user."
        )
    return Message(role, message.content or "")


def _chat(text: str, delta: str | None) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text), delta=delta)


async def _completions(
    growing: AsyncGenerator[ChatResponse, None],
) -> AsyncGenerator[CompletionResponse, None]:
    async with aclosing(growing):
        async for response in growing:
            yield CompletionResponse(text=response.message.content or "", delta=response.delta)


async def _all(stream: Coroutine[Any, Any, AsyncIterator[T]]) -> list[T]:
    return [item async for item in await stream]


def _each(items: Sequence[T]) -> Generator[T, None, None]:
    yield from items
