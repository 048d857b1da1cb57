"""Calling Slack's Web API: again where that may help, and told in a sentence where it does not."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from footnote.connectors.base import SourceError
from footnote.connectors.history.model import ChannelError
from footnote.connectors.http.pace import Clock, LoopClock
from footnote.connectors.slack_history.settings import SlackHistorySettings

TRIES = 5
LIMITED_TRIES = 60
"""So often in a row a call may be limited: an app of the lowest limit waits a minute for each."""
_LONGEST_WAIT_S = 600.0
_USUAL_WAIT_S = 30.0
_TOO_MANY = 429
_SERVER_ERROR = 500
_PASSING = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
_LIMITED = frozenset({"ratelimited", "rate_limited"})
_TOKEN = frozenset(
    "invalid_auth not_authed token_expired token_revoked account_inactive".split()
) | {"not_allowed_token_type", "access_denied"}


class RefusedError(Exception):
    """Slack refuses a call, with a code that says why.

    Attributes:
        code: The code.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Caller:
    """Calls methods with one token; connections live while somebody is within `open`.

    Args:
        keys: The settings.
        clock: Tells the time and waits.

    Attributes:
        scopes: What the token was granted, as far as an answer has told.
    """

    def __init__(self, keys: SlackHistorySettings, clock: Clock | None = None) -> None:
        self._keys = keys
        self._clock = clock or LoopClock()
        self._client: AsyncWebClient | None = None
        self._free_at: dict[str, float] = {}
        self.scopes: frozenset[str] = frozenset()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep connections for as long as the block lasts.

        Raises:
            SourceError: There is no token.
        """
        token = self._token()
        timeout = aiohttp.ClientTimeout(
            total=10 * self._keys.timeout_s,
            sock_connect=self._keys.timeout_s,
            sock_read=self._keys.timeout_s,
        )
        async with aiohttp.ClientSession(timeout=timeout) as session:
            # It is this class that calls again, since it knows what is worth it.
            self._client = AsyncWebClient(
                token, base_url=self._keys.api_url, session=session, retry_handlers=[]
            )
            try:
                yield
            finally:
                self._client = None

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """What a method answers.

        Raises:
            RefusedError: It is refused, for a reason that concerns this call.
            ChannelError: It fails, however often it is called.
            SourceError: The token is not accepted, or lacks a scope.
        """
        failed = limited = 0
        while True:
            wait = self._free_at.get(method, 0.0) - self._clock.now()
            if wait > 0:
                await self._clock.sleep(wait)
                continue
            try:
                return await self._ask(method, arguments)
            except _LimitedError as error:
                limited += 1
                if limited == LIMITED_TRIES or error.after_s > _LONGEST_WAIT_S:
                    raise ChannelError(
                        "Slack wants fewer calls: the next sync goes on where this one stopped."
                    ) from error
                self._free_at[method] = self._clock.now() + error.after_s
            except _PassingError as error:
                failed += 1
                if failed == TRIES:
                    raise ChannelError(
                        f"Slack does not answer as it should ({error}): the next sync goes on "
                        "where this one stopped."
                    ) from error
                await self._clock.sleep(2.0 ** (failed - 1))

    async def pages(self, method: str, **arguments: Any) -> AsyncGenerator[Mapping[str, Any], None]:
        """What a method answers page by page.

        Raises:
            RefusedError: It is refused, for a reason that concerns this call.
            ChannelError: It fails, however often it is called.
            SourceError: The token is not accepted, or lacks a scope.
        """
        cursor = ""
        while True:
            page = await self.call(method, **arguments, **({"cursor": cursor} if cursor else {}))
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _ask(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._client is None:
            raise RuntimeError("Slack is called within open")
        try:
            answer = await self._client.api_call(method, http_verb="GET", params=dict(arguments))
        except SlackApiError as error:
            raise self._meaning(error) from error
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            raise _PassingError(_said(error)) from error
        granted = {name.lower(): value for name, value in answer.headers.items()}
        if scopes := granted.get("x-oauth-scopes"):
            self.scopes = frozenset(scope.strip() for scope in scopes.split(","))
        data = answer.data
        if not isinstance(data, dict):
            raise _PassingError("the answer is not JSON")
        return data

    def _meaning(self, error: SlackApiError) -> Exception:
        # Of an answer that is not JSON, as proxies and gateways give, the SDK has another form.
        data = getattr(error.response, "data", None)
        data = data if isinstance(data, dict) else {}
        code = str(data.get("error", ""))
        status = getattr(error.response, "status_code", _SERVER_ERROR)
        if status == _TOO_MANY or code in _LIMITED:
            headers = {name.lower(): value for name, value in error.response.headers.items()}
            after = str(headers.get("retry-after", ""))
            return _LimitedError(float(after) if after.isdecimal() else _USUAL_WAIT_S)
        if status >= _SERVER_ERROR or code in _PASSING or not code:
            return _PassingError(code or f"status {status}")
        if code in _TOKEN:
            return SourceError(
                f"Slack does not accept the token in {self._keys.token_env} ({code}): copy the bot "
                "token again from the app's page, below OAuth & Permissions."
            )
        if code == "missing_scope":
            return SourceError(
                f"the app lacks the scope {data.get('needed', '')}: add it below OAuth & "
                "Permissions and install the app again."
            )
        return RefusedError(code)

    def _token(self) -> str:
        tokens = os.environ.get(self._keys.token_env, "").split()
        if not tokens:
            raise SourceError(
                f"it needs the environment variable {self._keys.token_env}, which is not set."
            )
        if len(tokens) > 1:
            raise SourceError(
                f"{self._keys.token_env} holds the tokens of several workspaces: put that of this "
                "one into a variable of its own, and name it in token_env."
            )
        return tokens[0]


class _LimitedError(Exception):
    """Slack wants the method left alone for so many seconds."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"for {after_s:g} s")
        self.after_s = after_s


class _PassingError(Exception):
    """No answer, or one that may be another the next time."""


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return "no answer in time"
    return type(error).__name__
