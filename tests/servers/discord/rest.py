"""The REST API over HTTP: tokens, rates and faults around each route."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from tests.servers.discord.call import Call, Reply, read_body
from tests.servers.discord.desk import Desk, Route
from tests.servers.discord.errors import DiscordError
from tests.servers.discord.faults import Fault, Faults
from tests.servers.discord.model import Application
from tests.servers.discord.rates import Rates
from tests.servers.discord.recording import Recording, What
from tests.servers.discord.routes import (
    applications,
    channels,
    commands,
    guilds,
    interactions,
    messages,
    reactions,
    webhooks,
)

ROUTES: list[Route] = [
    *applications.ROUTES,
    *channels.ROUTES,
    *commands.ROUTES,
    *guilds.ROUTES,
    *interactions.ROUTES,
    *messages.ROUTES,
    *reactions.ROUTES,
    *webhooks.ROUTES,
]

BASE = "/api/v10"
VIA = {"Via": "1.1 loopback"}


class _CutError(Exception):
    """The connection is cut instead of an answer."""


class Rest:
    """Answers everything under `/api/v10`.

    Attributes:
        asked: How many requests have come so far.
        latency_s: So many seconds pass before each answer.
    """

    def __init__(self, desk: Desk, faults: Faults, rates: Rates, recording: Recording) -> None:
        self._desk = desk
        self._faults = faults
        self._rates = rates
        self._recording = recording
        self.asked = 0
        self.latency_s = 0.0

    def add_routes(self, app: web.Application) -> None:
        """Serve every route in an application; what is not there is recorded as a 404."""
        for route in ROUTES:
            app.router.add_route(route.method, BASE + route.path, self._handler(route))
        app.router.add_route("*", BASE + "/{rest:.*}", self._handler(_UNKNOWN))

    def _handler(self, route: Route) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(route, request)

        return handle

    async def _handle(self, route: Route, request: web.Request) -> web.StreamResponse:
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        self.asked += 1
        number, headers = str(self.asked), dict(VIA)
        try:
            call = await self._read(route, request, number)
            reply = await self._reply(route, call, headers)
        except DiscordError as refusal:
            reply = Reply(refusal.body, refusal.status)
        except _CutError:
            self._recording.add(What.ANSWER, route.name, number, None)
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        self._recording.add(
            What.ANSWER,
            route.name,
            number,
            reply.body,
            status=reply.shown_status,
            headers=dict(headers),
        )
        return _response(reply, headers)

    async def _read(self, route: Route, request: web.Request, number: str) -> Call:
        """Take a request down, and see whose it is.

        Raises:
            DiscordError: It is no JSON, or its token is wrong.
        """
        names, query = dict(request.match_info), dict(request.query)
        broken, body = None, None
        files: dict[str, int] = {}
        try:
            body, files = await read_body(request)
        except DiscordError as error:
            broken = error
        self._recording.add(What.CALL, route.name, number, body, names=names, query=query)
        application = self._application(request)
        if route.needs_token and application is None:
            raise DiscordError(0)
        if broken:
            raise broken
        return Call(route.name, names, query, body, files, application)

    async def _reply(self, route: Route, call: Call, headers: dict[str, str]) -> Reply:
        """What a route answers, or what a fault makes of it.

        Raises:
            DiscordError: It is refused.
            _CutError: There is no answer.
        """
        fault, clock = self._faults.next(route.name) or Fault(), self._desk.world.clock
        await clock.sleep_until(clock.now() + fault.slow_s)
        if not fault.taken and (broken := self._broken(call, fault, headers)):
            return broken
        verdict = self._rates.judge(call)
        headers.update(verdict.headers)
        if verdict.retry_after is not None:
            return _limited(verdict.retry_after, everywhere=verdict.everywhere)
        if fault.code is not None:
            raise DiscordError(fault.code)
        reply = route.handler(self._desk, call)
        return (self._broken(call, fault, headers) if fault.taken else None) or reply

    def _broken(self, call: Call, fault: Fault, headers: dict[str, str]) -> Reply | None:
        """What a fault answers instead of the route."""
        if fault.drops:
            raise _CutError
        if fault.status is None:
            return None
        if fault.retry_after is None:
            return Reply(f"<html>{fault.status}</html>", fault.status)
        if not fault.via:
            headers.clear()
            return Reply("<html>banned</html>", fault.status)
        told = self._rates.told(call, fault.retry_after, everywhere=fault.everywhere)
        headers.update(told)
        return _limited(fault.retry_after, everywhere=fault.everywhere)

    def _application(self, request: web.Request) -> Application | None:
        token = request.headers.get("Authorization", "")
        if not token.startswith("Bot "):
            return None
        return self._desk.world.application_of(token.removeprefix("Bot "))


def _limited(retry_after: float, *, everywhere: bool) -> Reply:
    message = "You are being rate limited."
    body = {"message": message, "retry_after": round(retry_after, 3), "global": everywhere}
    return Reply(body | {"code": 0}, 429)


def _response(reply: Reply, headers: dict[str, str]) -> web.Response:
    """An answer over HTTP; JSON without a charset, as Discord has it and clients expect it."""
    status, data = reply.shown_status, reply.body
    if data is None:
        return web.Response(status=status, headers=headers)
    if isinstance(data, str):
        return web.Response(text=data, status=status, headers=headers, content_type="text/html")
    headers = headers | {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=headers)


def _not_here(desk: Desk, call: Call) -> Reply:
    del desk, call
    return Reply({"message": "404: Not Found", "code": 0}, 404)


_UNKNOWN = Route("unknown", "*", "/", _not_here, needs_token=False)
