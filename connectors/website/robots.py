"""What a site's robots.txt allows (RFC 9309)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from protego import Protego
from yarl import URL

from footnote.connectors.base import SourceError
from footnote.connectors.http.replies import HttpError, TooLargeError, told_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnote.connectors.http.client import HttpClient

AGENT = "Footnote"
_SLOWEST_S = 60.0
"""A longer delay than this between two requests is not meant for whoever reads a whole site."""
_SERVER_ERROR = 500
_TOO_MANY = 429
_FINE = 200


class Robots:
    """The rules of each server that a source reads from, fetched when the first is asked for.

    Args:
        client: Fetches robots.txt.
        obeyed: Whether the rules count; sitemaps are named either way.
    """

    def __init__(self, client: HttpClient, *, obeyed: bool) -> None:
        self._client = client
        self._obeyed = obeyed
        self._rules: dict[str, Protego] = {}
        self._one_at_a_time = asyncio.Lock()

    async def allow(self, address: str) -> bool:
        """Whether a page may be fetched.

        Raises:
            SourceError: The rules cannot be had, which forbids everything.
        """
        return not self._obeyed or (await self._of(address)).can_fetch(address, AGENT)

    async def sitemaps(self, address: str) -> Sequence[str]:
        """The sitemaps that robots.txt names.

        Raises:
            SourceError: It cannot be had.
        """
        return tuple((await self._of(address)).sitemaps)

    async def _of(self, address: str) -> Protego:
        root = str(URL(address).origin())
        async with self._one_at_a_time:
            if root not in self._rules:
                self._rules[root] = rules = await self._fetch(f"{root}/robots.txt")
                delay = rules.crawl_delay(AGENT) if self._obeyed else None
                if delay:
                    self._client.pace(root).slow_to(min(float(delay), _SLOWEST_S))
            return self._rules[root]

    async def _fetch(self, address: str) -> Protego:
        try:
            reply = await self._client.get_following(address)
        except TooLargeError:
            return Protego.parse("")
        except HttpError as error:
            raise SourceError(f"{address} cannot be read: {error.reason}.") from error
        if reply.status >= _SERVER_ERROR or reply.status == _TOO_MANY:
            raise SourceError(
                f"{address} cannot be read, and nothing may be fetched without it: "
                f"{told_status(reply.status)}."
            )
        return Protego.parse(reply.body.decode("utf-8", "replace") if reply.status == _FINE else "")
