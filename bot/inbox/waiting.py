"""Telling those who wait how many questions come before theirs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from footnote.bot.inbox.steady import steadily
from footnote.bot.platforms.base import LANDING_S, Platform, PlatformError
from footnote.bot.questions import Question, before_yours
from footnote.bot.state.base import Queue

FIRST_S = 1.0
"""Where a worker is free, a question is taken sooner, and there is nothing to tell."""
EVERY_S = 5.0
AGAIN_S = 60.0
"""Statuses expire on some platforms, so that an old one has to be told again."""

_log = logging.getLogger(__name__)


class Waiting:
    """The questions that came in here and wait.

    Args:
        queue: Knows who comes before whom.
        platforms: Where to tell, by name.
    """

    def __init__(self, queue: Queue, platforms: Mapping[str, Platform]) -> None:
        self._queue = queue
        self._platforms = platforms
        self._questions: dict[str, Question] = {}
        self._told: dict[str, tuple[int, float]] = {}
        self._wake = asyncio.Event()

    def add(self, question: Question) -> None:
        """Tell this one's asker from now on."""
        self._questions[question.id] = question
        self._wake.set()

    def discard(self, question_id: str) -> None:
        """It waits no longer."""
        self._questions.pop(question_id, None)
        self._told.pop(question_id, None)

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(FIRST_S)
            while self._questions:
                try:
                    await self._tell_all()
                except Exception:  # noqa: BLE001  the others are told the next time
                    _log.exception("Not everybody who waits could be told so.")
                await asyncio.sleep(EVERY_S)

    async def _tell_all(self) -> None:
        asked = tuple(self._questions)
        positions = await steadily(lambda: self._queue.positions(asked))
        for question_id in asked:
            if question_id not in positions:
                self.discard(question_id)
            elif question := self._questions.get(question_id):
                await self._tell(question, positions[question_id])

    async def _tell(self, question: Question, ahead: int) -> None:
        now = asyncio.get_running_loop().time()
        if (told := self._told.get(question.id)) and told[0] == ahead and now < told[1]:
            return
        self._told[question.id] = (ahead, now + AGAIN_S)
        try:
            async with asyncio.timeout(LANDING_S):
                await self._platforms[question.platform].tell(question, queue_status(ahead))
        except (PlatformError, TimeoutError) as error:
            _log.info("Question %s: %s", question.id, error)


def queue_status(ahead: int) -> str:
    """What an asker is told whose question waits."""
    if not ahead:
        return "Yours is the next question…"
    return before_yours(ahead)
