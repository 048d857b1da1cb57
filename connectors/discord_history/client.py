"""Asking Discord's REST API: as fast as it allows, and told in a sentence where it refuses.

Its limits are told by headers and differ from route to route and from channel to channel
(Discord's documentation, "Rate Limits"); 50 requests a second are allowed in all.
"""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from yarl import URL

from footnote.connectors.base import SourceError
from footnote.connectors.discord_history.settings import DiscordHistorySettings
from footnote.connectors.history.model import ChannelError
from footnote.connectors.http.addresses import AddressGuard
from footnote.connectors.http.client import Credentials, HttpClient, HttpLimits
from footnote.connectors.http.pace import Clock, LoopClock
from footnote.connectors.http.replies import HttpError, Reply, told_status

_FINE, _UNAUTHORIZED, _TOO_MANY = 200, 401, 429
_REFUSED = frozenset({400, 403, 404})
_LIMITS = HttpLimits(
    requests_per_second=40.0, at_once=8, max_bytes=50_000_000, tries=6, longest_wait_s=300.0
)
"""Below the 50 a second that a bot is allowed, so that it can answer beside a sync."""
_AGENT = "DiscordBot (https://pypi.org/project/footnote-bot, 0)"
_ANYWHERE = AddressGuard([ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")])
"""The one address that is asked is that of the settings, and no redirect is followed."""


class RefusedError(Exception):
    """Discord refuses a request.

    Attributes:
        status: The HTTP status.
        code: Discord's own code, or 0.
    """

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class Asker:
    """Asks with one token; connections live while somebody is within `open`.

    Args:
        keys: The settings.
        clock: Tells the time and waits.
    """

    def __init__(self, keys: DiscordHistorySettings, clock: Clock | None = None) -> None:
        self._keys = keys
        self._clock = clock or LoopClock()
        self._http: HttpClient | None = None
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep connections for as long as the block lasts.

        Raises:
            SourceError: There is no token.
        """
        token = os.environ.get(self._keys.token_env, "").strip().removeprefix("Bot ").strip()
        if not token:
            raise SourceError(
                f"it needs the environment variable {self._keys.token_env}, which is not set."
            )
        http = HttpClient(
            _LIMITS,
            headers={"User-Agent": _AGENT},
            credentials=Credentials(
                URL(self._keys.api_url).origin(), {"Authorization": f"Bot {token}"}
            ),
            guard=_ANYWHERE,
            clock=self._clock,
        )
        async with http.open():
            self._http = http
            self._free_at.clear()
            try:
                yield
            finally:
                self._http = None

    async def get(self, path: str, **query: str) -> Any:
        """What a path answers.

        Raises:
            RefusedError: It is refused, for a reason that concerns this request.
            ChannelError: It fails, however often it is asked.
            SourceError: The token is not accepted.
        """
        if self._http is None:
            raise RuntimeError("Discord is asked within open")
        while (wait := self._free_at.get(path, 0.0) - self._clock.now()) > 0:
            await self._clock.sleep(wait)
        url = URL(self._keys.api_url + path).with_query(query)
        try:
            reply = await self._http.get(str(url))
        except HttpError as error:
            raise ChannelError(f"Discord cannot be asked ({error.reason}).") from error
        self._heed(path, reply)
        if reply.status == _FINE:
            try:
                return json.loads(reply.body)
            except ValueError as error:
                raise ChannelError("Discord's answer is not JSON.") from error
        if reply.status == _UNAUTHORIZED:
            raise SourceError(
                f"Discord does not accept the token in {self._keys.token_env}: copy it again from "
                "the page Bot of the application."
            )
        if reply.status in _REFUSED:
            raise RefusedError(reply.status, _code_of(reply))
        if reply.status == _TOO_MANY:
            raise ChannelError(
                "Discord wants fewer requests: the next sync goes on where this one stopped."
            )
        raise ChannelError(
            f"Discord does not answer as it should ({told_status(reply.status)}): the next sync "
            "goes on where this one stopped."
        )

    def _heed(self, path: str, reply: Reply) -> None:
        """Where no request is left, wait until there are some, rather than be refused."""
        if reply.headers.get("X-RateLimit-Remaining") != "0":
            return
        try:
            after = float(reply.headers.get("X-RateLimit-Reset-After", ""))
        except ValueError:
            return
        self._free_at[path] = self._clock.now() + max(0.0, after)


def _code_of(reply: Reply) -> int:
    try:
        return int(json.loads(reply.body).get("code", 0))
    except (ValueError, AttributeError, TypeError):
        return 0
