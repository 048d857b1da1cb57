"""A model behind an OpenAI-compatible server: what is asked, and how the answer comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from footnote.models.errors import RemoteError
from footnote.models.generation import Message, Request, Sampling
from footnote.models.remote import RemoteModel, Server, open_remote
from tests.servers.openai import (
    MODEL,
    Hang,
    OpenAIServer,
    Stream,
    chunk,
    openai_server,
    streamed,
)

REQUEST = Request(
    (Message("system", "Use the passages."), Message("user", "How long is leave?")),
    Sampling(temperature=0.5, top_p=0.9, max_tokens=50, seed=7),
)
PATIENCE_S = 20.0


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server that takes its key."""
    async with openai_server() as running:
        yield running


@pytest.fixture
async def model(server: OpenAIServer) -> AsyncIterator[RemoteModel]:
    """The server's model."""
    async with open_remote(Server(server.url, MODEL, server.key)) as opened:
        yield opened


async def written(model: RemoteModel, request: Request = REQUEST) -> str:
    """A whole answer."""
    return "".join([piece async for piece in model.stream(request) if isinstance(piece, str)])


async def test_the_request_is_the_apis(server: OpenAIServer, model: RemoteModel) -> None:
    """Messages, sampling and key are sent as the API's reference says."""
    assert await written(model) == "Staff get 28 days [1]. Ask first [1, 2]."
    (call,) = server.calls
    assert call.headers["Authorization"] == f"Bearer {server.key}"
    assert call.body == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "Use the passages."},
            {"role": "user", "content": "How long is leave?"},
        ],
        "stream": True,
        "max_tokens": 50,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 7,
    }


async def test_pieces_come_as_they_are_sent(server: OpenAIServer, model: RemoteModel) -> None:
    """The first piece is there although the server has not gone on."""
    server.enqueue(Stream((*streamed("Staff ")[:2], Hang())))
    async with aclosing(model.stream(REQUEST)) as pieces, asyncio.timeout(PATIENCE_S):
        assert await anext(pieces) == "Staff "


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
async def test_chunks_may_end_anywhere(server: OpenAIServer, model: RemoteModel, size: int) -> None:
    """Chunks that end within an event, a line or a character change nothing."""
    stream = b"".join(
        (b": keep-alive\r\n\r\n", *streamed("Größe: ", "七日 🎉"), b": more\n\n")
    ).replace(rb"\u00f6\u00df", "öß".encode())
    server.enqueue(Stream([stream[at : at + size] for at in range(0, len(stream), size)]))
    assert await written(model) == "Größe: 七日 🎉"


@pytest.mark.parametrize(
    "chunks",
    [
        streamed("Yes.", usage=True),
        streamed("Yes.", done=False),
        streamed("Yes.", finish=None),
        streamed("Yes.", finish="length"),
        (b": OPENROUTER PROCESSING\n\n", *streamed("Yes.")),
        (chunk({"delta": {"content": "Yes."}, "finish_reason": "stop"}),),
        (chunk({"delta": {"content": None}, "finish_reason": None}), *streamed("Yes.")),
        (b'data: {"choices": []}\n\n', *streamed("Yes.")),
    ],
    ids=["usage", "no-done", "done-only", "length", "comment", "at-once", "null", "azure"],
)
async def test_servers_differ(
    server: OpenAIServer, model: RemoteModel, chunks: tuple[bytes, ...]
) -> None:
    """What servers add or leave out around an answer does no harm."""
    server.enqueue(Stream(chunks))
    assert await written(model) == "Yes."


async def test_without_a_key_none_is_sent() -> None:
    """A server of one's own needs no key."""
    async with openai_server() as server, open_remote(Server(server.url, MODEL)) as model:
        with pytest.raises(RemoteError, match="does not take the key"):
            await written(model)
        assert "Authorization" not in server.calls[0].headers


async def test_thoughts_are_left_out(server: OpenAIServer, model: RemoteModel) -> None:
    """Thoughts are not shown, whether they come in the text or in a field of their own."""
    apart = chunk({"delta": {"reasoning_content": "Secret."}, "finish_reason": None})
    server.enqueue(
        Stream(streamed("<thi", "nk>Sec", "ret.</th", "ink>\n\nYes.")),
        Stream((apart, *streamed("Yes."))),
    )
    assert (await written(model), await written(model)) == ("Yes.", "Yes.")


async def test_what_only_begins_like_a_mark_is_shown(
    server: OpenAIServer, model: RemoteModel
) -> None:
    """An answer that ends in the beginning of a mark is whole."""
    server.enqueue(Stream(streamed("Is 3 <", "th")))
    assert await written(model) == "Is 3 <th"


@pytest.mark.parametrize(
    "chunks",
    [
        streamed("<think>Secret.", finish="length"),
        (
            chunk({"delta": {"reasoning": "Secret."}, "finish_reason": None}),
            *streamed(finish="length"),
        ),
    ],
)
async def test_nothing_but_thoughts_is_an_error(
    server: OpenAIServer, model: RemoteModel, chunks: tuple[bytes, ...]
) -> None:
    """A model that thinks until it has no tokens left is told as such, and not tried again."""
    server.enqueue(Stream(chunks))
    with pytest.raises(RemoteError, match=r"thought until its tokens were used up") as caught:
        await written(model)
    assert "Secret" not in str(caught.value)
    assert len(server.calls) == 1


async def test_closing_closes_the_connection(server: OpenAIServer, model: RemoteModel) -> None:
    """A cancelled answer is one that the server stops working on."""
    server.enqueue(Stream((*streamed("Staff ")[:2], Hang())))
    pieces = model.stream(REQUEST)
    await anext(pieces)
    await pieces.aclose()
    async with asyncio.timeout(PATIENCE_S):
        await server.calls[0].gone.wait()


async def test_cancelling_closes_the_connection(server: OpenAIServer, model: RemoteModel) -> None:
    """A task that is cancelled while it waits for the first token does the same."""
    server.enqueue(Stream((Hang(),)))
    task = asyncio.create_task(written(model))
    async with asyncio.timeout(PATIENCE_S):
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.calls[0].gone.wait()


async def test_a_field_that_the_model_refuses_is_left_out(
    server: OpenAIServer, model: RemoteModel
) -> None:
    """Newer models refuse some fields; the request is sent again without, and so are later ones."""
    server.refuses = {"max_tokens", "temperature"}
    assert await written(model) == await written(model)
    bodies = [call.body for call in server.calls]
    assert [("max_tokens" in body, "temperature" in body) for body in bodies] == [
        (True, True),
        (False, True),
        (False, False),
        (False, False),
    ]
    assert bodies[-1]["max_completion_tokens"] == 50


async def test_tokens_are_estimated_on_the_safe_side(model: RemoteModel) -> None:
    """The estimate is above what vocabularies make of English, and it grows with the messages."""
    text = "Employees are entitled to twenty-eight days of paid annual leave in each year. " * 9
    counted = await model.count_tokens([Message("user", text)])
    assert len(text.split()) < counted < len(text) / 2
    assert await model.count_tokens([]) == 0


async def test_the_models_are_listed(server: OpenAIServer, model: RemoteModel) -> None:
    """The server's list of models is read, where there is one."""
    assert await model.models() == (MODEL,)
    nowhere = Server(f"{server.url}/nothing", MODEL, server.key)
    async with open_remote(nowhere) as other:
        assert await other.models() == ()
    async with open_remote(Server(server.url, MODEL, "sk-wrong")) as stranger:
        with pytest.raises(RemoteError, match="does not take the key"):
            await stranger.models()


async def test_an_address_may_end_in_a_slash(server: OpenAIServer) -> None:
    """It makes no difference."""
    async with open_remote(Server(f"{server.url}/", MODEL, server.key)) as model:
        assert await written(model)


async def test_a_model_says_what_it_is(model: RemoteModel) -> None:
    """Its name and its context are the settings'."""
    assert (model.name, model.context_tokens) == (MODEL, 8192)
    assert "sk-" not in repr(Server("http://localhost", MODEL, "sk-secret"))
