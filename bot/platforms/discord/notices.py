"""What those are told who wait in the queue: a message that becomes the answer in the end."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress

from footnote.bot.errors import FootnoteError
from footnote.bot.questions import Question
from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError

KEPT_S = 86400.0
REMEMBERED = 2_000

_SPACE = "discord:notices"


class Notices:
    """Which message tells which question's asker to wait.

    Another replica may answer than the one that told them, and much later.

    Args:
        records: Where that is kept.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._told: OrderedDict[str, None] = OrderedDict()

    def is_first(self, question: Question) -> bool:
        """Whether this process has not told them yet; from now on it has."""
        first = question.id not in self._told
        self._told[question.id] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return first

    async def keep(self, question: Question, message: str) -> None:
        """This message tells them."""
        with suppress(ConflictError):
            await self._records.put(_SPACE, question.id, message, ttl_s=KEPT_S)

    async def of(self, question_id: str) -> str:
        """The message that tells them; "" where there is none, or nobody knows."""
        with suppress(FootnoteError):
            if record := await self._records.get(_SPACE, question_id):
                return record.value
        return ""
