"""Replicas in processes of their own: what `footnote serve` runs, with answers that cost nothing.

`tests.servers.forking` starts them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from random import Random
from typing import Any, cast
from unittest.mock import patch

from footnote.bot import serving
from footnote.bot.answerer import Answerer
from footnote.bot.app import App, Core
from footnote.bot.explaining.trail import Trail
from footnote.bot.inbox import delivery, options, stream, waiting
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.questions import Answer, Block, Event, Outcome, Question
from footnote.bot.settings.file import SettingsFile
from footnote.bot.settings.schema import Settings
from tests.servers.chat import LANDING_S
from tests.servers.chat_platform import ChatKind
from tests.servers.forking import fork_as_asked

OPTIONS = InboxOptions(
    workers=8,
    queue_limit=100_000,
    lease_s=4.0,
    renew_s=0.3,
    send_s=0.6,
    poll_s=0.2,
    grace_s=5.0,
    patience_s=5.0,
)
"""As usual, only that everything happens sooner: replicas here live for seconds."""
LONGEST_S = 0.05
"""How long an answer takes at most."""

_log = logging.getLogger(__name__)


class CheapAnswerer:
    """Says two blocks that name the question and its revision."""

    def __init__(self) -> None:
        self._random = Random()  # noqa: S311  nobody has to be unable to guess it

    async def answer(
        self, question: Question, trail: Trail | None = None
    ) -> AsyncGenerator[Event, None]:
        """The blocks, and the answer."""
        del trail
        blocks: tuple[Block, ...] = ()
        for number in range(2):
            await asyncio.sleep(self._random.uniform(0.0, LONGEST_S / 2))
            block = Block(f"{question.id} in revision {question.revision}, {number}.", " ")
            blocks = (*blocks, block)
            yield block
        yield Answer(question, Outcome.ANSWERED, blocks)


async def replica(port: int, state: str, folder: Path) -> None:
    """Answer until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    content = {"data": str(folder), "state": state}
    settings = Settings.of(SettingsFile(folder / "footnote.toml", "", content))
    with contextlib.ExitStack() as stack:
        for module in (delivery, options, stream, waiting):
            stack.enter_context(patch.object(module, "LANDING_S", LANDING_S))
        stack.enter_context(patch.object(serving, "options", lambda _: OPTIONS))
        kinds = {"chat": ChatKind(port)}
        await serving.serve(_app(settings), kinds, stop, report=_log.info)


def _app(settings: Settings) -> App:
    absent: Any = None
    answerer = cast("Answerer", CheapAnswerer())
    core = Core(absent, absent, absent, absent, absent, answerer)
    return App(settings, absent, absent, core, absent, {})


if __name__ == "__main__":
    fork_as_asked(replica)
