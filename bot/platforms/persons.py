"""Asking people what the sources do not answer, on every platform alike.

Who is asked, and how often, is decided here; a platform lends its hands: it posts a question where
the people are, and says what it knows of somebody who replies there.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from footnote.bot.audience import Audience
from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import (
    Deleted,
    Intake,
    Lookups,
    PlatformError,
    Replied,
    UnheardError,
)
from footnote.bot.platforms.claims import KEPT_S, Claims
from footnote.bot.questions import Question
from footnote.bot.state.base import Records

ASKED = "They have been asked already: their reply is yet to come."
TOLD = "I have asked them in {}: what they reply comes to where this was asked."
HOW = "Reply in this thread: what you write is brought to who asked, and kept as the answer."
SOMEBODY = "a colleague"
"""What a person is called of whom the platform does not say it now."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Posted:
    """A question that people were asked.

    Attributes:
        thread: Names the thread that begins with it; no other thread has that name.
        where: What the one who asked is told about where it is.
    """

    thread: str
    where: str


class Board(Protocol):
    """Where the people are who can be asked."""

    async def pin(self, question: Question) -> Posted:
        """Post a question, with a link to where it was asked, and with `HOW` to reply.

        Raises:
            FootnoteError: It cannot be posted there, and what to do about it.
            PlatformError: It was not posted, or nobody knows.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """A message in a thread of such a question.

    Attributes:
        id: Names the message: the same for every event about it, as `Deleted` has it.
        thread: Names the thread, as `Posted` does.
        person: Who wrote it, as the platform names them.
        text: What it says.
        revision: 0 as it was first written; each edit has a higher one.
    """

    id: str
    thread: str
    person: str
    text: str
    revision: int = 0


class Writer(Protocol):
    """The person who wrote a reply."""

    async def name(self) -> str:
        """What people call them.

        Raises:
            UnavailableError: It cannot be said now.
            PlatformError: So, too.
        """
        ...

    async def thank(self) -> None:
        """Show them that their reply was taken.

        Raises:
            PlatformError: It was not shown.
        """
        ...

    async def tell(self, text: str) -> None:
        """Tell them alone.

        Raises:
            PlatformError: They were not told.
        """
        ...


class Persons:
    """The people who can be asked on one platform.

    Args:
        platform: Its name.
        lookups: Looks up again what was shown.
        records: Where it is kept which thread stands for which question.
        intake: Takes what they reply.
    """

    def __init__(self, platform: str, lookups: Lookups, records: Records, intake: Intake) -> None:
        self._lookups = lookups
        self._records = records
        self._intake = intake
        self._threads = f"{platform}:asked in"
        self._claims = Claims(records, f"{platform}:asked", ASKED)

    async def ask(self, question_id: str, by: str, viewer: Audience, board: Board) -> str:
        """Ask them a question, once however many people want it; what to tell who wants it.

        Args:
            question_id: The question.
            by: Who wants it, as the platform names them.
            viewer: That person as an audience: who cannot see an answer cannot pass it on.
            board: Where the people are.

        Raises:
            FootnoteError: They cannot be asked, or were already, or the answer is not kept.
            PlatformError: The platform has not taken it.
        """
        question = (await self._lookups.answer(question_id, viewer)).question
        async with self._claims.claimed(question_id):
            posted = await board.pin(question)
            asked = json.dumps([question_id, question.asker, by])
            await self._records.put(self._threads, posted.thread, asked, ttl_s=KEPT_S)
        return TOLD.format(posted.where)

    async def replied(self, reply: Reply, writer: Writer) -> bool:
        """Whether a message belongs to such a thread; a reply is then taken.

        What those who wanted to know write there themselves is no reply. One that says nothing any
        more is withdrawn.

        Raises:
            UnavailableError: It was not taken, and has to come again.
        """
        found = await self._records.get(self._threads, reply.thread)
        if found is None:
            return False
        question_id, *askers = json.loads(found.value)
        if reply.person in askers:
            return True
        if not reply.text:
            await self._intake.take(Deleted(reply.id, reply.revision))
            return True
        name = SOMEBODY
        with suppress(PlatformError, UnavailableError):
            name = await writer.name()
        taken = Replied(
            reply.id, question_id, reply.person, name or SOMEBODY, reply.text, reply.revision
        )
        try:
            try:
                await self._intake.take(taken)
            except UnheardError as error:
                await writer.tell(str(error))
            else:
                await writer.thank()
        except PlatformError as error:
            _log.info("Who replied to question %s was not told of it: %s", question_id, error)
        return True
