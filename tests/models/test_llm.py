"""Footnote's models inside LlamaIndex's own query engine and chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any, cast

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.base.response.schema import AsyncStreamingResponse
from llama_index.core.chat_engine import SimpleChatEngine
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from footnote.models.errors import ModelError
from footnote.models.generation import Message, Queued, Request, Sampling
from footnote.models.llm import FootnoteLLM
from footnote.models.remote import Server, open_remote
from tests.servers.openai import MODEL, OpenAIServer, openai_server

PAGE = "Staff get 28 days of annual leave."


class Fixed:
    """A model that always says the same, and keeps what it was asked."""

    name = "fixed"
    context_tokens = 2048

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.closed = 0

    async def stream(self, request: Request) -> AsyncGenerator[str | Queued, None]:
        """Three pieces, and a place in the queue before."""
        self.requests.append(request)
        try:
            yield Queued(1)
            for piece in ("Staff get ", "28 days", "."):
                yield piece
        except GeneratorExit:
            self.closed += 1
            raise

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """One a message."""
        return len(messages)


class OnePage(BaseRetriever):
    """Finds one page, whatever is asked."""

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        del query_bundle
        return [NodeWithScore(node=TextNode(text=PAGE), score=1.0)]


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server with a model."""
    async with openai_server() as running:
        yield running


def engine_over(llm: FootnoteLLM, *, streaming: bool = False) -> RetrieverQueryEngine:
    """LlamaIndex's own query engine over the one page."""
    return RetrieverQueryEngine.from_args(OnePage(), llm=llm, streaming=streaming)


async def test_a_query_engine_answers_with_it(server: OpenAIServer) -> None:
    """LlamaIndex retrieves, asks the model, and gives its answer with the source."""
    async with open_remote(Server(server.url, MODEL, server.key)) as model:
        response = await engine_over(FootnoteLLM(model)).aquery("How long is leave?")
    assert str(response) == "Staff get 28 days [1]. Ask first [1, 2]."
    assert [node.get_content() for node in response.source_nodes] == [PAGE]
    asked = "\n".join(message["content"] for message in server.calls[0].body["messages"])
    assert PAGE in asked
    assert "How long is leave?" in asked


async def test_a_query_engine_streams_it() -> None:
    """Tokens come as the model gives them."""
    response = await engine_over(FootnoteLLM(Fixed()), streaming=True).aquery("How long?")
    tokens = [
        token async for token in cast("AsyncStreamingResponse", response).async_response_gen()
    ]
    assert "".join(tokens) == "Staff get 28 days."
    assert len([token for token in tokens if token]) == 3


async def test_a_chat_engine_remembers() -> None:
    """LlamaIndex's memory comes back as messages of the right roles."""
    model = Fixed()
    memory = ChatMemoryBuffer.from_defaults(token_limit=1000, tokenizer_fn=str.split)
    chat = SimpleChatEngine.from_defaults(
        llm=FootnoteLLM(model), memory=memory, system_prompt="Be brief."
    )
    await chat.achat("How long is leave?")
    await chat.achat("And for me?")
    assert [(message.role, message.text) for message in model.requests[-1].messages] == [
        ("system", "Be brief."),
        ("user", "How long is leave?"),
        ("assistant", "Staff get 28 days."),
        ("user", "And for me?"),
    ]


async def test_it_says_what_it_is() -> None:
    """Name, context and length are the model's and the sampling's."""
    llm = FootnoteLLM(Fixed(), Sampling(max_tokens=99))
    metadata = llm.metadata
    assert (metadata.model_name, metadata.context_window, metadata.num_output) == (
        "fixed",
        2048,
        99,
    )
    assert metadata.is_chat_model
    assert llm.class_name() == "FootnoteLLM"


async def test_completions_are_questions() -> None:
    """A prompt is one message of a user, whole or as it grows, sampled as set."""
    model = Fixed()
    llm = FootnoteLLM(model, Sampling(temperature=0))
    assert (await llm.acomplete("How long?")).text == "Staff get 28 days."
    growing = [(step.text, step.delta) async for step in await llm.astream_complete("How long?")]
    assert growing == [
        ("Staff get ", "Staff get "),
        ("Staff get 28 days", "28 days"),
        ("Staff get 28 days.", "."),
    ]
    assert model.requests[-1] == Request((Message("user", "How long?"),), Sampling(temperature=0))


async def test_closing_a_stream_cancels_the_work() -> None:
    """Who stops reading stops the model."""
    model = Fixed()
    stream = cast(
        "AsyncGenerator[ChatResponse, None]",
        await FootnoteLLM(model).astream_chat([ChatMessage(content="How long?")]),
    )
    await anext(stream)
    await stream.aclose()
    for _ in range(10):  # LlamaIndex wraps the stream, and the loop closes what it dropped
        await asyncio.sleep(0)
    assert model.closed == 1


@pytest.mark.parametrize("method", ["chat", "complete", "stream_chat", "stream_complete"])
async def test_other_threads_may_ask_synchronously(server: OpenAIServer, method: str) -> None:
    """A synchronous call of another thread runs on the loop to which the model belongs."""
    async with open_remote(Server(server.url, MODEL, server.key)) as model:
        llm = FootnoteLLM(model)
        asked: Any = [ChatMessage(content="Why?")] if "chat" in method else "Why?"
        answer: Any = await asyncio.to_thread(getattr(llm, method), asked)
    last = list(answer)[-1] if "stream" in method else answer
    text = last.message.content if "chat" in method else last.text
    assert text == "Staff get 28 days [1]. Ask first [1, 2]."


def test_without_an_event_loop_it_brings_its_own() -> None:
    """LlamaIndex's synchronous query engine works in a plain script."""
    assert str(engine_over(FootnoteLLM(Fixed())).query("How long?")) == "Staff get 28 days."


async def test_waiting_for_itself_is_refused() -> None:
    """A synchronous call on the model's own loop says what to do, and does not hang."""
    with pytest.raises(ModelError, match="use the asynchronous method"):
        FootnoteLLM(Fixed()).chat([ChatMessage(content="Why?")])


async def test_a_tools_message_is_refused() -> None:
    """Footnote's models use no tools."""
    llm = FootnoteLLM(Fixed())
    with pytest.raises(ModelError, match="the role tool cannot be asked"):
        await llm.achat([ChatMessage(role=MessageRole.TOOL, content="42")])
