"""Replicas in Slack, in processes of their own: what `footnote serve` runs, and a scripted answer.

`tests.servers.forking` starts them. All that is not said by the arguments of `replica` is as users
have it: the real bolt over a socket, and the state in a file.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import resource
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from footnote.bot import serving
from footnote.bot.answerer import Answerer
from footnote.bot.app import App, Core
from footnote.bot.explaining.trail import Trail
from footnote.bot.inbox import delivery, options, stream, waiting
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.slack import sending
from footnote.bot.platforms.slack.kind import slack
from footnote.bot.platforms.slack.platform import SlackPlatform
from footnote.bot.questions import Answer, Block, Event, Outcome, Question
from footnote.bot.settings.file import SettingsFile
from footnote.bot.settings.schema import Settings
from tests.servers.forking import fork_as_asked
from tests.servers.replicas import HELD
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace

MODULE = "tests.servers.slack_replica"
OPTIONS = InboxOptions(
    queue_limit=100_000, lease_s=1.5, renew_s=0.1, send_s=0.2, poll_s=0.2, grace_s=5.0
)
"""As usual, only that everything happens sooner: replicas here live for seconds."""
PACE_S, LEAD_S = 0.01, 0.02
STATM = Path("/proc/self/statm")

Step = str | float | None
"""A block, in which {text} is what was asked; seconds to wait; or None, to wait for ever."""

_log = logging.getLogger(__name__)


def connection(server: SlackServer, workspace: Workspace) -> dict[str, object]:
    """The arguments of every process that is an app in this workspace."""
    environment = {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": server.app_token,
        "SLACK_SIGNING_SECRET": server.signing_secret,
    }
    return {"api_url": server.api_url, "environment": environment}


def shared(server: SlackServer, workspace: Workspace, data: Path) -> dict[str, object]:
    """The arguments of every replica in this workspace that has its state in `data`."""
    return {**connection(server, workspace), "data": str(data)}


async def replica(  # noqa: PLR0913  what differs from one test to the other
    *,
    api_url: str,
    environment: dict[str, str],
    data: str,
    folder: Path,
    steps: Sequence[Step],
    landing_s: float = 0.4,
    as_usual: bool = False,
) -> None:
    """Answer until SIGTERM; on SIGUSR1, write what the process holds.

    Args:
        api_url: Where Slack is.
        environment: Its tokens.
        data: The folder of the state.
        folder: Where to write what the process holds.
        steps: What every answer is made of.
        landing_s: A send lands within so many seconds or never.
        as_usual: Whether nothing happens sooner than users have it.

    Raises:
        RuntimeError: Tasks are left at the end.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, partial(tell_what_is_held, folder / HELD))
    os.environ.update(environment)
    content = {"data": data, "slack": {"api_url": api_url}}
    settings = Settings.of(SettingsFile(folder / "footnote.toml", "", content))
    with ExitStack() as stack:
        stack.enter_context(patch.object(sending, "STARTS", 1_000_000))
        if not as_usual:
            for module in (delivery, options, stream, waiting):
                stack.enter_context(patch.object(module, "LANDING_S", landing_s))
            stack.enter_context(patch.object(SlackPlatform, "pace_s", PACE_S))
            stack.enter_context(patch.object(SlackPlatform, "lead_s", LEAD_S))
        chosen = InboxOptions(queue_limit=100_000) if as_usual else OPTIONS
        stack.enter_context(patch.object(serving, "options", lambda _: chosen))
        await serving.serve(app(settings, steps), {"slack": slack}, stop, report=_log.warning)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        raise RuntimeError(f"tasks are left: {left}")


class ScriptedAnswerer:
    """Says the same to every question.

    Args:
        steps: What.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps

    async def answer(
        self, question: Question, trail: Trail | None = None
    ) -> AsyncGenerator[Event, None]:
        """The blocks, and the answer."""
        del trail
        blocks: tuple[Block, ...] = ()
        for step in self._steps:
            match step:
                case str():
                    text = step.replace("{text}", question.text)
                    block = Block(text, gap="\n\n" if blocks else "")
                    blocks = (*blocks, block)
                    yield block
                case None:
                    await asyncio.Event().wait()
                case _:
                    await asyncio.sleep(step)
        yield Answer(question, Outcome.ANSWERED, blocks)


def app(settings: Settings, steps: Sequence[Step]) -> App:
    """The parts of an application that serves nothing but scripted answers."""
    absent: Any = None
    answerer = cast("Answerer", ScriptedAnswerer(steps))
    core = Core(absent, absent, absent, absent, absent, answerer)
    return App(settings, absent, absent, core, absent, {})


def tell_what_is_held(file: Path) -> None:
    """Write what the process holds, for `Replicas.held` to read."""
    gc.collect()
    pages = int(STATM.read_text(encoding="ascii").split()[1]) if STATM.exists() else 0
    held = {"resident": pages * resource.getpagesize(), "tasks": len(asyncio.all_tasks())}
    written = file.with_suffix(".new")
    written.write_text(json.dumps(held), encoding="utf-8")
    written.replace(file)


if __name__ == "__main__":
    fork_as_asked(replica)
