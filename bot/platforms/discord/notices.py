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
SOMEWHERE = ""
"""Where nobody knows yet which message it is, or whether there is one."""

_SPACE = "discord:notices"


class Notices:
    """Which message tells which question's asker to wait.

    Another replica may answer than the one that told them, and much later. That one is to be sent
    is put on record before, so that it is looked for where its acknowledgement was lost.

    Args:
        records: Where that is kept.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._versions: OrderedDict[str, int] = OrderedDict()

    async def begin(self, question: Question) -> bool:
        """Whether nobody has told them yet; from now on somebody has.

        Raises:
            StateUnavailableError: Nobody can say.
        """
        if question.id in self._versions:
            return False
        version = 0
        with suppress(ConflictError):
            version = await self._records.put(_SPACE, question.id, SOMEWHERE, ttl_s=KEPT_S)
        self._versions[question.id] = version
        if len(self._versions) > REMEMBERED:
            self._versions.popitem(last=False)
        return version > 0

    async def keep(self, question: Question, message: str) -> None:
        """This message tells them.

        Raises:
            StateUnavailableError: That could not be kept.
        """
        version = self._versions.get(question.id, 0)
        with suppress(ConflictError):
            await self._records.put(_SPACE, question.id, message, version=version, ttl_s=KEPT_S)

    async def of(self, question_id: str) -> str | None:
        """The message that tells them, or `SOMEWHERE`; None where nobody knows of one."""
        with suppress(FootnoteError):
            if record := await self._records.get(_SPACE, question_id):
                return record.value
        return None
