"""A bare bolt app in a process of its own: what Footnote in Slack is measured against.

It keeps nothing, decides nothing, and answers every mention with the calls that it was told.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.forking import fork_as_asked

MODULE = "tests.servers.bare_slack"
CHANNEL, THREAD, USER, TEAM, SENT = "{channel}", "{thread}", "{user}", "{team}", "{sent}"
"""What stands in the arguments of a call for what differs from one question to the next."""


async def bare(
    *, api_url: str, environment: Mapping[str, str], folder: Path, calls: Sequence[Sequence[Any]]
) -> None:
    """Answer until SIGTERM.

    Args:
        api_url: Where Slack is.
        environment: Its tokens.
        folder: Nothing is kept there.
        calls: The calls of each answer: seconds to wait before it, its method and arguments.
    """
    del folder
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = AsyncWebClient(environment["SLACK_BOT_TOKEN"], base_url=api_url, retry_handlers=[])
    app = AsyncApp(client=client, process_before_response=True)
    answering: set[asyncio.Task[None]] = set()

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], body: dict[str, Any]) -> None:
        task = asyncio.ensure_future(_answer(client, event, body["team_id"], calls))
        answering.add(task)
        task.add_done_callback(answering.discard)

    @app.event("message")
    async def ignored() -> None:
        """Acknowledge every message."""

    handler = AsyncSocketModeHandler(app, environment["SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt has no types here
    await stop.wait()
    await handler.close_async()  # type: ignore[no-untyped-call]  # bolt has no types here


async def _answer(
    client: AsyncWebClient, event: Mapping[str, Any], team: str, calls: Sequence[Sequence[Any]]
) -> None:
    known = {CHANNEL: event["channel"], THREAD: event["ts"], USER: event["user"], TEAM: team}
    for seconds, method, arguments in calls:
        await asyncio.sleep(seconds)
        filled = {
            name: known.get(value, value) if isinstance(value, str) else value
            for name, value in arguments.items()
        }
        said = await client.api_call(method, json=filled)
        known[SENT] = said.get("ts", known.get(SENT))


if __name__ == "__main__":
    fork_as_asked(bare)
