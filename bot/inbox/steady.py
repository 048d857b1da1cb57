"""Going on when the state comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from footnote.bot.state.errors import StateUnavailableError

T = TypeVar("T")

FIRST_S, LONGEST_S = 0.2, 5.0

_log = logging.getLogger(__name__)


async def steadily(operation: Callable[[], Awaitable[T]]) -> T:
    """Do an operation on the state, again and again until the state can be reached.

    Repeating one whose acknowledgement was lost does no harm (see `bot/state/base.py`).
    """
    pause = FIRST_S
    while True:
        try:
            return await operation()
        except StateUnavailableError as error:
            _log.warning("%s Trying again in %g s.", error, pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_S)
