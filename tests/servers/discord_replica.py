"""Replicas in Discord, in processes of their own: what `footnote serve` runs, a scripted answer.

`tests.servers.forking` starts them. All that is not said by the arguments of `replica` is as users
have it: the real discord.py over a socket, and the state in a file.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from unittest.mock import patch

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from footnote.bot import serving
from footnote.bot.inbox import delivery, options, stream, waiting
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.discord import connection, sending
from footnote.bot.platforms.discord.connection import new_client
from footnote.bot.platforms.discord.kind import discord as kind
from footnote.bot.platforms.discord.platform import DiscordPlatform
from footnote.bot.platforms.discord.settings import TOKEN
from footnote.bot.settings.file import SettingsFile
from footnote.bot.settings.schema import Settings
from tests.servers.discord.server import DiscordServer
from tests.servers.forking import fork_as_asked
from tests.servers.replicas import HELD
from tests.servers.slack_replica import (
    LEAD_S,
    OPTIONS,
    PACE_S,
    Step,
    app,
    tell_what_is_held,
)

MODULE = "tests.servers.discord_replica"
GUILD_READY_S = 0.1

_log = logging.getLogger(__name__)


def reached(server: DiscordServer) -> dict[str, object]:
    """The arguments of every process that is the app of this server."""
    return {
        "api_url": server.api_url,
        "gateway_url": server.gateway.url,
        "environment": {TOKEN: server.token},
    }


def shared(server: DiscordServer, data: Path) -> dict[str, object]:
    """The arguments of every replica on this server that has its state in `data`."""
    return {**reached(server), "data": str(data)}


async def replica(  # noqa: PLR0913  what differs from one test to the other
    *,
    api_url: str,
    gateway_url: str,
    environment: dict[str, str],
    data: str,
    folder: Path,
    steps: Sequence[Step],
    landing_s: float = 0.4,
    as_usual: bool = False,
    lead_s: float | None = None,
) -> None:
    """Answer until SIGTERM; on SIGUSR1, write what the process holds.

    Args:
        api_url: Where Discord's REST API is.
        gateway_url: Where its gateway is.
        environment: The token.
        data: The folder of the state.
        folder: Where to write what the process holds.
        steps: What every answer is made of.
        landing_s: A send lands within so many seconds or never.
        as_usual: Whether nothing happens sooner than users have it.
        lead_s: So long it waits for a second block before it shows the first, in any case.

    Raises:
        RuntimeError: Tasks are left at the end.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, partial(tell_what_is_held, folder / HELD))
    os.environ.update(environment)
    point_at(api_url, gateway_url)
    settings = Settings.of(SettingsFile(folder / "footnote.toml", "", {"data": data}))
    with ExitStack() as stack:
        stack.enter_context(patch.object(connection, "new_client", eager_client))
        if not as_usual:
            for module in (delivery, options, stream, waiting):
                stack.enter_context(patch.object(module, "LANDING_S", landing_s))
            stack.enter_context(patch.object(DiscordPlatform, "pace_s", PACE_S))
            stack.enter_context(patch.object(DiscordPlatform, "lead_s", LEAD_S))
            stack.enter_context(patch.object(sending, "YOUNG_S", landing_s))
        if lead_s is not None:
            stack.enter_context(patch.object(DiscordPlatform, "lead_s", lead_s))
        chosen = InboxOptions(queue_limit=100_000) if as_usual else OPTIONS
        stack.enter_context(patch.object(serving, "options", lambda _: chosen))
        await serving.serve(app(settings, steps), {"discord": kind}, stop, report=_log.warning)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        # discord.py's own wait for servers outlives its client.
        _, left = await asyncio.wait(left, timeout=2 * GUILD_READY_S)
    if left:
        raise RuntimeError(f"tasks are left: {left}")


def point_at(api_url: str, gateway_url: str) -> None:
    """Let this process's discord.py, which has its addresses in its classes, talk to a server."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def eager_client() -> discord.Client:
    """A client as usual, which does not wait for servers where there are few."""
    client = new_client()
    client._connection.guild_ready_timeout = GUILD_READY_S
    return client


if __name__ == "__main__":
    fork_as_asked(replica)
