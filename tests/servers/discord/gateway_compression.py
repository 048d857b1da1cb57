"""What a payload looks like on the wire, one packing a connection.

Discord lets a client choose transport compression in the gateway's address; only without it does
`compress` in IDENTIFY mean anything. Which payloads are then compressed is not documented, and so
this server's choice: those over 1 KiB.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import Any, Protocol

COMPRESSED_FROM = 1024


class Packing(Protocol):
    """Turns the text of each payload of one connection into a websocket message."""

    def pack(self, text: str) -> str | bytes:
        """The message: text, or bytes for a binary one."""


class Plain:
    """No transport compression.

    Attributes:
        compresses: Whether the client's IDENTIFY allows payloads to be compressed one by one.
    """

    def __init__(self) -> None:
        self.compresses = False

    def pack(self, text: str) -> str | bytes:
        """The text, or a zlib stream of its own."""
        if self.compresses and len(text) >= COMPRESSED_FROM:
            return zlib.compress(text.encode())
        return text


class ZlibStream:
    """One zlib context for the whole connection; each message ends with Z_SYNC_FLUSH."""

    def __init__(self) -> None:
        self._context = zlib.compressobj()

    def pack(self, text: str) -> bytes:
        """The next piece of the stream, which ends with `00 00 ff ff`."""
        return self._context.compress(text.encode()) + self._context.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """One zstd frame for the whole connection, flushed after each message.

    Raises:
        ModuleNotFoundError: Neither Python nor a package has zstd here.
    """

    def __init__(self) -> None:
        try:
            native: Any = import_module("compression.zstd")  # from Python 3.14 on
            self._context = native.ZstdCompressor()
            self._flush = (native.ZstdCompressor.FLUSH_BLOCK,)
        except ModuleNotFoundError:
            package: Any = import_module("zstandard")
            self._context = package.ZstdCompressor().compressobj()
            self._flush = (package.COMPRESSOBJ_FLUSH_BLOCK,)

    def pack(self, text: str) -> bytes:
        """The next piece of the frame, which does not end it."""
        packed: bytes = self._context.compress(text.encode())
        return packed + bytes(self._context.flush(*self._flush))


def packing(compress: str | None) -> Packing | None:
    """The packing that a gateway's address asks for; None where there is no such."""
    if compress is None:
        return Plain()
    if compress == "zlib-stream":
        return ZlibStream()
    if compress == "zstd-stream":
        try:
            return ZstdStream()
        except ModuleNotFoundError:
            return None
    return None
