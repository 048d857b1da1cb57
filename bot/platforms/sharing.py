"""Sharing an answer that only its asker has seen with all who are where it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.platforms.base import Lookups
from footnote.bot.platforms.claims import Claims
from footnote.bot.questions import Answer
from footnote.bot.state.base import Records

NOT_FOR_ALL = (
    "Not everybody in this channel may see what this answer was made from: it stays with you."
)
SHARED = "This answer is shared with the channel already."


class Sharing:
    """Shows a private answer to all, where all may see it.

    Args:
        platform: The name of the platform.
        lookups: Looks up again what was shown.
        records: Where it is kept what was shared.
    """

    def __init__(self, platform: str, lookups: Lookups, records: Records) -> None:
        self._lookups = lookups
        self._claims = Claims(records, f"{platform}:shared", SHARED)

    async def share(
        self,
        question_id: str,
        asker: Audience,
        everybody: Audience,
        show: Callable[[Answer], Awaitable[None]],
    ) -> None:
        """Show an answer once.

        Args:
            question_id: The question.
            asker: Who wants it shared, who must be able to see it.
            everybody: Who would see it then.
            show: Shows it to them.

        Raises:
            FootnoteError: It is shared already, is no longer kept, or is not for everybody there.
            PlatformError: The platform has not taken it.
        """
        await self._lookups.answer(question_id, asker)
        try:
            answer = await self._lookups.answer(question_id, everybody)
        except FootnoteError as error:
            raise UnavailableError(NOT_FOR_ALL) from error
        async with self._claims.claimed(question_id):
            await show(answer)
