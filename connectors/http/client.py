"""Fetching over HTTP from servers that people configure, politely and without being led astray."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from footnote.connectors.http.addresses import AddressGuard, RefusedAddressError
from footnote.connectors.http.pace import Clock, LoopClock, Pace
from footnote.connectors.http.replies import (
    RefusedError,
    Reply,
    TooLargeError,
    UnreachableError,
)

_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
_ASKS_TO_WAIT = frozenset({429, 503})
_PATIENCE = 10
"""A whole answer may take so many times as long as the server may be silent."""
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """How a client behaves towards servers.

    Attributes:
        requests_per_second: How many requests a second one server gets at most.
        at_once: How many of them may be on their way.
        max_bytes: A larger answer is not read.
        timeout_s: Seconds of silence after which a try has failed.
        tries: How often a request is sent where an answer fails to come or is a passing error.
        longest_wait_s: A server that wants to be left alone for longer is left alone.
    """

    requests_per_second: float = 5.0
    at_once: int = 4
    max_bytes: int = 20_000_000
    timeout_s: float = 30.0
    tries: int = 4
    longest_wait_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers that are sent to one server alone.

    Attributes:
        origin: That server, as scheme, host and port.
        headers: What it is sent beside the rest; never logged.
    """

    origin: URL
    headers: Mapping[str, str]

    def for_url(self, url: URL) -> Mapping[str, str]:
        """The headers for an address; none where it is another server's."""
        return self.headers if url.origin() == self.origin else {}


NOBODY = Credentials(URL("http://localhost"), {})
"""No credentials."""


def asked_wait(reply: Reply) -> float | None:
    """Seconds that a server asks to be left alone by Retry-After (RFC 9110, 10.2.3).

    None where it does not ask.
    """
    return retry_after(reply) if reply.status in _ASKS_TO_WAIT else None


def retry_after(reply: Reply) -> float | None:
    """What Retry-After says, in seconds, or None where it says nothing."""
    stated = reply.headers.get("Retry-After", "").strip()
    if stated.isdecimal():
        return float(stated[:9])
    try:
        moment = parsedate_to_datetime(stated)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, in one try or several.

    Attributes:
        method: "GET" or "POST".
        url: The address.
        headers: Its headers beside the client's own.
        content: The body, or None.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None


class HttpClient:
    """Fetches from any number of servers; connections live while somebody is within `open`.

    Args:
        limits: How it behaves.
        headers: What every request carries.
        credentials: What the requests to one server carry beside that.
        guard: Decides which addresses are connected to.
        clock: Tells the time and waits.
        waits: Seconds that a reply asks to be left alone before another try; None where it does
            not ask.
    """

    def __init__(  # noqa: PLR0913  each can be left out
        self,
        limits: HttpLimits,
        *,
        headers: Mapping[str, str],
        credentials: Credentials = NOBODY,
        guard: AddressGuard | None = None,
        clock: Clock | None = None,
        waits: Callable[[Reply], float | None] = asked_wait,
    ) -> None:
        self._limits = limits
        self._headers = dict(headers)
        self._credentials = credentials
        self._guard = guard or AddressGuard()
        self._clock = clock or LoopClock()
        self._waits = waits
        self._paces: dict[str, Pace] = {}
        self._session: aiohttp.ClientSession | None = None
        self._users = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep connections for as long as the block lasts; blocks may overlap."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users and self._session:
                session, self._session = self._session, None
                await session.close()

    def pace(self, url: str) -> Pace:
        """The pace at which the server of an address is asked."""
        host = URL(url).authority
        if host not in self._paces:
            interval = 1 / self._limits.requests_per_second
            self._paces[host] = Pace(interval, self._limits.at_once, self._clock)
        return self._paces[host]

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        wanted: Callable[[Reply], bool] = lambda _: True,
    ) -> Reply:
        """Ask an address, again where the failure may pass; a redirect is an answer.

        Args:
            url: What to ask.
            headers: What this request carries beside the client's own.
            wanted: Looks at status and headers and says whether the content is to be read.

        Raises:
            RefusedError: The address may not be asked.
            TooLargeError: The content is too large.
            UnreachableError: No try had a whole answer.
        """
        return await self._asked(Request("GET", url, headers or {}), wanted)

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a question that may be sent again, such as one of GraphQL; as `get` otherwise.

        Args:
            url: Where to.
            content: The body.
            headers: What this request carries beside the client's own.

        Raises:
            HttpError: As `get`.
        """
        return await self._asked(Request("POST", url, headers, content), lambda _: True)

    async def _asked(self, request: Request, wanted: Callable[[Reply], bool]) -> Reply:
        target, url = _target(request.url), request.url
        async with self.open():
            for attempt in range(1, self._limits.tries + 1):
                last = attempt == self._limits.tries
                backoff = 2.0 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311  no secret
                try:
                    async with self.pace(url).turn():
                        reply = await self._ask(target, request, wanted)
                except UnreachableError:
                    if last:
                        raise
                    await self._clock.sleep(backoff)
                    continue
                wait = self._waits(reply)
                if wait is not None:
                    backoff = wait
                    self.pace(url).pause(min(wait, self._limits.longest_wait_s))
                if (
                    last
                    or (wait is None and reply.status not in _WORTH_ANOTHER_TRY)
                    or backoff > self._limits.longest_wait_s
                ):
                    return reply
                await self._clock.sleep(backoff)
        raise AssertionError("a client has at least one try")

    async def get_following(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        wanted: Callable[[Reply], bool] = lambda _: True,
        allowed: Callable[[str], bool] = lambda _: True,
        hops: int = 5,
    ) -> Reply:
        """Ask an address and go where it redirects to.

        Args:
            url: What to ask.
            headers: As for `get`.
            wanted: As for `get`.
            allowed: Whether an address may be gone to; where not, the redirect is the answer.
            hops: After so many redirects the next one is the answer.

        Raises:
            HttpError: As `get`.
        """
        reply = await self.get(url, headers, wanted=wanted)
        for _ in range(hops):
            target = reply.location
            if target is None or not allowed(target):
                break
            reply = await self.get(target, headers, wanted=wanted)
        return reply

    async def _ask(self, url: URL, request: Request, wanted: Callable[[Reply], bool]) -> Reply:
        carried = {**self._headers, **request.headers, **self._credentials.for_url(url)}
        try:
            async with self._opened().request(
                request.method, url, data=request.content, headers=carried, allow_redirects=False
            ) as response:
                reply = Reply(str(url), response.status, response.headers)
                if not wanted(reply):
                    response.close()  # what is not read would otherwise come all the same
                    return reply
                body = await self._read(response)
                return Reply(reply.url, reply.status, reply.headers, body)
        except (aiohttp.InvalidURL, aiohttp.ClientSSLError) as error:
            raise RefusedError(f"it cannot be asked ({error})") from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, RefusedAddressError):
                raise RefusedError(
                    f"{url.host} is at {error.os_error.address}, which is not a public address: "
                    'where that is meant, add it to "private_addresses"'
                ) from error
            raise UnreachableError(f"it cannot be reached ({_said(error)})") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UnreachableError(f"it cannot be reached ({_said(error)})") from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > self._limits.max_bytes:
                response.close()
                raise TooLargeError(
                    f"it is too large (at most {self._limits.max_bytes:,} bytes are read)"
                )
        return bytes(body)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            silence = self._limits.timeout_s
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._guard.resolver(),
                    socket_factory=self._guard.socket,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=_PATIENCE * silence, sock_connect=silence, sock_read=silence
                ),
            )
        return self._session


def _target(url: str) -> URL:
    """The address as it is sent.

    Raises:
        RefusedError: It is none of the web.
    """
    try:
        target = URL(url)
    except ValueError as error:
        raise RefusedError("it is not an address") from error
    if target.scheme not in {"http", "https"} or not target.host:
        raise RefusedError("it is not an address of the web")
    if target.user is not None:
        raise RefusedError("it holds a user's name or password")
    return target


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name cannot be looked up"
    if isinstance(error, aiohttp.ClientConnectorError):
        return (error.os_error.strerror or str(error.os_error)).lower()
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer broke off"
    return str(error) or type(error).__name__
