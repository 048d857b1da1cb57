"""How messages travel: four bytes of length, big-endian, then JSON in UTF-8.

What comes is checked against the types of the messages, field by field; nothing that it holds is
ever run.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

M = TypeVar("M")

HEADER = struct.Struct(">I")
MOST = 64 << 20
"""Bytes of one message at most."""


class FrameError(ValueError):
    """What came is no message."""


class Codec(Generic[M]):
    """Messages of one direction to frames and back."""

    def __init__(self, kinds: Any) -> None:
        self._adapter: TypeAdapter[M] = TypeAdapter(Annotated[kinds, Field(discriminator="type")])

    def encode(self, message: M) -> bytes:
        """A whole frame.

        Raises:
            FrameError: It is too long.
        """
        body = self._adapter.dump_json(message)
        if len(body) > MOST:
            raise FrameError(f"a message of {len(body)} bytes is too long")
        return HEADER.pack(len(body)) + body

    def decode(self, body: bytes) -> M:
        """The message in a frame's body.

        Raises:
            FrameError: It is none.
        """
        try:
            return self._adapter.validate_json(body)
        except ValidationError as error:
            raise FrameError(f"{error.error_count()} fields are wrong") from error

    def read(self, read: Callable[[int], bytes]) -> M | None:
        """The next message, or None at the end.

        Args:
            read: Gives exactly so many bytes, or fewer at the end.

        Raises:
            FrameError: What comes is no message, or is cut off.
        """
        header = read(HEADER.size)
        if not header:
            return None
        size = body_size(header)
        body = read(size)
        if len(body) < size:
            raise FrameError("a message is cut off")
        return self.decode(body)


def body_size(header: bytes) -> int:
    """How many bytes follow a header.

    Raises:
        FrameError: It is no header.
    """
    if len(header) != HEADER.size:
        raise FrameError("a message is cut off")
    (size,) = HEADER.unpack(header)
    if size > MOST:
        raise FrameError(f"a message of {size} bytes is too long")
    return int(size)
