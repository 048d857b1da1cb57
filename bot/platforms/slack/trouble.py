"""What it means when Slack does not do what it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from footnote.bot.platforms.base import (
    GoneError,
    LostError,
    PlatformError,
    RateLimitedError,
    RefusedError,
)

T = TypeVar("T")

SERVER_ERROR = 500
LIMITED_TRIES = 4

_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_LOST = {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "update_failed"}
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "cant_delete_message"}

DEFAULT_WAIT_S = 5.0


class SlackRefusedError(RefusedError):
    """Slack refuses, and says why by a code.

    Attributes:
        code: The code.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack says {code}")
        self.code = code


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the SDK raises into what became of the send.

    Raises:
        PlatformError: It did not succeed.
    """
    try:
        yield
    except SlackApiError as error:
        raise _meaning(error) from error
    except (ClientError, SlackClientError, OSError, TimeoutError) as error:
        raise LostError(f"Slack did not answer ({type(error).__name__})") from error


async def patiently(send: Callable[[], Awaitable[T]]) -> T:
    """Send, and again a few times when Slack wants fewer sends.

    Raises:
        PlatformError: It was not sent, or nobody knows.
    """
    for _ in range(LIMITED_TRIES - 1):
        try:
            return await send()
        except RateLimitedError as error:
            await asyncio.sleep(error.after_s)
    return await send()


def _meaning(error: SlackApiError) -> PlatformError:
    # Of an answer that is not JSON, as proxies and gateways give, the SDK has another form.
    data = getattr(error.response, "data", None)
    said = str(data.get("error", "")) if isinstance(data, dict) else ""
    status = getattr(error.response, "status_code", SERVER_ERROR)
    if said in _LIMITED or status == 429:  # noqa: PLR2004  "Too Many Requests"
        headers = {name.lower(): value for name, value in error.response.headers.items()}
        return RateLimitedError(float(headers.get("retry-after", DEFAULT_WAIT_S)))
    if said in _LOST or status >= SERVER_ERROR:
        return LostError(f"Slack failed ({said or status})")
    if said in _GONE:
        return GoneError(f"Slack says {said}")
    return SlackRefusedError(said)
