"""The terminal as a platform: one person, one conversation, one question at a time."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import uuid4

from rich.console import Console

from footnote.bot.platforms.base import Command, Incoming
from footnote.bot.platforms.terminal_input import ReadLine, in_background
from footnote.bot.platforms.terminal_view import AnswerView
from footnote.bot.platforms.wording import CANCELLED
from footnote.bot.questions import Answer, Event, Outcome, Question

PLACE = "terminal"
QUIT = "quit"

_COMMAND = re.compile(r"/(\w+)(?:\s+(.*))?")


class Terminal:
    """A `Dialogue` over lines in and a console out.

    Args:
        read_line: Where the lines come from.
        console: Where answers go.
        statuses: Where it is shown what is happening meanwhile.
    """

    name = PLACE

    def __init__(self, read_line: ReadLine, console: Console, statuses: Console) -> None:
        self._read_line = read_line
        self._view = AnswerView(console, statuses)

    async def incoming(self) -> AsyncIterator[Incoming]:
        """Questions and commands, until /quit or the end of the lines."""
        while (line := await in_background(self._read_line)) is not None:
            text = line.strip()
            if not text:
                continue
            command = _COMMAND.fullmatch(text)
            if command is None:
                yield Question(id=new_id(), text=text, place=PLACE)
            elif command.group(1) == QUIT:
                return
            else:
                yield Command(command.group(1), command.group(2) or "", place=PLACE)

    async def show(self, question: Question, events: AsyncIterator[Event]) -> Answer | None:
        """Show an answer while it is made; Ctrl-C cancels it and nothing else."""
        del question
        showing = asyncio.ensure_future(self._view.show(events))
        with _interrupt_cancels(showing):
            try:
                answer = await showing
            except asyncio.CancelledError:
                if _is_cancelled(asyncio.current_task()):
                    raise
                self._view.line(f"{CANCELLED}\n")
                return None
        if answer.outcome is Outcome.FAILED:
            self._view.line(answer.note)
        self._view.line()
        return answer

    async def reply(self, command: Command, text: str) -> None:
        """Show what a command has to say."""
        del command
        self._view.markdown(text)
        self._view.line()


def new_id() -> str:
    """A new id for a question."""
    return uuid4().hex[:12]


def _is_cancelled(task: asyncio.Task[object] | None) -> bool:
    """Whether it is this task that shall end, and not only the answer that it waits for."""
    return task is not None and task.cancelling() > 0


@contextmanager
def _interrupt_cancels(task: asyncio.Future[Answer]) -> Iterator[None]:
    """Let Ctrl-C cancel a task for a while."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    try:
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    except (NotImplementedError, RuntimeError, ValueError):  # no such signals here, or not ours
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)
