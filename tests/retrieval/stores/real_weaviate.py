"""A real Weaviate under the contract: one server for all tests of a process, new names for each."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from weaviate import use_async_with_custom

from footnote.retrieval.stores.weaviate_options import VectorIndex, WeaviateOptions
from tests.servers.weaviate_server import WeaviateServer, weaviate_executable

PATIENCE_S = 120.0


@cache
def addresses() -> tuple[str, str]:
    """REST and gRPC of the server in FOOTNOTE_TEST_WEAVIATE_URL, or of one that ends with us.

    The variable holds the URL of REST and, behind a comma, HOST:PORT of gRPC if that is not the
    usual one. Where there is neither it nor an executable, the test is skipped.
    """
    if given := os.environ.get("FOOTNOTE_TEST_WEAVIATE_URL"):
        url, _, grpc = given.partition(",")
        return url, grpc
    executable = weaviate_executable()
    folder = Path(tempfile.mkdtemp(prefix="footnote-weaviate-"))
    server = WeaviateServer(executable, folder / "data")
    server.start()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.kill)
    return server.url, server.grpc


@asynccontextmanager
async def own_collections(index: VectorIndex) -> AsyncIterator[WeaviateOptions]:
    """Names that nobody else has, whose collections are dropped at the end."""
    url, grpc = addresses()
    prefix = f"Test{secrets.token_hex(6)}"
    options = WeaviateOptions(url=url, grpc=grpc, prefix=prefix, index=index, timeout_s=PATIENCE_S)
    try:
        yield options
    finally:
        await drop(options)


async def drop(options: WeaviateOptions) -> None:
    """Drop the collections of an index."""
    host, port = options.http_address
    grpc_host, grpc_port = options.grpc_address
    client = use_async_with_custom(
        host, port, options.secure, grpc_host, grpc_port, options.secure, skip_init_checks=True
    )
    async with client:
        for name in ("Passages", "Documents", "Manifest"):
            await client.collections.delete(f"{options.prefix}{name}")
