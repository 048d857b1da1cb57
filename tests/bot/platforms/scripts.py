"""Answers from a script, and a state that can be cut off, for scenarios of every platform."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from footnote.bot.inbox.worker import Answering
from footnote.bot.platforms.base import Command
from footnote.bot.questions import Answer, Block, Event, Outcome, Question, Status
from footnote.bot.state.errors import StateUnavailableError
from footnote.bot.state.sqlite_lane import Lane

T = TypeVar("T")

SOURCES = {"docs": frozenset({"everyone"})}


@dataclass(slots=True)
class Script:
    """What is said to each question: blocks, pauses in seconds, statuses, or an error.

    An event is waited for.

    Attributes:
        answers: The steps, by what the question holds; else "About …" is said.
        asked: The questions that came to be answered.
        answering: What answers instead, if anything.
        commands: The commands that were given.
        said: What is said to them, by their names; else the command.
        hold: What they wait for, if anything.
    """

    answers: dict[str, Sequence[Any]] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)
    answering: Answering | None = None
    commands: list[Command] = field(default_factory=list)
    said: dict[str, Sequence[str]] = field(default_factory=dict)
    hold: asyncio.Event | None = None

    async def command(self, command: Command) -> AsyncGenerator[str, None]:
        """What is said to a command: the command, and to one that takes long, how it gets on."""
        self.commands.append(command)
        if self.hold:
            await self.hold.wait()
        if command.name in self.said:
            for text in self.said[command.name]:
                yield text
            return
        said = f"/{command.name} {command.argument}".strip()
        if command.name == "reindex":
            yield f"{said}…"
        yield said

    async def events(self, question: Question) -> AsyncGenerator[Event, None]:
        """The events of an answer."""
        self.asked.append(question)
        if self.answering:
            async for event in self.answering(question):
                yield event
            return
        steps = next((s for text, s in self.answers.items() if text in question.text), None)
        blocks: tuple[Block, ...] = ()
        outcome = Outcome.ANSWERED
        for step in steps if steps is not None else (f"About {question.text}",):
            match step:
                case float() | int():
                    await asyncio.sleep(step)
                case asyncio.Event():
                    await step.wait()
                case Exception():
                    raise step
                case Status():
                    yield step
                case Outcome():
                    outcome = step
                case Block():
                    blocks = (*blocks, step)
                    yield step
                case _:
                    block = Block(step, gap="\n\n" if blocks else "")
                    blocks = (*blocks, block)
                    yield block
        yield Answer(question, outcome, blocks=blocks)


class Link:
    """The way to the state.

    Attributes:
        away: Whether there is none now.
        refused: How many transactions could not be done.
    """

    def __init__(self, lane: Lane) -> None:
        self.away = False
        self.refused = 0
        self._lane = lane

    async def run(
        self, work: Callable[[sqlite3.Connection, float], T], *, durable: bool = True
    ) -> T:
        """One transaction."""
        if self.away:
            self.refused += durable
            raise StateUnavailableError("The state is away: try again in a minute.")
        return await self._lane.run(work, durable=durable)
