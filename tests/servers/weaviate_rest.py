"""The REST interface of the Weaviate on the wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.servers.weaviate_faults import Faults
from tests.servers.weaviate_model import Database, Item, WeaviateError, property_schema

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def rest(database: Database, faults: Faults) -> web.Application:
    """What answers at /v1."""
    pages = _Pages(database, faults)
    app = web.Application(middlewares=[pages.enter], client_max_size=104_858_000)
    app.add_routes(
        [
            web.get("/v1/meta", pages.meta),
            web.get("/v1/schema/{name}", pages.look),
            web.post("/v1/schema", pages.create),
            web.delete("/v1/schema/{name}", pages.drop),
            web.post("/v1/schema/{name}/properties", pages.add_property),
            web.post("/v1/objects", pages.insert),
        ]
    )
    return app


class _Pages:
    def __init__(self, database: Database, faults: Faults) -> None:
        self._database = database
        self._faults = faults

    @web.middleware
    async def enter(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._faults.lets_in(request.headers.get("authorization")):
            return web.json_response({"code": 401, "message": "invalid api key"}, status=401)
        await self._faults.called(f"{request.method} {request.path}")
        try:
            return await handler(request)
        except WeaviateError as error:
            return web.json_response({"error": [{"message": str(error)}]}, status=422)

    async def meta(self, _: web.Request) -> web.Response:
        return web.json_response({"hostname": "", "modules": {}, "version": self._faults.version})

    async def look(self, request: web.Request) -> web.Response:
        held = self._database.held.get(request.match_info["name"])
        return web.json_response(held.schema) if held else web.json_response({}, status=404)

    async def create(self, request: web.Request) -> web.Response:
        self._refuse_writes()
        return web.json_response(self._database.create(await request.json()))

    async def drop(self, request: web.Request) -> web.Response:
        self._refuse_writes()
        self._database.held.pop(request.match_info["name"], None)
        return web.json_response({})

    async def add_property(self, request: web.Request) -> web.Response:
        held = self._database[request.match_info["name"]]
        held.schema["properties"].append(property_schema(await request.json()))
        return web.json_response({})

    async def insert(self, request: web.Request) -> web.Response:
        self._refuse_writes()
        given: dict[str, Any] = await request.json()
        held = self._database[given["class"]]
        if given["id"] in held.items:
            message = f"id '{given['id']}' already exists"
            raise WeaviateError(message)
        held.write(Item(given["id"], given["properties"], None))
        return web.json_response(given)

    def _refuse_writes(self) -> None:
        if self._faults.read_only:
            message = "store is read-only"
            raise WeaviateError(message)
