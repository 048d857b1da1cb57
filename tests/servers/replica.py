"""Replicas in processes of their own: what `footnote serve` runs, with answers that cost nothing.

    python -m tests.servers.replica

reads one JSON object a line and replies with a number: {"start": {"port": …, "state": …, "folder":
…}} starts a replica and gives its process id, {"wait": ID} waits for its end and gives its exit
code, or the negative number of the signal that ended it. Replicas are forked off from this process,
which has imported everything: a test that kills one every second would otherwise spend its time on
imports. They are killed when the input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from random import Random
from typing import Any, cast
from unittest.mock import patch

from footnote.bot import serving
from footnote.bot.answerer import Answerer
from footnote.bot.app import App, Core
from footnote.bot.inbox import delivery, options, stream, waiting
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.questions import Answer, Block, Event, Outcome, Question
from footnote.bot.settings import Settings
from footnote.bot.settings_file import SettingsFile
from tests.servers.chat import LANDING_S
from tests.servers.chat_platform import ChatKind

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

    async def answer(self, question: Question) -> AsyncGenerator[Event, None]:
        """The blocks, and the answer."""
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


def _forked(port: int, state: str, folder: str) -> int:
    """A new process; gives back its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        for number in (0, 1):
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        home = Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(filename=home / "log", force=True, format="%(asctime)s %(message)s")
        asyncio.run(replica(port, state, home))
        code = 0
    except BaseException:  # noqa: BLE001  whatever it is, this process must not go on as its parent
        _log.exception("The replica ended.")
    finally:
        os._exit(code)


def main() -> None:
    """Fork replicas off as they are asked for."""
    living: set[int] = set()
    try:
        for line in sys.stdin:
            match json.loads(line):
                case {"start": dict(arguments)}:
                    number = _forked(**arguments)
                    living.add(number)
                case {"wait": int(pid)}:
                    number = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    living.discard(pid)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
    finally:
        for pid in living:
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
