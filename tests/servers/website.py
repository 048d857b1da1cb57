"""A website over real HTTP on loopback, as its pages, and what goes wrong on the way to them.

    async with website() as site:
        site.pages["/"] = Page("<h1>Start</h1>")
        ...  # site.url

Names of hosts are looked up by `Names`, so that a test can own any domain. Time passes by `Clock`,
which notes each wait and lets it pass at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult


@dataclass(slots=True)
class Page:
    """What one path answers.

    Attributes:
        body: The content.
        type: Its type, with an encoding where the header states one.
        status: The status.
        headers: Further headers.
        etag: Whether it has a validator, which is then honoured.
        modified: Its Last-Modified, which is honoured too; "" for none.
    """

    body: str | bytes = ""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: bool = True
    modified: str = ""

    @property
    def raw(self) -> bytes:
        """The body as bytes."""
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came.

    Attributes:
        path: Path and query.
        headers: Its headers, by their names in small letters.
        status: What it was answered.
    """

    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the next request of a path gets instead of its page.

    Attributes:
        status: This status; 0 lets the answer break off in its middle.
        headers: With these headers.
        silent: Nothing, until whoever asks gives up.
        lasting: All requests of the path from now on get it.
        late_s: Its page, so many seconds late.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    lasting: bool = False
    late_s: float = 0.0


@dataclass(slots=True)
class Site:
    """The site.

    Attributes:
        url: Its address.
        pages: What it answers, by path and query.
        troubles: What the next requests get instead, by path.
        asked: Every request.
        most_at_once: How many requests were on their way at the same time.
        begins: Called as each request comes.
        latency_s: Seconds that each answer takes.
    """

    url: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    troubles: dict[str, deque[Trouble]] = field(default_factory=lambda: defaultdict(deque))
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    begins: Callable[[str], None] = lambda _: None
    latency_s: float = 0.0
    _now: int = 0

    @property
    def port(self) -> int:
        """Its port."""
        return int(self.url.rpartition(":")[2])

    def paths(self, status: int | None = None) -> list[str]:
        """The paths that were asked for, of one status or all."""
        return [asked.path for asked in self.asked if status in {None, asked.status}]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            path = request.path_qs
            self.begins(path)
            if self.latency_s:
                await asyncio.sleep(self.latency_s)
            if self.troubles[path]:
                return await self._trouble(path, request)
            return self._page(path, request)
        finally:
            self._now -= 1

    def _note(self, request: web.Request, status: int) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.path_qs, headers, status))

    def _page(self, path: str, request: web.Request) -> web.Response:
        page = self.pages.get(path, Page("Nothing here.", status=404, etag=False))
        headers = {"Content-Type": page.type, **page.headers}
        tag = f'"{hashlib.sha256(page.raw).hexdigest()[:12]}"'
        unchanged = False
        if page.etag:
            headers["ETag"] = tag
            unchanged = request.headers.get("If-None-Match") == tag
        if page.modified:
            headers["Last-Modified"] = page.modified
            unchanged |= request.headers.get("If-Modified-Since") == page.modified
        if unchanged:
            self._note(request, HTTPStatus.NOT_MODIFIED)
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        self._note(request, page.status)
        return web.Response(status=page.status, body=page.raw, headers=headers)

    async def _trouble(self, path: str, request: web.Request) -> web.StreamResponse:
        trouble = self.troubles[path][0]
        if not trouble.lasting:
            self.troubles[path].popleft()
        if trouble.late_s:
            await asyncio.sleep(trouble.late_s)
            return self._page(path, request)
        self._note(request, trouble.status)
        if trouble.silent:
            await asyncio.Event().wait()
        if trouble.status:
            return web.Response(status=trouble.status, headers=trouble.headers, text="Trouble.")
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        response.content_length = 1_000_000
        await response.prepare(request)
        await response.write(b"<h1>Cut")
        assert request.transport
        request.transport.close()
        return response


@dataclass(slots=True)
class Clock:
    """Time that passes as soon as somebody waits.

    Attributes:
        time: Seconds.
        waits: Each wait.
    """

    time: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        """The time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.waits.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


class Names(AbstractResolver):
    """Looks names up in a table; each name's next answer may be another one.

    Args:
        table: For each host the addresses of each look-up; the last ones stay.
    """

    def __init__(self, table: Mapping[str, list[list[str]]]) -> None:
        self._table = {host: deque(answers) for host, answers in table.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The next answer of a host."""
        del family
        self.asked.append(host)
        if host not in self._table:
            raise OSError(f"no such name: {host}")
        answers = self._table[host]
        addresses = answers.popleft() if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing to release."""


@asynccontextmanager
async def website() -> AsyncIterator[Site]:
    """An empty site on a free port of loopback."""
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        site.url = f"http://{host}:{port}"
        yield site
    finally:
        await runner.cleanup()
