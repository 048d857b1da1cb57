"""The terminal, with somebody who types and reads."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console

from footnote.bot.platforms.base import Platform, Verdict
from footnote.bot.platforms.terminal import Terminal
from footnote.bot.questions import Question
from tests.bot.platforms.contract.place import Can, Place, Send, Taken, receiving

CANNOT = {
    Can.DELIVER_AGAIN: "a line is read once",
    Can.EDIT: "a line that was sent off cannot be reached any more",
    Can.DELETE: "a line that was sent off cannot be reached any more",
    Can.JUDGE: "there is nothing to press",
    Can.CHOOSE: "who sits there uses footnote tune promote",
    Can.READ_ALONG: "one person sits there",
    Can.ERASE: "what was printed stays",
    Can.LOSE: "what is printed is printed, or the program ends",
    Can.LIMIT: "nobody counts what is printed",
    Can.SUCCEED: "another process has another terminal, or none",
}


class TerminalPlace:
    """A `Place`."""

    def __init__(self) -> None:
        self.taken = Taken()
        self.cannot: Mapping[Can, str] = CANNOT
        self.typed: SimpleQueue[str | None] = SimpleQueue()
        self._lines = 0
        self._reads = 0
        self._screen, self._statuses = io.StringIO(), io.StringIO()
        self.platform: Platform = Terminal(
            self._read_line,
            Console(file=self._screen, width=80, highlight=False),
            Console(file=self._statuses, width=80, force_terminal=True),
        )

    async def ask(self, text: str, *, alone: bool = False) -> None:
        """Type a line."""
        del alone
        self._type(text)

    async def cancel(self, question: Question, sent: str) -> None:
        """Press Ctrl-C."""
        del question, sent
        os.kill(os.getpid(), signal.SIGINT)

    async def command(self, name: str, argument: str = "") -> None:
        """Type a line with a slash."""
        self._type(f"/{name} {argument}".strip())

    def acknowledged(self) -> bool:
        """Whether the next line is waited for."""
        return self._reads > self._lines

    def sees(self, question: Question) -> str:
        """The screen."""
        del question
        return self._screen.getvalue()

    def told(self, question: Question) -> str:
        """All that was shown in the line of statuses."""
        del question
        return self._statuses.getvalue()

    def replies(self) -> str:
        """The screen."""
        return self._screen.getvalue()

    async def edit(self, text: str) -> None:
        """Not here."""
        raise NotImplementedError(text)

    async def delete(self) -> None:
        """Not here."""
        raise NotImplementedError

    async def judge(self, question: Question, sent: str, verdict: Verdict) -> None:
        """Not here."""
        raise NotImplementedError(question, sent, verdict)

    async def choose(self, adapter: str, *, promote: bool) -> str:
        """Not here."""
        raise NotImplementedError(adapter, promote)

    async def deliver_again(self) -> None:
        """Not here."""
        raise NotImplementedError

    async def erase(self, question: Question, sent: str) -> None:
        """Not here."""
        raise NotImplementedError(question, sent)

    def lose(self, *, lands: bool, ended: bool) -> None:
        """Not here."""
        raise NotImplementedError(lands, ended)

    def limit(self, send: Send, after_s: int) -> None:
        """Not here."""
        raise NotImplementedError(send, after_s)

    async def successor(self) -> Platform:
        """Not here."""
        raise NotImplementedError

    def _type(self, line: str) -> None:
        self._lines += 1
        self.typed.put(line)

    def _read_line(self) -> str | None:
        self._reads += 1
        return self.typed.get()


@asynccontextmanager
async def terminal_place(folder: Path) -> AsyncIterator[Place]:
    """A terminal in which nothing was typed so far."""
    del folder
    place = TerminalPlace()
    async with receiving(place):
        yield place
    place.typed.put(None)
