"""The terminal as a platform: one person, one conversation, one question at a time."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from rich.console import Console

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import (
    Cancelled,
    Command,
    GoneError,
    Happening,
    Intake,
    RefusedError,
)
from footnote.bot.platforms.terminal_input import ReadLine, in_background
from footnote.bot.platforms.terminal_view import AnswerView
from footnote.bot.platforms.wording import conclusion
from footnote.bot.questions import Answer, Block, Outcome, Question, View

PLACE = "terminal"
QUIT = "quit"
OWNER = Audience(private=True, admin=True)
"""Whoever runs the command line: they could read every file of the sources anyway."""

_COMMAND = re.compile(r"/(\w+)(?:\s+(.*))?")
_SAID_BELOW = {Outcome.ANSWERED, Outcome.NOT_IN_SOURCES}
"""How a question ends whose places say all that there is to say."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is written of an answer; more can be written behind it, and nothing changed.

    Attributes:
        blocks: The blocks.
        answer: The whole, once it has ended.
    """

    blocks: tuple[Block, ...]
    answer: Answer | None = field(default=None, hash=False)

    def goes_on_as(self, later: Written) -> bool:
        """Whether `later` is this, or this with something behind it."""
        return later == self or (
            self.answer is None and later.blocks[: len(self.blocks)] == self.blocks
        )


class Terminal:
    """A `Platform` over lines in and a console out.

    An answer is one message, which grows until it has ended. The next line is read then.

    Args:
        read_line: Where the lines come from.
        console: Where answers go.
        statuses: Where it is shown what is happening meanwhile.
    """

    name = PLACE
    pace_s = 0.0
    lead_s = 0.0

    def __init__(self, read_line: ReadLine, console: Console, statuses: Console) -> None:
        self._read_line = read_line
        self._view = AnswerView(console, statuses)
        self._written: dict[str, Written] = {}
        self._asked = ""
        self._answered: asyncio.Future[None] | None = None

    async def receive(self, intake: Intake) -> None:
        """Hand in questions and commands, until /quit or the end of the lines.

        Ctrl-C cancels an answer that is being written, and ends everything where none is, or where
        it was pressed already.

        Raises:
            Exception: Nothing can be written any more, and why.
        """
        try:
            while (line := await in_background(self._read_line)) is not None:
                text = line.strip()
                command = _COMMAND.fullmatch(text)
                if command is None:
                    if text:
                        await self._ask(intake, text)
                elif command.group(1) == QUIT:
                    return
                else:
                    await self._taken(intake, _command(command.group(1), command.group(2) or ""))
        finally:
            self._view.close()

    async def audience(self, question: Question) -> Audience:
        """Whoever sits there."""
        del question
        return OWNER

    def render(self, view: View) -> Sequence[Written]:
        """One message, as soon as there is a block or an answer."""
        ended = view.answer
        if ended.outcome is Outcome.WITHDRAWN if ended else not view.blocks:
            return ()
        return (Written(view.blocks, ended),)

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """Write a message below everything else."""
        self._view.close()
        self._write(question, Written(()), _written(message))
        self._written[key] = _written(message)
        return key

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Write what is new in a message behind what is there.

        Raises:
            GoneError: What is there does not begin like that, and cannot be taken back.
        """
        before, now = self._written.get(sent), _written(message)
        if before is None or not before.goes_on_as(now):
            raise GoneError("what a terminal shows cannot be changed")
        if now != before:
            self._write(question, before, now)
            self._written[sent] = now

    async def find(self, question: Question, key: str) -> str | None:
        """The message itself: its key is its name here."""
        del question
        return key if key in self._written else None

    async def remove(self, question: Question, sent: str) -> None:
        """Add nothing to a message any more; what was read stays on the screen."""
        del question
        self._written.pop(sent, None)

    async def tell(self, question: Question, status: str) -> None:
        """Say below the question what is happening, until there is something to read."""
        if question.id == self._asked:
            self._view.tell(status)

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """Show what a command has to say."""
        del command, shown
        self._view.markdown(text)
        self._view.line()
        return ""

    async def _ask(self, intake: Intake, text: str) -> None:
        """Ask, and wait until the answer has ended."""
        loop = asyncio.get_running_loop()
        answered, interrupted = loop.create_future(), loop.create_future()
        question = Question(new_id(), text, place=PLACE, platform=PLACE, audience=OWNER)
        self._asked, self._answered = question.id, answered
        with _interrupt_ends(interrupted):
            if not await self._taken(intake, question):
                return
            await asyncio.wait((answered, interrupted), return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            await self._taken(intake, Cancelled(question.id))
        await answered

    async def _taken(self, intake: Intake, happening: Happening) -> bool:
        """Hand something in; whether it was taken, which the person is told otherwise."""
        try:
            await intake.take(happening)
        except FootnoteError as error:
            self._view.close()
            self._view.line(f"{error}\n")
            return False
        return True

    def _write(self, question: Question, before: Written, now: Written) -> None:
        """Write what `now` adds to what was written before.

        Raises:
            RefusedError: It could not be written, which ends what is received, too.
        """
        try:
            for block in now.blocks[len(before.blocks) :]:
                self._view.add(block)
            if now.answer:
                self._end(now.answer)
        except Exception as error:
            self._over(question, error)
            raise RefusedError("the terminal takes nothing any more") from error
        if now.answer:
            self._over(question)

    def _end(self, answer: Answer) -> None:
        self._view.end(answer)
        if answer.outcome not in _SAID_BELOW:
            self._view.line(conclusion(answer))
        self._view.line()

    def _over(self, question: Question, error: Exception | None = None) -> None:
        """The question has been answered, or cannot be any more."""
        if question.id != self._asked or self._answered is None or self._answered.done():
            return
        self._asked = ""
        if error:
            self._answered.set_exception(error)
        else:
            self._answered.set_result(None)


def new_id() -> str:
    """A new id for a question."""
    return uuid4().hex[:12]


def _command(name: str, argument: str) -> Command:
    return Command(name, argument, place=PLACE, platform=PLACE, audience=OWNER)


def _written(message: Hashable) -> Written:
    assert isinstance(message, Written)  # noqa: S101  only what render gave comes back
    return message


@contextmanager
def _interrupt_ends(waiting: asyncio.Future[None]) -> Iterator[None]:
    """Let Ctrl-C end a wait for a while, and nothing else."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)

    def end() -> None:
        if not waiting.done():
            waiting.set_result(None)

    try:
        loop.add_signal_handler(signal.SIGINT, end)
    except (NotImplementedError, RuntimeError, ValueError):  # no such signals here, or not ours
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)
