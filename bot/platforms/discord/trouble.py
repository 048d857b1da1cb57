"""What it means when Discord does not do what it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import discord
from aiohttp import ClientError

from footnote.bot.platforms.base import (
    GoneError,
    LostError,
    PlatformError,
    RateLimitedError,
    RefusedError,
)

SERVER_ERROR, TOO_MANY, UNAUTHORIZED = 500, 429, 401

ACKNOWLEDGED = 40060
"""An interaction that was acknowledged already, such as by another replica."""

UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, UNKNOWN_MESSAGE = 10062, 10015, 10008
EXPIRED_TOKEN = 50027
NOT_ITS_AUTHOR, ARCHIVED = 50005, 50083
HAS_THREAD = 160004
"""A message below which there is a thread already."""

_GONE = {UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, EXPIRED_TOKEN, NOT_ITS_AUTHOR}

MAY_NOT, UNFIT = 50013, 50035
"""The bot lacks a permission; Discord does not take what was sent as it is."""

NO_HISTORY = 160002
"""Who may not read what was said before cannot reply to it."""

DEFAULT_WAIT_S = 5.0


class DiscordRefusedError(RefusedError):
    """Discord refuses, and says why by a code.

    Attributes:
        code: The code (discord.com/developers/docs, "JSON Error Codes"), or 0.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"Discord says {code} ({text})")
        self.code = code


class DiscordGoneError(GoneError):
    """What was to be changed is not there, or can no longer be changed this way.

    Attributes:
        code: The code.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"Discord says {code} ({text})")
        self.code = code


@contextmanager
def translated() -> Iterator[None]:
    """Turn what discord.py raises into what became of the send.

    Raises:
        PlatformError: It did not succeed.
    """
    try:
        yield
    except discord.RateLimited as error:
        raise RateLimitedError(error.retry_after) from error
    except discord.HTTPException as error:
        raise _meaning(error) from error
    except (discord.DiscordException, ClientError, OSError, TimeoutError) as error:
        raise LostError(f"Discord did not answer ({type(error).__name__})") from error


def _meaning(error: discord.HTTPException) -> PlatformError:
    if error.status == TOO_MANY:
        return RateLimitedError(_wait_s(error))
    if error.status >= SERVER_ERROR:
        return LostError(f"Discord failed ({error.status})")
    if error.status == UNAUTHORIZED and not error.code:
        return LostError("Discord does not accept the token any more")
    if error.code in _GONE:
        return DiscordGoneError(error.code, error.text)
    return DiscordRefusedError(error.code, error.text)


def _wait_s(error: discord.HTTPException) -> float:
    headers = getattr(error.response, "headers", {})
    try:
        return float(headers.get("Retry-After", DEFAULT_WAIT_S))
    except ValueError:
        return DEFAULT_WAIT_S
