"""Bringing what is remembered of a channel in line with it, with few requests.

A listing goes from the newest message to the oldest. One that is complete begins anew every so
many days, and where it breaks off it goes on in the next sync; in between, a sync lists the last
days alone. A listing shows of a thread whether messages came or went: only then, or where an edit
is likely enough, are its messages read.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from footnote.connectors.history.memory import Known, Memory
from footnote.connectors.history.model import Channel, Page, Service

T = TypeVar("T")

DAY_S = 86_400.0
AT_ONCE = 8
"""So many threads are read side by side."""
_TRUST_S = 30 * DAY_S
"""For so long the messages of a quiet thread are believed to be as they were read."""
_SPREAD = 30
"""Over so many days more, so that not all quiet threads are read again on one day."""
_MARGIN_S = 3600.0
"""Clocks differ: a listing reaches back so far before the moment when one before it began."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How often is looked at what.

    Attributes:
        keep_s: What is older than so many seconds is left out; 0: nothing is.
        recent_s: What is not older than so many seconds is looked at each time.
        complete_s: After so many seconds everything is looked at.
    """

    keep_s: float
    recent_s: float
    complete_s: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a channel has been read.

    Attributes:
        completed_at: When its last complete listing began, in seconds since the epoch.
        looked_at: When the last listing began that came to its end, complete or not.
        number: Of the complete listing that is going on, or 0.
        began_at: When that began.
        reached: The id down to which it came, or "".
        last: The largest number of a listing so far.
    """

    completed_at: float = 0.0
    looked_at: float = 0.0
    number: int = 0
    began_at: float = 0.0
    reached: str = ""
    last: int = 0


class Reading:
    """Reads channels into the memory.

    Args:
        service: Where from.
        memory: Where to.
        habits: How often is looked at what.
        now: Tells the time, in seconds since the epoch.
    """

    def __init__(
        self, service: Service, memory: Memory, habits: Habits, now: Callable[[], float]
    ) -> None:
        self._service = service
        self._memory = memory
        self._habits = habits
        self._now = now

    async def read(self, channel: Channel) -> None:
        """Bring what is remembered of a channel in line with it; what was done stays done.

        Raises:
            ChannelError: It cannot be read any further now.
            SourceError: Nothing can be read.
        """
        fact = f"channel {channel.id}"
        known = await asyncio.to_thread(self._memory.fact, fact)
        progress, now = Progress(**known) if known else Progress(), self._now()
        try:
            if progress.number:
                progress = await self._list_recent(channel, progress, progress.began_at)
                await self._list_all(channel, progress)
            elif now - progress.completed_at >= self._habits.complete_s:
                number = progress.last + 1
                begun = replace(progress, number=number, began_at=now, last=number)
                await self._list_all(channel, begun)
            else:
                await self._list_recent(channel, progress, progress.looked_at)
            await self._read_threads(channel)
        finally:
            await self._service.settle()

    async def _list_all(self, channel: Channel, progress: Progress) -> None:
        since = self._oldest()
        async with aclosing(self._service.pages(channel, since, progress.reached)) as pages:
            async for page in pages:
                await self._add(channel, page, progress.number)
                progress = replace(progress, reached=page.reached or progress.reached)
                await self._remember(channel, progress)
        await asyncio.to_thread(self._memory.sweep, channel.id, since, progress.number)
        await asyncio.to_thread(self._memory.cut, channel.id, since)
        began, last = progress.began_at, progress.last
        looked_at = max(began, progress.looked_at)
        done = Progress(completed_at=began, looked_at=looked_at, last=last)
        await self._remember(channel, done)

    async def _list_recent(self, channel: Channel, progress: Progress, before: float) -> Progress:
        """List what is recent, and all since a listing that began at a moment."""
        now = self._now()
        since = max(min(now - self._habits.recent_s, before - _MARGIN_S), self._oldest())
        progress = replace(progress, last=progress.last + 1)
        await self._remember(channel, progress)
        async with aclosing(self._service.pages(channel, since, "")) as pages:
            async for page in pages:
                await self._add(channel, page, progress.last)
        await asyncio.to_thread(self._memory.sweep, channel.id, since, progress.last)
        progress = replace(progress, looked_at=now)
        await self._remember(channel, progress)
        return progress

    async def _add(self, channel: Channel, page: Page, number: int) -> None:
        """Keep a page; a service may tell of threads that began before all that counts."""
        oldest = self._oldest()
        threads = [thread for thread in page.threads if thread.at >= oldest]
        page = replace(page, threads=threads)
        await asyncio.to_thread(self._memory.add, channel.id, page, number)

    async def _remember(self, channel: Channel, progress: Progress) -> None:
        await asyncio.to_thread(self._memory.remember, f"channel {channel.id}", asdict(progress))

    async def _read_threads(self, channel: Channel) -> None:
        known = await asyncio.to_thread(self._memory.threads, channel.id)
        now = self._now()

        async def read(one: Known) -> None:
            messages = await self._service.thread(channel, one.thread)
            if messages is None:
                await asyncio.to_thread(self._memory.drop_thread, channel.id, one.thread.id)
            else:
                await asyncio.to_thread(
                    self._memory.keep_thread, channel.id, one.thread, messages, now
                )

        await each((one for one in known if self._is_due(one, now)), read)

    def _is_due(self, one: Known, now: float) -> bool:
        """Whether a thread's messages have to be read."""
        if one.read_mark != one.thread.mark:
            return True
        spread = hashlib.blake2b(one.thread.id.encode(), digest_size=2).digest()[0] % _SPREAD
        return (
            now - one.thread.latest < self._habits.recent_s
            or now - one.read_at > _TRUST_S + spread * DAY_S
        )

    def _oldest(self) -> float:
        """Since when messages count: since the beginning of a day, so that no day is halved."""
        if not self._habits.keep_s:
            return 0.0
        return max(0.0, (self._now() - self._habits.keep_s) // DAY_S * DAY_S)


async def each(items: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Do something with each of these, a few at a time; the first error ends it."""
    waiting = deque(items)

    async def go_on() -> None:
        while waiting:
            await work(waiting.popleft())

    tasks = [asyncio.create_task(go_on()) for _ in range(min(AT_ONCE, len(waiting)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
