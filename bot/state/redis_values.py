"""Small values by name, and bytes by their hash, in Redis."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from footnote.bot.state.base import Record
from footnote.bot.state.errors import ConflictError
from footnote.bot.state.redis_link import Link
from footnote.bot.state.redis_replies import microseconds


class RedisRecords:
    """Small values, written by compare-and-set; see `Records`.

    Args:
        link: Where they are kept.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, namespace: str, key: str) -> Record | None:
        """The record, if there is one that has not expired."""
        reply = await self._link.run("record_get", namespace, key)
        return reply and Record(reply[0].decode(), int(reply[1]))

    async def all(self, namespace: str) -> Mapping[str, Record]:
        """Every record of a namespace that has not expired, by key."""
        found = await self._link.run("record_all", namespace)
        return {
            key.decode(): Record(value.decode(), int(version))
            for key, value, version in sorted(found)
        }

    async def put(
        self, namespace: str, key: str, value: str, *, version: int = 0, ttl_s: float | None = None
    ) -> int:
        """Write a record under a version that grows with each record that is written.

        A repeat finds the version of the first try, and raises: whoever reads the record then
        finds what he wrote.

        Raises:
            ConflictError: There is another version by now.
        """
        kept = "" if ttl_s is None else microseconds(ttl_s)
        written = await self._link.run("record_put", namespace, key, value, version, kept)
        if written is None:
            raise ConflictError(
                f"The record {key} in {namespace} was changed by somebody else: read it again."
            )
        return int(written)

    async def delete(self, namespace: str, key: str) -> None:
        """Remove a record; a repeat does nothing."""
        await self._link.run("record_delete", namespace, key)


class RedisBlobs:
    """Bytes by their hash, of 512 MB at most; see `Blobs`.

    Args:
        link: Where they are kept.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def put(self, content: bytes) -> str:
        """Keep bytes; a repeat writes the same."""
        digest = hashlib.sha256(content).hexdigest()
        await self._link.command("SET", self._link.key("blob", digest), content)
        return digest

    async def get(self, digest: str) -> bytes | None:
        """The bytes of this hash."""
        content: bytes | None = await self._link.command("GET", self._link.key("blob", digest))
        return content

    async def delete(self, digest: str) -> None:
        """Remove the bytes of this hash; a repeat does nothing."""
        await self._link.command("DEL", self._link.key("blob", digest))
