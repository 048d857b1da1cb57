"""A running platform, with the eyes and the hands of people there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Protocol, TypeVar

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import Happening, Platform, Verdict
from footnote.bot.questions import Answer, Block, Outcome, Question, View

H = TypeVar("H", bound=Happening)

PATIENCE_S = 20.0
MOMENT_S = 0.1
"""For what must not happen: long enough to see it where it does."""


class Can(StrEnum):
    """What happens at most places and at some never, by their nature; each says so of these."""

    ACKNOWLEDGE = "nothing is acknowledged"
    DELIVER_AGAIN = "nothing is told once more"
    EDIT = "no question can be edited"
    DELETE = "no question can be deleted"
    JUDGE = "nobody says what they think of an answer"
    READ_ALONG = "nobody reads along"
    TELL_APART = "what is happening is shown by a message"
    ERASE = "nothing that was shown can be taken away"
    LOSE = "what becomes of a send is always known"
    LIMIT = "there is no limit to sends"
    CHOOSE = "no admin is asked anything"
    SUCCEED = "no other process can go on"


class Send(StrEnum):
    """What is sent."""

    POST = "post"
    UPDATE = "update"
    REMOVE = "remove"


class Taken:
    """An intake that keeps what it takes.

    Attributes:
        tried: What was handed in, in order.
        happenings: What of it was taken.
        refusal: Why nothing is taken now, if so.
        hold: What is waited for before anything is taken, if anything.
    """

    def __init__(self) -> None:
        self.tried: list[Happening] = []
        self.happenings: list[Happening] = []
        self.refusal: FootnoteError | None = None
        self.hold: asyncio.Event | None = None

    async def take(self, happening: Happening) -> None:
        """Take it, or do not."""
        self.tried.append(happening)
        if self.hold:
            await self.hold.wait()
        if self.refusal:
            raise self.refusal
        self.happenings.append(happening)

    def of(self, kind: type[H]) -> list[H]:
        """What was taken of one kind."""
        return [happening for happening in self.happenings if isinstance(happening, kind)]

    async def first(self, kind: type[H]) -> H:
        """The first of one kind, once it was taken."""
        await soon(lambda: bool(self.of(kind)))
        return self.of(kind)[0]


class Place(Protocol):
    """A platform that hands in to `taken`, what people see there, and what they do.

    Attributes:
        platform: The platform.
        taken: What it has handed in.
        cannot: Why something cannot be done there, for each such thing.
    """

    platform: Platform
    taken: Taken
    cannot: Mapping[Can, str]

    async def ask(self, text: str, *, alone: bool = False) -> None:
        """Somebody asks, where others read along or not."""

    async def edit(self, text: str) -> None:
        """They make another text of what they asked last."""

    async def delete(self) -> None:
        """They delete what they asked last."""

    async def cancel(self, question: Question, sent: str) -> None:
        """They do not want the answer any longer that this message begins."""

    async def judge(self, question: Question, sent: str, verdict: Verdict) -> None:
        """They say what they think of an answer with this message."""

    async def choose(self, adapter: str, *, promote: bool) -> str:
        """An admin is asked about an adapter, and decides; what they are there is given back."""

    async def command(self, name: str, argument: str = "") -> None:
        """They give a command."""

    async def deliver_again(self) -> None:
        """The platform's servers tell once more of what was asked last."""

    def acknowledged(self) -> bool:
        """Whether all that people did is acknowledged."""

    def sees(self, question: Question) -> str:
        """All that is to be read below a question, in order."""

    def told(self, question: Question) -> str:
        """What is shown to be happening."""

    def replies(self) -> str:
        """All that is to be read of what was said to commands, and to those who ask alone."""

    async def erase(self, question: Question, sent: str) -> None:
        """Somebody takes a message away that the platform has sent."""

    def lose(self, *, lands: bool, ended: bool) -> None:
        """Nobody will say what became of the next post.

        Args:
            lands: Whether it will be there.
            ended: Whether it is of a message that will never say anything else.
        """

    def limit(self, send: Send, after_s: int) -> None:
        """The next send of this sort is one too many."""

    async def successor(self) -> Platform:
        """The platform as another process knows it."""


@asynccontextmanager
async def receiving(place: Place) -> AsyncIterator[Place]:
    """Let a platform hand in what people do; why it cannot go on, if so, is raised at the end."""
    task = asyncio.ensure_future(place.platform.receive(place.taken))
    try:
        yield place
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()


def needs(place: Place, *things: Can) -> None:
    """Skip a test of what cannot be done at a place."""
    for thing in things:
        if thing in place.cannot:
            pytest.skip(f"{place.platform.name}: {thing}, since {place.cannot[thing]}")


async def asked(place: Place, text: str, *, alone: bool = False) -> Question:
    """A question that was taken, told apart from all before it by its text."""
    await place.ask(text, alone=alone)
    await soon(lambda: bool(_of_text(place, text)))
    return _of_text(place, text)[0]


def blocks(*words: str) -> tuple[Block, ...]:
    """A sentence with each of these words."""
    return tuple(
        Block(f"It says {word}.", " " if number else "") for number, word in enumerate(words)
    )


def running(question: Question, *words: str) -> View:
    """An answer that is still made."""
    return View(question, blocks(*words))


def ended(question: Question, *words: str, outcome: Outcome = Outcome.ANSWERED) -> View:
    """An answer that has ended."""
    answer = Answer(question, outcome, blocks(*words))
    return View(question, answer.blocks, answer=answer)


async def post(place: Place, view: View, key: str) -> str:
    """Send the one message that shows a view."""
    (message,) = place.platform.render(view)
    return await place.platform.post(view.question, message, key)


async def update(place: Place, view: View, sent: str) -> None:
    """Make a message the one that shows a view."""
    (message,) = place.platform.render(view)
    await place.platform.update(view.question, sent, message)


async def soon(look: Callable[[], bool]) -> None:
    """Return once it is true."""
    async with asyncio.timeout(PATIENCE_S):
        while not look():  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(0.01)


def _of_text(place: Place, text: str) -> list[Question]:
    return [question for question in place.taken.of(Question) if question.text == text]
