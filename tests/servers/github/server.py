"""The server: who may see what, pages, validators, limits and faults.

async with github() as hub:
    repo = hub.world.repo()
    ...  # hub.url
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.servers.github.graphql import answer, schema
from tests.servers.github.rest import Asking, Listing, Refusal, routed
from tests.servers.github.validation import assert_described
from tests.servers.github.world import Repo, World
from tests.servers.website import Trouble

TOKEN = "ghp_secret"  # noqa: S105  of a test
BASE = "/api/v3"
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer.

    Attributes:
        route: The `operationId` of GitHub's description; "graphql", or "" for what it lacks.
        path: Path and query, below the API.
        query: The query alone.
        headers: Of the request, by their names in small letters.
        status: Of the answer.
        sent: The JSON that was sent.
        said: The JSON that was answered; None where there was none.
    """

    route: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    status: int
    sent: Any
    said: Any


@dataclass(slots=True)
class GitHub:
    """A GitHub.

    Attributes:
        url: Where its API is.
        world: What there is.
        tokens: Those that are accepted.
        budget: How many requests it still answers in this hour; 304s are free.
        troubles: What goes wrong: each for the next request whose path or question holds a text.
        most_at_once: How many requests were on their way at the same time.
        latency_s: Seconds that each answer takes.
        exchanges: All that was asked and answered.
        begins: Called with the path as each request comes.
        keeps: Whether bodies are kept in `exchanges`, to be checked.
    """

    url: str = ""
    world: World = field(default_factory=World)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    budget: int = 1_000_000
    troubles: list[tuple[str, Trouble]] = field(default_factory=list)
    most_at_once: int = 0
    latency_s: float = 0.0
    exchanges: list[Exchange] = field(default_factory=list)
    begins: Callable[[str], None] = lambda _: None
    keeps: bool = True
    _now: int = 0
    _schema: Any = field(default_factory=schema)

    def paths(self, status: int | None = None) -> list[str]:
        """The paths that were asked for, of one status or all."""
        return [one.path for one in self.exchanges if status in {None, one.status}]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            path = request.path_qs.removeprefix(BASE)
            sent = await request.json() if request.method == "POST" else None
            self.begins(path)
            if self.latency_s:
                await asyncio.sleep(self.latency_s)
            about = path + json.dumps(sent) if sent else path
            trouble = self._trouble(about)
            if trouble and not trouble.late_s:
                return await self._fail(request, trouble)
            answer = self._answer(request, sent)
            if trouble:
                await asyncio.sleep(trouble.late_s)
            return answer
        finally:
            self._now -= 1

    def _trouble(self, about: str) -> Trouble | None:
        for number, (text, trouble) in enumerate(self.troubles):
            if text in about:
                if not trouble.lasting:
                    del self.troubles[number]
                return trouble
        return None

    async def _fail(self, request: web.Request, trouble: Trouble) -> web.StreamResponse:
        if trouble.status:
            message = trouble.headers.get("X-Message", "Trouble")
            return self._said(
                request, "", trouble.status, {"message": message}, more=trouble.headers
            )
        self._keep(request, "", 0, None, None)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = 1_000_000
        await response.prepare(request)
        await response.write(b'[{"id":')
        assert request.transport
        request.transport.close()
        return response

    def _answer(self, request: web.Request, sent: Any) -> web.Response:
        secret = request.headers.get("Authorization", "")
        token = secret.removeprefix("Bearer ")
        if secret and token not in self.tokens:
            return self._said(request, "", 401, {"message": "Bad credentials"})
        if self.budget <= 0:
            said = {"message": "API rate limit exceeded for user ID 1."}
            return self._said(request, "", 403, said)
        if request.path.endswith("/graphql"):
            return self._graphql(request, sent, token)
        try:
            route, found, link = self._rest(request, token)
        except Refusal as refusal:
            more = {"Location": refusal.location} if refusal.location else {}
            return self._said(request, "", refusal.status, {"message": refusal.message}, more=more)
        return self._said(request, route, 200, found, more=link)

    def _graphql(self, request: web.Request, sent: Any, token: str) -> web.Response:
        if not token:
            said: Any = {"message": "This endpoint requires you to be authenticated."}
            return self._said(request, "graphql", 401, said, sent=sent)
        said = answer(self._schema, self.world, lambda name: self._seen(name, token), sent)
        return self._said(request, "graphql", 200, said, sent=sent)

    def _seen(self, name: str, token: str) -> Repo | None:
        repo = self.world.repos.get(name.lower())
        return None if repo is None or (repo.private and not token) else repo

    def _rest(self, request: web.Request, token: str) -> tuple[str, Any, dict[str, str]]:
        path = request.path.removeprefix(BASE)
        if path.startswith("/repositories/"):
            return "", self._by_id(int(path.split("/")[2])), {}
        found = routed(path)
        repo = self._seen(found[1], token) if found else None
        if found is None or repo is None:
            raise Refusal(404, "Not Found")
        name, _, number, handler = found
        if repo.renamed:
            rest = path.split("/", 4)[4:]
            raise Refusal(
                301, "Moved Permanently", "/".join([f"{self.url}/repositories/{repo.id}", *rest])
            )
        content = handler(Asking(self.url, self.world, repo, number, request.query))
        return (name, *self._page(content, request))

    def _by_id(self, number: int) -> Any:
        for repo in self.world.repos.values():
            if repo.id == number:
                return {"full_name": repo.renamed or repo.name}
        raise Refusal(404, "Not Found")

    def _page(self, content: Any, request: web.Request) -> tuple[Any, dict[str, str]]:
        """One page of a listing, with where the next one is: by a cursor, as for large ones."""
        if not isinstance(content, Listing):
            return content, {}
        if int(request.query.get("page", "1")) > 1 and "after" not in request.query:
            raise Refusal(422, "Pagination with the page parameter is not supported.")
        size = min(int(request.query.get("per_page", "30")), 100)
        start = int(request.query.get("after", "0"))
        shown = [content.build(item) for item in content.items[start : start + size]]
        if start + size >= len(content.items):
            return shown, {}
        query = {**request.query, "after": str(start + size), "page": "2"}
        following = f"{self.url}{request.path.removeprefix(BASE)}?{urlencode(query)}"
        return shown, {"Link": f'<{self.url}/x>; rel="prev", <{following}>; rel="next"'}

    def _said(  # noqa: PLR0913  the parts of an answer
        self,
        request: web.Request,
        route: str,
        status: int,
        said: Any,
        *,
        more: Mapping[str, str] | None = None,
        sent: Any = None,
    ) -> web.Response:
        body = json.dumps(said).encode()
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and request.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        elif status != 403:
            self.budget -= 1
        headers = {
            "ETag": tag,
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(max(0, self.budget)),
            "X-RateLimit-Reset": str(int(time.time()) + _HOUR_S),
            **(more or {}),
        }
        self._keep(request, route, status, sent, said if status != 304 else None)
        if "Content-Type" in headers:
            return web.Response(status=status, body=b"<html>", headers=headers)
        if status == 304:
            return web.Response(status=304, headers=headers)
        return web.Response(
            status=status, body=body, headers=headers, content_type="application/json"
        )

    def _keep(self, request: web.Request, route: str, status: int, sent: Any, said: Any) -> None:
        path = request.path_qs.removeprefix(BASE)
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = dict(request.query)
        kept = said if self.keeps else None
        self.exchanges.append(Exchange(route, path, query, headers, status, sent, kept))


@asynccontextmanager
async def github(hub: GitHub | None = None) -> AsyncIterator[GitHub]:
    """A GitHub, empty where none is given, on a free port of loopback; checked where it can be.

    Raises:
        AssertionError: At the end, something that was asked or answered was not as published.
    """
    hub = hub or GitHub()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hub.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        hub.url = f"http://{host}:{port}{BASE}"
        yield hub
    finally:
        await runner.cleanup()
    assert_described(hub.exchanges)
