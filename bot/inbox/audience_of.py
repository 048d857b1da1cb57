"""Who will see an answer, asked from the platform until it says."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from footnote.bot.audience import Audience
from footnote.bot.inbox.delivery import UndeliveredError
from footnote.bot.platforms.base import (
    LANDING_S,
    GoneError,
    LostError,
    Platform,
    RateLimitedError,
    RefusedError,
)
from footnote.bot.questions import Question

PAUSE_S = 1.0
NOBODY = Audience(outsiders=True)
"""Of whom nothing is known: they see what nobody has to be known for, which is nothing."""

_log = logging.getLogger(__name__)


async def audience_of(platform: Platform, question: Question, patience_s: float) -> Audience:
    """Who will see the answer to a question.

    Args:
        platform: Where it was asked.
        question: The question.
        patience_s: How long to ask.

    Raises:
        UndeliveredError: The platform could not be reached in that time.
    """
    until = _now() + patience_s
    while True:
        wait = PAUSE_S
        try:
            async with asyncio.timeout(LANDING_S):
                return await platform.audience(question)
        except RateLimitedError as error:
            wait = error.after_s
        except (LostError, TimeoutError) as error:
            _log.info("Nobody says who reads along at question %s: %s", question.id, error)
        except (GoneError, RefusedError) as error:
            _log.warning("Nobody will say who reads along at question %s: %s", question.id, error)
            return replace(NOBODY, private=question.audience.private)
        if _now() + wait > until:
            raise UndeliveredError(wait)
        await asyncio.sleep(wait)


def _now() -> float:
    return asyncio.get_running_loop().time()
