"""The socket by which Slack's events come in."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

ACK_S = 3.0
"""What is not acknowledged by then comes again (docs.slack.dev, Events API)."""


class Socket(AsyncSocketModeHandler):
    """Bolt's handler of a socket, which acknowledges what it has begun before it closes.

    What comes after that is left alone: it comes again, by another socket.
    """

    _closing = False
    _begun = 0

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as bolt does
        """Handle one envelope, and acknowledge it."""
        if self._closing:
            return
        self._begun += 1
        try:
            await super().handle(client, req)
        finally:
            self._begun -= 1

    async def close(self) -> None:
        """Wait for the acknowledgements for as long as they count, and close."""
        self._closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(ACK_S):
                while self._begun:  # noqa: ASYNC110  envelopes are begun by the client alone
                    await asyncio.sleep(0.01)
        await self.close_async()  # type: ignore[no-untyped-call]  # bolt does not say
