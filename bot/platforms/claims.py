"""What is done once for each question, by whichever replica comes first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from footnote.bot.errors import UnavailableError
from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError

KEPT_S = 30 * 86400.0
"""As long as answers are kept unless told otherwise (see `Remains`)."""

BEGUN_S = 300.0
"""After so long, what was begun and never ended can be begun anew."""


class Claims:
    """Lets something be done once.

    Args:
        records: Where that is kept.
        namespace: What is done.
        done: What those are told who come later.
    """

    def __init__(self, records: Records, namespace: str, done: str) -> None:
        self._records = records
        self._namespace = namespace
        self._done = done

    @asynccontextmanager
    async def claimed(self, question_id: str) -> AsyncIterator[None]:
        """Do it; where it fails, it can be tried again.

        Raises:
            UnavailableError: It was done, or the state cannot be reached.
        """
        put = self._records.put
        try:
            begun = await put(self._namespace, question_id, "begun", ttl_s=BEGUN_S)
        except ConflictError as error:
            raise UnavailableError(self._done) from error
        try:
            yield
        except BaseException:
            await self._records.delete(self._namespace, question_id)
            raise
        await put(self._namespace, question_id, "done", version=begun, ttl_s=KEPT_S)
