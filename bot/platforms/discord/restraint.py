"""What discord.py shall not do by itself: sit out a long limit, or repeat what may have happened.

It sleeps through each 429. Where that takes longer than a send may, the sleep is cut off, and
after the global one (`X-RateLimit-Global`) discord.py 2.7 then holds back all calls for ever, since
it lets them go on only at the end of that sleep. It also repeats what has ended with a 5xx, which
for a further message of a command's reply makes a second one: those have no nonce.
"""

from __future__ import annotations

from types import SimpleNamespace

import aiohttp
import discord

from footnote.bot.platforms.base import LostError

LONGEST_S = 2.0
"""Shorter limits of a route are left to discord.py."""

TOO_MANY, SERVER_ERROR = 429, 500


def restraint() -> aiohttp.TraceConfig:
    """What a client's `http_trace` is for that."""
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_judge)
    return trace


async def _judge(
    session: aiohttp.ClientSession, context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
) -> None:
    """End a call before discord.py looks at its response.

    Raises:
        RateLimited: It is one too many, and the next one has to wait for long.
        LostError: Nobody knows whether a message is there that cannot be sent again.
    """
    del session, context
    status, headers, path = ended.response.status, ended.response.headers, ended.url.path
    by_token = "/webhooks/" in path or "/interactions/" in path
    if status == TOO_MANY and "Via" in headers:
        wait_s = float(headers.get("Retry-After", LONGEST_S))
        holds_all_back = "X-RateLimit-Global" in headers and not by_token
        if wait_s > LONGEST_S or holds_all_back:
            raise discord.RateLimited(wait_s)
    if status >= SERVER_ERROR and ended.method == "POST" and "/webhooks/" in path:
        raise LostError(f"Discord failed ({status})")
