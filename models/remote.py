"""A language model behind any server with OpenAI's chat completions, local or hosted."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from footnote.models.chat_completions import DONE, OPTIONAL, Delta, body_of, delta_of, refused_field
from footnote.models.errors import ModelError, RemoteError
from footnote.models.event_stream import EventStream
from footnote.models.generation import Message, Queued, Request
from footnote.models.proxies import proxy_to
from footnote.models.remote_errors import broken_off, refused, unreachable
from footnote.models.thoughts import ThoughtFilter

LONGEST_WAIT_S = 20.0
"""A server that wants to be left alone for longer is told as an error."""
_COMPLAINT_BYTES = 20_000
_BYTES_A_TOKEN, _TOKENS_A_MESSAGE = 3, 8

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Server:
    """Where a model is, and how much patience it gets.

    Attributes:
        url: Address of the API, such as "https://api.openai.com/v1".
        model: The server's name of the model.
        key: Sent as the bearer, or "" where the server wants none.
        context_tokens: How many tokens prompt and answer may have together.
        connect_timeout_s: Seconds until a connection has to stand.
        silence_timeout_s: Seconds without a byte after which the server counts as lost.
        attempts: How often a request is sent before its first token has come.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    context_tokens: int = 8192
    connect_timeout_s: float = 10.0
    silence_timeout_s: float = 60.0
    attempts: int = 3

    @property
    def name(self) -> str:
        """How sentences call it."""
        return f"The language model's server {self.url}"


class RemoteModel:
    """Writes answers with a server's model; satisfies `LanguageModel`. `open_remote` makes one."""

    def __init__(
        self, server: Server, session: aiohttp.ClientSession, pause: Pause = asyncio.sleep
    ) -> None:
        """Use a server.

        Args:
            server: Where it is.
            session: What requests are sent with.
            pause: Waits for some seconds before another attempt.
        """
        self._server = server
        self._session = session
        self._pause = pause
        self._proxy = proxy_to(server.url)
        self._without: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The server's name of the model."""
        return self._server.model

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together, as the settings say."""
        return self._server.context_tokens

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """An estimate on the safe side, as servers do not count: a token for three bytes of UTF-8.

        English has over four bytes a token in today's vocabularies, Chinese about three.
        """
        return sum(
            _TOKENS_A_MESSAGE + -(-len(message.text.encode("utf-8", "replace")) // _BYTES_A_TOKEN)
            for message in messages
        )

    async def stream(self, request: Request) -> AsyncGenerator[str | Queued, None]:
        """The next message in pieces, without the model's thoughts.

        What fails before the first token is tried again, unless that would take longer than the
        deadline allows. Closing the generator closes the connection, which ends the server's work.

        Raises:
            RemoteError: The server cannot be reached, refuses, breaks off, or only thinks.
        """
        thoughts = ThoughtFilter()
        visible = only_thought = False
        async with aclosing(self._deltas(request)) as deltas:
            async for delta in deltas:
                only_thought = only_thought or delta.thought
                if shown := thoughts.feed(delta.text):
                    visible = True
                    yield shown
        if rest := thoughts.finish():
            yield rest
        elif not visible and (only_thought or thoughts.hidden):
            raise RemoteError(
                f"{self._server.model} thought until its tokens were used up and said nothing: "
                "choose a model that does not think, or switch its thinking off at the server."
            )

    async def models(self) -> tuple[str, ...]:
        """The names of the models that the server lists; none where it keeps no list.

        Raises:
            RemoteError: It cannot be reached, or does not take the key.
        """
        try:
            async with self._session.get(self._address("models"), **self._options) as answer:
                if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
                    return ()
                await self._check(answer, {})
                listed: Any = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(error, server=self._server.name) from error
        except ValueError:
            return ()
        data = listed.get("data") if isinstance(listed, dict) else None
        return tuple(
            str(item["id"]) for item in data or () if isinstance(item, dict) and "id" in item
        )

    async def _deltas(self, request: Request) -> AsyncGenerator[Delta, None]:
        """What the events add; another attempt is made as long as there was none."""
        for attempt in count(1):
            begun = False
            try:
                async with aclosing(self._attempt(request)) as deltas:
                    async for delta in deltas:
                        begun = True
                        yield delta
            except RemoteError as error:
                if begun or not error.passing or attempt >= self._server.attempts:
                    raise
                await self._wait(error, attempt, request.deadline)
            else:
                return

    async def _wait(self, error: RemoteError, attempt: int, deadline: float | None) -> None:
        """Wait before another attempt.

        Raises:
            RemoteError: The same one, where there is no time to wait so long.
        """
        seconds = error.wait_s
        if seconds is None:
            seconds = 2 ** (attempt - 2) * random.uniform(0.75, 1.25)  # noqa: S311  spreads callers
        late = deadline is not None and asyncio.get_running_loop().time() + seconds >= deadline
        if late or seconds > LONGEST_WAIT_S:
            raise error
        await self._pause(seconds)

    async def _attempt(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Send the request once, but again at once without an optional field that is refused."""
        while True:
            body = body_of(request, self._server.model, self._without)
            try:
                async with self._session.post(
                    self._address("chat/completions"), json=body, **self._options
                ) as answer:
                    if await self._check(answer, body):
                        continue
                    async for delta in self._read(answer):
                        yield delta
                    return
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise unreachable(error, server=self._server.name) from error

    async def _read(self, answer: aiohttp.ClientResponse) -> AsyncGenerator[Delta, None]:
        if answer.content_type != "text/event-stream":
            raise RemoteError(
                f"{self._server.name} does not stream its answer: check that url below [remote] "
                "is that of an OpenAI-compatible API."
            )
        events = EventStream()
        finished = None
        async for chunk in answer.content.iter_any():
            for data in events.feed(chunk):
                if data == DONE:
                    return
                delta = delta_of(data, self._server.name)
                finished = delta.finished or finished
                if finished == "error":
                    raise broken_off(self._server.name)
                if delta.text or delta.thought:
                    yield delta
        if finished is None:
            raise broken_off(self._server.name)

    async def _check(self, answer: aiohttp.ClientResponse, body: dict[str, Any]) -> bool:
        """Whether to send the request again without a field that the server refuses.

        Raises:
            RemoteError: The server refuses the request altogether.
        """
        if answer.status == HTTPStatus.OK:
            return False
        said = await answer.content.read(_COMPLAINT_BYTES)
        if self._server.key:
            said = said.replace(self._server.key.encode(), b"...")
        error, complaint = refused(
            answer.status,
            said,
            answer.headers,
            server=self._server.name,
            model=self._server.model,
        )
        field_refused = refused_field(complaint, set(OPTIONAL) & set(body))
        if answer.status == HTTPStatus.BAD_REQUEST and field_refused:
            self._without |= {field_refused}
            return True
        raise error

    def _address(self, path: str) -> str:
        return f"{self._server.url.rstrip('/')}/{path}"

    @property
    def _options(self) -> dict[str, Any]:
        """What every request has."""
        bearer = {"Authorization": f"Bearer {self._server.key}"} if self._server.key else {}
        return {"headers": bearer, "proxy": self._proxy, "allow_redirects": False}


@asynccontextmanager
async def open_remote(server: Server, pause: Pause = asyncio.sleep) -> AsyncIterator[RemoteModel]:
    """A model behind a server, with connections that are closed at the end.

    The environment's proxies are used. Nothing is sent before the first request.

    Args:
        server: Where it is.
        pause: Waits for some seconds before another attempt.

    Raises:
        ModelError: The key holds what no header can, or the address has a password.
    """
    if "@" in urlsplit(server.url).netloc:
        raise ModelError(
            "The address of the language model's server holds a password: take it out of url "
            "below [remote], and name the environment variable with the key by key_env."
        )
    if not server.key.isprintable() or not server.key.isascii():
        raise ModelError(
            "The key of the language model's server holds characters that no key has: set the "
            "environment variable that key_env below [remote] names again."
        )
    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=server.connect_timeout_s, sock_read=server.silence_timeout_s
    )
    # Answers may be many at once, and each has a connection of its own.
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        yield RemoteModel(server, session, pause)
