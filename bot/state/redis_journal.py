"""Finished questions and feedback in Redis."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.bot.state.base import Noted
from footnote.bot.state.entries import Kept
from footnote.bot.state.redis_link import Link
from footnote.bot.state.redis_replies import microseconds, seconds, to_kept


class RedisJournal:
    """Finished questions in order, and feedback, which never expires; see `Journal`.

    Args:
        link: Where they are kept.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def finished(self, *, after: float = 0.0, limit: int = 1000) -> Sequence[Kept]:
        """Finished questions that are still kept, oldest first; no two have the same time."""
        replies = await self._link.run("finished", microseconds(after), limit)
        return tuple(to_kept(reply) for reply in replies)

    async def note(self, noted: Noted) -> None:
        """Keep feedback; a repeat replaces it by the same, noted later."""
        await self._link.run("note", noted.id, noted.question_id, noted.body)

    async def notes(self, question_id: str = "") -> Sequence[Noted]:
        """Feedback on one question, or all there is, oldest first."""
        return tuple(
            Noted(note_id.decode(), about.decode(), body.decode(), seconds(noted))
            for note_id, about, body, noted in await self._link.run("notes", question_id)
        )

    async def erase(self, question_id: str, *, left: str = "") -> bool:
        """Remove the answer, the turn and the notes of a question; a repeat finds nothing."""
        return bool(await self._link.run("erase", question_id, left))
