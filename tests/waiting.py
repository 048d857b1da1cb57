"""Waiting for something that nobody tells of, such as a file that another task writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 20.0
T = TypeVar("T")


async def until(look: Callable[[], T], seconds: float = PATIENCE_S) -> T:
    """What `look` gives as soon as it is true.

    Raises:
        TimeoutError: It was not true in so many seconds.
    """
    async with asyncio.timeout(seconds):
        while not (seen := look()):  # noqa: ASYNC110  nobody sets an event
            await asyncio.sleep(0.01)
    return seen
