"""The connection to Redis and the scripts that run there."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError

from footnote.bot.state.errors import StateError
from footnote.bot.state.redis_errors import BadUrlError, told

CONNECT_S, ANSWER_S = 3.0, 5.0
"""How long the client waits for a connection, and for the answer to one command."""

CONNECTIONS = 32
"""How many operations of one process are under way at once; the others wait their turn."""

SHARED = ("keys", "questions", "records")
"""What is put before every script."""

Argument = str | bytes | int


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the hash by which Redis knows it.

    Attributes:
        source: Lua.
        sha1: Of the source, in hexadecimal digits.
    """

    source: str
    sha1: str


@cache
def script(name: str) -> Script:
    """One of the scripts in `lua/`, with what they share put before it."""
    folder = files("footnote.bot.state") / "lua"
    parts = [(folder / f"{part}.lua").read_text(encoding="utf-8") for part in (*SHARED, name)]
    source = "\n".join(parts)
    digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
    return Script(source, digest)


class Link:
    """Runs scripts on one Redis, each of which sees and touches only keys under one root.

    It connects when it has to and never repeats anything by itself; a connection that the server
    has closed meanwhile is replaced before it is used.

    Args:
        client: The client.
        server: The server's address, to be read by anybody.
        prefix: What tells this Footnote's keys from others.
    """

    def __init__(self, client: Redis, server: str, prefix: str) -> None:
        self._send: Callable[..., Awaitable[Any]] = client.execute_command
        self._server = server
        # Braces make a cluster keep all of these keys in one slot.
        self._root = f"{{{prefix}}}"
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def run(self, name: str, *arguments: Argument) -> Any:
        """Run a script, as one step.

        Args:
            name: Its file in `lua/`, without the ending.
            arguments: What it finds in ARGV.

        Returns:
            What it returns: bytes, a number, None or a list of these.

        Raises:
            StateUnavailableError: It did not run, or nobody knows whether it did.
        """
        chosen = script(name)
        keys_and_arguments = (1, self._root, *arguments)
        async with self._turns:
            with told(self._server):
                try:
                    return await self._send("EVALSHA", chosen.sha1, *keys_and_arguments)
                except NoScriptError:
                    # Redis forgets scripts when it starts anew; EVAL makes it remember.
                    return await self._send("EVAL", chosen.source, *keys_and_arguments)

    def key(self, family: str, *name: str) -> str:
        """A key, as keys.lua names it."""
        return ":".join((self._root, family, *name))

    async def command(self, *parts: Argument) -> Any:
        """Send one command, for what needs no script.

        Raises:
            StateUnavailableError: It failed, or nobody knows.
        """
        async with self._turns:
            with told(self._server):
                return await self._send(*parts)


@asynccontextmanager
async def open_link(url: str, *, prefix: str = "footnote") -> AsyncIterator[Link]:
    """A link that is closed at the end; nothing is sent before it is used.

    Args:
        url: As redis-py understands it: redis://, rediss:// or unix://.
        prefix: What tells this Footnote's keys from others.

    Raises:
        StateError: The URL or the prefix cannot be used.
    """
    if not prefix or {"{", "}"} & set(prefix):
        raise StateError(f"{prefix!r} cannot begin the keys in Redis: use a word without braces.")
    options = _options(url)
    pool = ConnectionPool(**options)
    client = Redis.from_pool(pool)
    try:
        yield Link(client, _address(options), prefix)
    finally:
        await client.aclose()


def _options(url: str) -> dict[str, Any]:
    try:
        options: dict[str, Any] = dict(parse_url(url))
    except ValueError:
        # The client's text may repeat the password.
        raise BadUrlError from None
    return {
        "socket_connect_timeout": CONNECT_S,
        "socket_timeout": ANSWER_S,
        "socket_keepalive": True,
        **options,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
        "decode_responses": False,
    }


def _address(options: dict[str, Any]) -> str:
    if path := options.get("path"):
        return str(path)
    return f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"
