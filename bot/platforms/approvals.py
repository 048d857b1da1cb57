"""Corrections that admins approve, on every platform alike.

Any correction is kept with its author; one that an admin approves is kept as the answer. Who is an
admin is asked of the platform each time.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.feedback import digest_of
from footnote.bot.platforms.base import Approved, Feedback, Intake, Lookups
from footnote.bot.platforms.claims import Claims
from footnote.bot.questions import Question
from footnote.bot.state.base import Records

APPROVE = "Approve it: keep it as the answer"
DENIED = "Only admins can approve an answer: ask one of them."
SHOWN = "This correction has been shown already."


class Approvals:
    """Corrections that wait for an admin.

    Args:
        platform: The name of the platform.
        lookups: Looks up again what was shown.
        records: Where it is kept which corrections were shown.
        intake: Takes what is approved.
    """

    def __init__(self, platform: str, lookups: Lookups, records: Records, intake: Intake) -> None:
        self._lookups = lookups
        self._intake = intake
        self._claims = Claims(records, f"{platform}:corrections", SHOWN)

    async def show(
        self,
        correction: Feedback,
        everybody: Audience,
        post: Callable[[Question, str], Awaitable[None]],
    ) -> None:
        """Show a correction once where admins are, unless it was not for all who are there.

        Args:
            correction: The correction.
            everybody: All who would see it.
            post: Shows it there, with the question and the correction's digest.

        Raises:
            StateUnavailableError: Nobody knows whether it was shown.
            PlatformError: The platform has not taken it.
        """
        digest = digest_of(correction.correction)
        try:
            answer = await self._lookups.answer(correction.question_id, everybody)
        except FootnoteError:
            return
        asked = answer.question.audience
        if asked.private or not asked.public:
            return
        key = json.dumps([correction.question_id, correction.asker, digest])
        try:
            async with self._claims.claimed(key):
                await post(answer.question, digest)
        except UnavailableError as error:
            if str(error) != SHOWN:
                raise

    async def approve(self, approved: Approved, admin: Audience) -> None:
        """Keep a correction as the answer.

        Args:
            approved: Which, and who says so.
            admin: That person as an audience, as of now.

        Raises:
            UnavailableError: They are no admin, or it was not taken.
            UnheardError: The correction was changed or removed since.
        """
        if not admin.admin:
            raise UnavailableError(DENIED)
        await self._intake.take(approved)
