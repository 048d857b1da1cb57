"""Who may cancel an answer: the one who asked, and admins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from footnote.bot.platforms.base import Cancelled, Intake, NotTheirsError


async def cancel(
    intake: Intake, question_id: str, by: str, is_admin: Callable[[], Awaitable[bool]]
) -> None:
    """Cancel an answer for somebody who pressed a button.

    Args:
        intake: Takes it.
        question_id: Of the question.
        by: Who pressed, as `Question.asker` has people.
        is_admin: Whether they are an admin; asked only where the question is not theirs, so that
            nobody waits for a platform to say it of those who asked.

    Raises:
        NotTheirsError: They are neither.
        UnavailableError: It was not taken, and can be tried again.
    """
    try:
        await intake.take(Cancelled(question_id, by))
    except NotTheirsError:
        if not await is_admin():
            raise
        await intake.take(Cancelled(question_id))
