"""A Weaviate on the wire: the client's REST and gRPC calls against collections in memory.

It understands what Footnote asks for, in the client's own messages, and refuses all else; so it
proves requests. That Weaviate really ranks, filters and counts like this is proven by running the
same tests on a real one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import grpc
from aiohttp import web
from weaviate.proto.v1 import weaviate_pb2_grpc

from tests.servers.weaviate_faults import Faults
from tests.servers.weaviate_grpc import Servicer
from tests.servers.weaviate_model import Database
from tests.servers.weaviate_rest import rest


class FakeWeaviate:
    """One server, which can be stopped and started again with what it holds.

    Attributes:
        database: What it holds.
        faults: What goes wrong.
    """

    def __init__(self, version: str = "1.39.0", key: str = "") -> None:
        self.database = Database()
        self.faults = Faults(version=version, key=key)
        self._rest: web.AppRunner | None = None
        self._grpc: grpc.aio.Server | None = None
        self._http_port = self._grpc_port = 0

    @property
    def url(self) -> str:
        """Where REST is."""
        return f"http://127.0.0.1:{self._http_port}"

    @property
    def grpc(self) -> str:
        """Where gRPC is."""
        return f"127.0.0.1:{self._grpc_port}"

    async def start(self) -> None:
        """Listen, on the same ports as before if it has listened before."""
        self._rest = web.AppRunner(rest(self.database, self.faults))
        await self._rest.setup()
        site = web.TCPSite(self._rest, "127.0.0.1", self._http_port, reuse_address=True)
        await site.start()
        self._http_port = self._rest.addresses[0][1]
        options = [("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 104_858_000)]
        self._grpc = grpc.aio.server(options=options)
        add: Callable[..., None] = weaviate_pb2_grpc.add_WeaviateServicer_to_server
        add(Servicer(self.database, self.faults), self._grpc)
        self._grpc_port = self._grpc.add_insecure_port(f"127.0.0.1:{self._grpc_port}")
        await self._grpc.start()

    async def stop(self) -> None:
        """Listen no longer; what it holds stays."""
        if self._grpc and self._rest:
            await self._grpc.stop(None)
            await self._rest.cleanup()
            self._grpc = self._rest = None


@asynccontextmanager
async def fake_weaviate(version: str = "1.39.0", key: str = "") -> AsyncIterator[FakeWeaviate]:
    """A server that listens for as long as the block lasts."""
    server = FakeWeaviate(version, key)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
