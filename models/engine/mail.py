"""What was told about one question and not read yet."""

from __future__ import annotations

import asyncio
from collections import deque

from footnote.models.engine.messages import Event


class Mail:
    """A queue that nobody waits to put into; however late it is read, text comes in one piece."""

    def __init__(self) -> None:
        self._events: deque[Event | str] = deque()
        self._some = asyncio.Event()

    def put(self, event: Event | str) -> None:
        """Leave an event, or more of an answer's text, to be read."""
        self._events.append(event)
        self._some.set()

    async def get(self) -> Event | str:
        """The next event, or all text that comes next; wait for one where there is none."""
        await self._some.wait()
        event = self._events.popleft()
        if isinstance(event, str):
            texts = [event]
            while self._events and isinstance(later := self._events[0], str):
                texts.append(later)
                self._events.popleft()
            event = "".join(texts)
        if not self._events:
            self._some.clear()
        return event
