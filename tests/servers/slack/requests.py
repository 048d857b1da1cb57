"""Signed HTTP: events, commands and interactions as requests to the app's URL."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.servers.slack.delivery import ACK_S, Delivery, Sort
from tests.servers.slack.events import VERIFICATION_TOKEN
from tests.servers.slack.recording import Recording, What
from tests.servers.slack.world import Json, World

NO_RETRY = "x-slack-no-retry"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request was answered with."""

    status: int
    body: str
    no_retry: bool = False

    @property
    def payload(self) -> Any:
        """The body as an acknowledgement's payload."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return {"text": self.body}


class SignedRequests:
    """Sends to the app's request URL.

    Args:
        world: Where time passes.
        recording: Where every request and response is written.
        secret: The app's signing secret.
        url: The app's request URL, for everything.
    """

    def __init__(self, world: World, recording: Recording, secret: str, url: str) -> None:
        self._world = world
        self._recording = recording
        self._secret = secret
        self._url = url
        self._session = aiohttp.ClientSession()

    async def verify(self) -> None:
        """Send the challenge that proves a request URL.

        Raises:
            AssertionError: The app does not give it back.
        """
        challenge = self._world.new_id("challenge-")
        body = {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
        sent = await self.post("url_verification", body)
        given = sent.payload
        back = given.get("challenge", given.get("text")) if isinstance(given, dict) else given
        if sent.status != 200 or back != challenge:
            raise AssertionError(f"{self._url} does not answer the challenge: {sent}")

    async def send(self, delivery: Delivery) -> str | None:
        """Send once; why there was no acknowledgement, or None."""
        headers = {}
        if delivery.sort is Sort.EVENT and delivery.attempts:
            headers["X-Slack-Retry-Num"] = str(delivery.attempts)
            headers["X-Slack-Retry-Reason"] = delivery.reason
        posting = asyncio.ensure_future(self.post(delivery.sort.value, delivery.payload, headers))
        if not await self._world.clock.within(ACK_S, posting):
            posting.cancel()
            return "http_timeout"
        try:
            sent = posting.result()
        except aiohttp.ClientConnectionError:
            return "connection_failed"
        if sent.status == 200:
            delivery.ack(sent.payload)
            return None
        return "no_retry" if sent.no_retry else "http_error"

    async def post(
        self,
        name: str,
        payload: Json,
        headers: dict[str, str] | None = None,
        *,
        signed_at: float | None = None,
        secret: str | None = None,
    ) -> Sent:
        """Send one signed request; another time or secret makes the signature wrong."""
        body, content_type = _body(name, payload)
        stamp = str(int(signed_at if signed_at is not None else time.time()))
        sent_headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(secret or self._secret, stamp, body),
            **(headers or {}),
        }
        number = self._world.new_id("request-")
        shown = {"payload": payload, "headers": headers or {}}
        self._recording.add(What.POSTED, name, number, shown)
        sent: Sent | None = None
        try:
            async with self._session.post(self._url, data=body, headers=sent_headers) as response:
                no_retry = response.headers.get(NO_RETRY) == "1"
                sent = Sent(response.status, await response.text(), no_retry)
                return sent
        finally:
            answer, status = (sent.payload, sent.status) if sent else (None, None)
            self._recording.add(What.REPLY, name, number, answer, status=status)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def signature(secret: str, stamp: str, body: str) -> str:
    """The signature of a body, as Slack documents it (version 0)."""
    signed = f"v0:{stamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _body(name: str, payload: Json) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    if name == Sort.COMMAND:
        return urlencode(payload), form
    if name == Sort.INTERACTION:
        return urlencode({"payload": json.dumps(payload)}), form
    return json.dumps(payload), "application/json"
