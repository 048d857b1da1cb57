"""A model's server in trouble: one sentence each, and no second answer once one has begun."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from footnote.models.errors import ModelError, RemoteError
from footnote.models.generation import Message, Request
from footnote.models.remote import RemoteModel, Server, open_remote
from tests.servers.openai import (
    MODEL,
    Cut,
    Hang,
    OpenAIServer,
    Refusal,
    Stream,
    error,
    openai_server,
    streamed,
)

REQUEST = Request((Message("user", "How long is leave?"),))
BUSY = Refusal(503, error("Overloaded"))


class Waits(list[float]):
    """The seconds that were waited, without waiting them."""

    async def __call__(self, seconds: float) -> None:
        """Remember them."""
        self.append(seconds)


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server that takes its key."""
    async with openai_server() as running:
        yield running


@pytest.fixture
def waits() -> Waits:
    """What was waited."""
    return Waits()


@pytest.fixture
async def model(server: OpenAIServer, waits: Waits) -> AsyncIterator[RemoteModel]:
    """The server's model, which does not really wait."""
    async with open_remote(Server(server.url, MODEL, server.key), waits) as opened:
        yield opened


async def written(model: RemoteModel, request: Request = REQUEST) -> str:
    """A whole answer."""
    return "".join([piece async for piece in model.stream(request) if isinstance(piece, str)])


async def failed(model: RemoteModel, request: Request = REQUEST) -> str:
    """What is said of an answer that fails, which has to be one sentence of a line."""
    with pytest.raises(RemoteError) as caught:
        await written(model, request)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 420
    return text


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (
            Refusal(401, error("Incorrect API key")),
            "does not take the key (Incorrect API key): set",
        ),
        (Refusal(402, {"message": "Pay."}), "wants to be paid first (Pay): add credit"),
        (Refusal(403, {"detail": "No."}), f"does not allow this key to use {MODEL} (No): ask"),
        (Refusal(404, error("no such model")), f"has no model {MODEL}, or nothing at this address"),
        (
            Refusal(400, error("Bad {value}")),
            "refuses the request (status 400) (Bad {value}): check",
        ),
        (Refusal(422, b"<html>"), "refuses the request (status 422): check model"),
        (Refusal(307, headers={"Location": "/v2"}), "has moved (status 307): set url"),
        (Refusal(413), "finds the prompt too long: lower passages"),
        (
            Refusal(400, error("Too many tokens", code="context_length_exceeded")),
            "finds the prompt too long (Too many tokens): lower passages",
        ),
        (
            Refusal(429, error("You have no quota", code="insufficient_quota")),
            "wants to be paid first (You have no quota): add credit",
        ),
        (Refusal(400, {"error": "a\n plain  text"}), "(a plain text)"),
        (Refusal(400, error("long " * 99)), "…)"),
        (Refusal(400, [1]), "refuses the request (status 400): check"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Refusal) else "",
)
async def test_a_refusal_is_one_sentence_at_once(
    server: OpenAIServer, model: RemoteModel, refusal: Refusal, said: str
) -> None:
    """What another attempt would not change is told at once, with the server's own words."""
    server.enqueue(refusal)
    text = await failed(model)
    assert said in text
    assert text.startswith(f"The language model's server {server.url} ")
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Refusal(429, error("Slow down")), "wants fewer questions for now (Slow down): ask again"),
        (Refusal(500), "has trouble of its own (status 500): ask again"),
        (Refusal(503, {"error": {"message": "Overloaded"}}), "(status 503) (Overloaded): ask"),
        (Refusal(529), "has trouble of its own (status 529): ask"),
        (Refusal(408), "refuses the request (status 408): check"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Refusal) else "",
)
async def test_passing_trouble_is_tried_three_times(
    server: OpenAIServer, model: RemoteModel, waits: Waits, refusal: Refusal, said: str
) -> None:
    """Between attempts there are ever longer waits, and then it is told."""
    server.enqueue(refusal, refusal, refusal)
    assert said in await failed(model)
    assert len(server.calls) == 3
    assert len(waits) == 2
    assert 0.3 < waits[0] < waits[1] < 1.3


async def test_the_next_attempt_may_succeed(server: OpenAIServer, model: RemoteModel) -> None:
    """Trouble that passes is not seen in the answer."""
    server.enqueue(BUSY, Stream((streamed()[0], Cut())), Stream(streamed("Yes.")))
    assert await written(model) == "Yes."


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After-Ms": "120", "Retry-After": "3"}, 0.12),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After-Ms": "soon"}, None),
        ({}, None),
    ],
)
async def test_the_server_says_how_long_to_wait(
    server: OpenAIServer,
    model: RemoteModel,
    waits: Waits,
    headers: dict[str, str],
    waited: float | None,
) -> None:
    """Retry-After is obeyed, in seconds or as a date; what cannot be read is not there."""
    server.enqueue(Refusal(429, headers=headers))
    assert await written(model)
    assert waits == [waited] if waited is not None else 0.3 < waits[0] < 0.7


async def test_a_date_in_the_future_is_waited_for(
    server: OpenAIServer, model: RemoteModel, waits: Waits
) -> None:
    """A date is as good as seconds."""
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=15), usegmt=True)
    server.enqueue(Refusal(429, headers={"Retry-After": until}))
    assert await written(model)
    assert 1 < waits[0] <= 15


async def test_nobody_waits_for_minutes(
    server: OpenAIServer, model: RemoteModel, waits: Waits
) -> None:
    """A server that wants to be left alone for long is told as it is."""
    server.enqueue(Refusal(429, headers={"Retry-After": "600"}))
    assert "wants fewer questions" in await failed(model)
    assert (len(server.calls), waits) == (1, [])


async def test_nobody_waits_beyond_the_deadline(
    server: OpenAIServer, model: RemoteModel, waits: Waits
) -> None:
    """An attempt that would begin too late is not made."""
    now = asyncio.get_running_loop().time()
    server.enqueue(Refusal(429, headers={"Retry-After": "9"}))
    assert "wants fewer questions" in await failed(model, replace(REQUEST, deadline=now + 8))
    assert (len(server.calls), waits) == (1, [])


@pytest.mark.parametrize(
    ("chunks", "said"),
    [
        ((*streamed("Staff ")[:2], Cut()), "broke off in the middle: ask again"),
        (streamed("Staff ", finish=None, done=False), "broke off in the middle: ask again"),
        (
            (*streamed("Staff ")[:2], b'data: {"error": {"message": "GPU lost"}}\n\n'),
            "failed while it answered (GPU lost): ask again",
        ),
        (streamed("Staff ", finish="error"), "broke off in the middle: ask again"),
        (
            (*streamed("Staff ")[:2], b"data: {broken\n\n"),
            "sends what is no chat completion: check",
        ),
        ((*streamed("Staff ")[:2], b"data: [1]\n\n"), "sends what is no chat completion: check"),
        (
            (*streamed("Staff ")[:2], b'data: {"choices": [{"delta": 3}]}\n\n'),
            "sends what is no chat completion: check",
        ),
    ],
)
async def test_an_answer_that_has_begun_is_never_begun_again(
    server: OpenAIServer, model: RemoteModel, chunks: tuple[bytes, ...], said: str
) -> None:
    """What came stands, the rest is an error, and no second answer is run into the first."""
    server.enqueue(Stream(chunks))
    pieces = model.stream(REQUEST)
    assert await anext(pieces) == "Staff "
    with pytest.raises(RemoteError) as caught:
        await anext(pieces)
    assert said in str(caught.value)
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (Stream((b'{"choices": []}',), "application/json"), "does not stream its answer: check"),
        (Stream((b"<html>Login</html>",), "text/html"), "does not stream its answer: check"),
    ],
)
async def test_what_is_no_stream_is_one_sentence(
    server: OpenAIServer, model: RemoteModel, stream: Stream, said: str
) -> None:
    """A page or a plain JSON in place of events says that the address is wrong."""
    server.enqueue(stream)
    assert said in await failed(model)


async def test_a_silent_server_is_given_up(server: OpenAIServer, waits: Waits) -> None:
    """Without a byte for so long, the server counts as lost, also within an answer."""
    quiet = Server(server.url, MODEL, server.key, silence_timeout_s=0.2, attempts=2)
    async with open_remote(quiet, waits) as model:
        server.enqueue(Stream((Hang(),)), Stream((Hang(),)))
        assert "fell silent: ask again, and raise silence_timeout_s" in await failed(model)
        server.enqueue(Stream((*streamed("Staff ")[:2], Hang())))
        assert "fell silent" in await failed(model)
    assert (len(server.calls), len(waits)) == (3, 1)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1/v1", "cannot be reached: start it, or correct url"),
        ("http://", "has no valid address: correct url"),
        ("nonsense", "has no valid address: correct url"),
        ("https://127.0.0.1:1/v1", "cannot be reached"),
    ],
)
async def test_a_server_that_is_not_there_is_one_sentence(
    waits: Waits, url: str, said: str
) -> None:
    """A wrong address or a server that does not run says which one, for answers and lists alike."""
    async with open_remote(Server(url, MODEL), waits) as model:
        assert said in await failed(model)
        with pytest.raises(RemoteError, match=said):
            await model.models()


async def test_a_certificate_that_nobody_trusts_is_one_sentence(
    server: OpenAIServer, waits: Waits
) -> None:
    """Speaking TLS to what speaks none, or is not trusted, is not tried again."""
    async with open_remote(Server(server.url.replace("http:", "https:"), MODEL), waits) as model:
        assert "certificate" in await failed(model)
    assert waits == []


async def test_the_key_is_never_told(server: OpenAIServer) -> None:
    """A server that repeats the key in its error does not bring it into a log."""
    async with open_remote(Server(server.url, MODEL, "sk-very-secret")) as model:
        server.key = "sk-very-secret"
        server.enqueue(Refusal(403, error("The key sk-very-secret is not allowed")))
        text = await failed(model)
    assert "sk-very-secret" not in text
    assert "The key ... is not allowed" in text


@pytest.mark.parametrize(
    ("url", "key", "said"),
    [
        ("http://localhost/v1", "sk-\n", "characters that no key has"),
        ("http://localhost/v1", "schlüssel", "characters that no key has"),
        ("http://me:secret@localhost/v1", "", "holds a password"),
    ],
)
async def test_what_cannot_be_sent_is_one_sentence(url: str, key: str, said: str) -> None:
    """A key with a line break in it and an address with a password are refused at the start."""
    with pytest.raises(ModelError, match=said) as caught:
        async with open_remote(Server(url, MODEL, key)):
            pass
    assert "secret" not in str(caught.value)


async def test_a_proxy_of_the_environment_is_used(
    server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment names a proxy, requests go there, unless no_proxy says otherwise."""
    proxy = server.url.removesuffix("/v1")
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")
    async with open_remote(Server("http://model.example/v1", MODEL, server.key)) as model:
        assert await written(model)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with open_remote(Server(server.url, MODEL, server.key)) as model:
        assert await written(model)
