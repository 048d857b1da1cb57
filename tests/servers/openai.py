"""A server of OpenAI's chat completions, over real HTTP, that answers as tests tell it to.

    async with openai_server() as server:
        server.enqueue(Stream(streamed("Staff get ", "28 days [1].")))
        ...  # the client connects to server.url with server.key

A request that the API's reference does not allow gets the error that the reference has for it.
What it has to choose: the reference says nothing of chunks, so a stream is sent in the chunks that
a test cuts, each in a write of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

MODEL, KEY = "test-model", "sk-right"
FIELDS: Mapping[str, tuple[type, ...]] = {
    "model": (str,),
    "messages": (list,),
    "stream": (bool,),
    "max_tokens": (int,),
    "max_completion_tokens": (int,),
    "temperature": (int, float),
    "top_p": (int, float),
    "seed": (int,),
}
"""The fields of a request that this server knows, with their JSON types."""


class Hang:
    """Send nothing more until the client goes away."""


class Cut:
    """Break the connection off."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A response that comes in chunks.

    Attributes:
        chunks: What is written, one after the other.
        content_type: What it says it is.
    """

    chunks: Sequence[bytes | Hang | Cut]
    content_type: str = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A response with a status and a body.

    Attributes:
        status: The status.
        body: JSON, or bytes as they are.
        headers: Further headers.
    """

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """A request for a completion.

    Attributes:
        body: Its JSON.
        headers: Its headers.
        gone: Set when the client has closed the connection before the end.
    """

    body: dict[str, Any]
    headers: Mapping[str, str]
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class OpenAIServer:
    """The server; `openai_server` starts one.

    Attributes:
        calls: Every completion that was asked for, oldest first.
        url: The address of the API.
        key: The key that it takes.
        models: The models that it has.
        refuses: Fields that its model does not support.
        asked: Set once the first completion was asked for.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.url = ""
        self.key = KEY
        self.models = [MODEL]
        self.refuses: set[str] = set()
        self.asked = asyncio.Event()
        self._replies: deque[Stream | Refusal] = deque()

    def enqueue(self, *replies: Stream | Refusal) -> None:
        """Give these replies next; without any left, it says how long annual leave is."""
        self._replies.extend(replies)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/chat/completions."""
        call = Call(await request.json(), request.headers)
        self.calls.append(call)
        self.asked.set()
        reply: Stream | Refusal | None = self._wrong(request, call.body)
        if reply is None and self._replies:
            reply = self._replies.popleft()
        reply = reply or Stream(streamed("Staff get ", "28 days [1]. ", "Ask first [1, 2]."))
        if isinstance(reply, Refusal):
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            return web.Response(status=reply.status, body=body, headers=reply.headers)
        return await _sent(request, call, reply)

    async def listed(self, request: web.Request) -> web.Response:
        """GET /v1/models."""
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response(_wrong_key().body, status=401)
        models = [{"id": name, "object": "model"} for name in self.models]
        return web.json_response({"object": "list", "data": models})

    def _wrong(self, request: web.Request, body: dict[str, Any]) -> Refusal | None:
        """What the reference has against this request."""
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return _wrong_key()
        if body.get("model") not in self.models:
            message = f"The model `{body.get('model')}` does not exist"
            return Refusal(404, error(message, code="model_not_found"))
        messages = body.get("messages") or [{}]
        if any(set(item) != {"role", "content"} for item in messages):
            return Refusal(400, error("Invalid value for 'messages'", param="messages"))
        return next((wrong for item in body.items() if (wrong := self._wrong_field(*item))), None)

    def _wrong_field(self, name: str, value: object) -> Refusal | None:
        if name not in FIELDS:
            return Refusal(400, error(f"Unrecognized request argument: {name}"))
        if not isinstance(value, FIELDS[name]):
            return Refusal(400, error(f"Invalid type for '{name}'", param=name))
        if name in self.refuses:
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            return Refusal(400, error(message, param=name, code="unsupported_parameter"))
        return None


@asynccontextmanager
async def openai_server() -> AsyncIterator[OpenAIServer]:
    """A server on a free port of loopback."""
    server = OpenAIServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.complete)
    app.router.add_get("/v1/models", server.listed)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}/v1"
        yield server
    finally:
        await runner.cleanup()


def streamed(
    *texts: str, finish: str | None = "stop", usage: bool = False, done: bool = True
) -> tuple[bytes, ...]:
    """The events of an answer in these pieces, one chunk an event, as the reference has them."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text} for text in texts]
    return (
        *(chunk({"delta": delta, "finish_reason": None}) for delta in deltas),
        *([chunk({"delta": {}, "finish_reason": finish})] if finish else []),
        *([chunk(None)] if usage else []),
        *([b"data: [DONE]\n\n"] if done else []),
    )


def chunk(choice: dict[str, Any] | None) -> bytes:
    """One event with one choice; without any it is the one that tells the usage."""
    event: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": MODEL,
        "choices": [{"index": 0, "logprobs": None, **choice}] if choice else [],
        "usage": None if choice else {"prompt_tokens": 9, "completion_tokens": 5},
    }
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def error(message: str, *, param: str | None = None, code: str | None = None) -> object:
    """The body of an error."""
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _wrong_key() -> Refusal:
    return Refusal(401, error("Incorrect API key provided", code="invalid_api_key"))


async def _sent(request: web.Request, call: Call, reply: Stream) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": reply.content_type})
    try:
        await response.prepare(request)
        for each in reply.chunks:
            match each:
                case Hang():
                    await asyncio.Event().wait()
                case Cut():
                    assert request.transport
                    request.transport.abort()
                    return response
                case bytes():
                    await response.write(each)
                    await asyncio.sleep(0)  # so that chunks stay apart on their way
        await response.write_eof()
    except (asyncio.CancelledError, ConnectionError):
        call.gone.set()
        raise
    return response
