"""A Hugging Face hub with one file, over real HTTP, as its library asks for files.

    async with hub(content) as server:
        ...  # HF_ENDPOINT is server.url

A file of the hub is large, so its address answers with a redirect to another host, which must not
get the token. What a test may choose: where the connection breaks, and who may have the file.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

REVISION = "0123456789abcdef0123456789abcdef01234567"


@dataclass(slots=True)
class Hub:
    """The hub.

    Attributes:
        content: The file.
        url: Its address.
        stated: The hash that it states; that of the file unless a test says otherwise.
        token: Without it nobody gets the file; "" lets everybody have it.
        error: The status and code with which it refuses, or None.
        cuts: After so many bytes each next download breaks off.
        ranges: It knows ranges.
        asked: The ranges that were asked for.
        leaked: The tokens that the other host was sent.
        revisions: The revisions of which the file was asked for.
    """

    content: bytes
    url: str = ""
    stated: str = ""
    token: str = ""
    error: tuple[int, str] | None = None
    cuts: deque[int] = field(default_factory=deque)
    ranges: bool = True
    asked: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    revisions: list[str] = field(default_factory=list)

    async def resolve(self, request: web.Request) -> web.Response:
        """HEAD and GET /{owner}/{name}/resolve/{revision}/{file}."""
        self.revisions.append(request.match_info["revision"])
        if self.error:
            status, code = self.error
            return web.Response(status=status, headers={"X-Error-Code": code} if code else {})
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=401, headers={"X-Error-Code": "GatedRepo"})
        headers = {
            "X-Repo-Commit": REVISION,
            "X-Linked-Etag": f'"{self.stated}"',
            "X-Linked-Size": str(len(self.content)),
            "ETag": '"of-the-pointer"',
            "Location": self.url.replace("127.0.0.1", "localhost") + "/storage/file",
        }
        return web.Response(status=302, headers=headers)

    async def storage(self, request: web.Request) -> web.StreamResponse:
        """GET /storage/file, on another host."""
        if "Authorization" in request.headers:
            self.leaked.append(request.headers["Authorization"])
        self.asked.append(request.headers.get("Range", ""))
        start = int(self.asked[-1].removeprefix("bytes=").removesuffix("-") or 0)
        start = start if self.ranges else 0
        rest = self.content[start:]
        response = web.StreamResponse(status=206 if self.ranges else 200)
        response.content_length = len(rest)
        if self.ranges:
            last, size = len(self.content) - 1, len(self.content)
            response.headers["Content-Range"] = f"bytes {start}-{last}/{size}"
        await response.prepare(request)
        if self.cuts:
            await response.write(rest[: self.cuts.popleft()])
            assert request.transport
            request.transport.close()
            return response
        await response.write(rest)
        await response.write_eof()
        return response


@asynccontextmanager
async def hub(content: bytes) -> AsyncIterator[Hub]:
    """A hub on a free port of loopback that has this file."""
    server = Hub(content, stated=hashlib.sha256(content).hexdigest())
    app = web.Application()
    app.router.add_get("/{owner}/{name}/resolve/{revision}/{file}", server.resolve)
    app.router.add_get("/storage/file", server.storage)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}"
        yield server
    finally:
        await runner.cleanup()
