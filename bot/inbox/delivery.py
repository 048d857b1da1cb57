"""The messages of one answer: each is sent once, whatever becomes of its acknowledgement."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import TypeVar

from footnote.bot.inbox.keeper import Keeper
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.inbox.steady import steadily
from footnote.bot.platforms.base import (
    LANDING_S,
    GoneError,
    LostError,
    Platform,
    RateLimitedError,
    RefusedError,
)
from footnote.bot.questions import Question
from footnote.bot.state.base import Queue
from footnote.bot.state.entries import Sent

T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
UNKNOWN = object()
"""What a message says of which nobody knows what it says."""

_log = logging.getLogger(__name__)


class UndeliveredError(Exception):
    """The platform could not be reached for so long that others should have the worker.

    Attributes:
        after_s: Seconds after which the platform may be tried again.
    """

    def __init__(self, after_s: float) -> None:
        super().__init__(f"to be tried again in {after_s:g} s")
        self.after_s = after_s


class Delivery:
    """Brings messages to a platform, and knows which are there.

    Before a message is sent for the first time, its key is put on record, so that whoever comes
    after finds it on the platform rather than sends another.

    Args:
        platform: Where to.
        question: What they answer.
        keeper: Holds the question.
        queue: Where the messages are put on record.
        options: For how long to try.
    """

    def __init__(
        self,
        platform: Platform,
        question: Question,
        keeper: Keeper,
        queue: Queue,
        options: InboxOptions,
    ) -> None:
        self._platform = platform
        self._question = question
        self._keeper = keeper
        self._queue = queue
        self._options = options
        self._sent = list(keeper.lease.sent)
        self._says: list[object] = [UNKNOWN] * len(self._sent)
        settled = _now() + (0.0 if keeper.lease.quiet else options.settled_s)
        self._settled = [settled] * len(self._sent)
        self._allowed = _now()

    @property
    def sent(self) -> tuple[Sent, ...]:
        """The messages that are there, or may be."""
        return tuple(self._sent)

    @property
    def quiet(self) -> bool:
        """Whether nothing that was sent can still be under way."""
        return not self.settles_s

    @property
    def settles_s(self) -> float:
        """Seconds until nothing that was sent can still be under way."""
        return max(0.0, max(self._settled, default=0.0) - _now())

    def answers(self, question: Question) -> None:
        """Answer this revision of the question from now on."""
        self._question = question

    async def show(self, messages: Sequence[Hashable]) -> None:
        """Try once to have these messages there.

        Raises:
            PlatformError: Not all of them are.
            LeaseLostError: Another delivers by now.
        """
        try:
            for index, message in enumerate(messages):
                await self._put(index, message)
        except RateLimitedError as error:
            self._allowed = _now() + error.after_s
            raise

    async def conclude(self, messages: Sequence[Hashable]) -> None:
        """Have these messages there and no others.

        A platform that refuses for good is told to the log, and that is it.

        Raises:
            UndeliveredError: The platform could not be reached in a good while.
            LeaseLostError: Another delivers by now.
        """
        pause = FIRST_PAUSE_S
        until = _now() + self._options.patience_s
        wait = self._allowed - _now()
        while True:
            if _now() + wait > until:
                raise UndeliveredError(wait)
            await asyncio.sleep(wait)
            try:
                await self.show(messages)
                while len(self._sent) > len(messages):
                    await self._remove_last()
            except RefusedError as error:
                _log.error(
                    "The answer to question %s cannot be shown: %s", self._question.id, error
                )
                return
            except RateLimitedError as error:
                wait = error.after_s
            except (GoneError, LostError) as error:
                _log.warning("Question %s: %s", self._question.id, error)
                wait, pause = pause, min(2 * pause, LONGEST_PAUSE_S)
            else:
                return

    async def _put(self, index: int, message: Hashable) -> None:
        if index < len(self._sent) and self._says[index] == message:
            return
        if index == len(self._sent):
            await self._announce(index)
        elif not self._sent[index].message:
            await self._adopt(index)
        if self._sent[index].message:
            try:
                await self._send(
                    index,
                    lambda: self._platform.update(
                        self._question, self._sent[index].message, message
                    ),
                )
            except GoneError:
                await self._announce(index)
            else:
                self._says[index] = message
                return
        sent = self._sent[index]
        posted = await self._send(
            index, lambda: self._platform.post(self._question, message, sent.key)
        )
        self._sent[index] = Sent(sent.key, posted)
        self._says[index] = message
        await self._record()

    async def _announce(self, index: int) -> None:
        """Put a new message on record, at the end or in the place of one that is gone."""
        if index == len(self._sent):
            self._sent.append(Sent(f"{self._question.id}#{index}"))
            self._says.append(UNKNOWN)
            self._settled.append(0.0)
        else:
            self._sent[index] = Sent(f"{self._sent[index].key}'")
            self._says[index] = UNKNOWN
        await self._record()

    async def _adopt(self, index: int) -> None:
        """Find out whether a message of which that is unknown was sent after all."""
        await self._settle(index)
        sent = self._sent[index]
        found = await self._platform.find(self._question, sent.key)
        if found is not None:
            self._sent[index] = Sent(sent.key, found)

    async def _remove_last(self) -> None:
        index = len(self._sent) - 1
        if not self._sent[index].message:
            await self._adopt(index)
        message = self._sent[index].message
        if message:
            await self._send(index, lambda: self._platform.remove(self._question, message))
        for known in (self._sent, self._says, self._settled):
            known.pop()

    async def _record(self) -> None:
        await steadily(lambda: self._queue.record(self._keeper.lease, self.sent))

    async def _send(self, index: int, send: Callable[[], Awaitable[T]]) -> T:
        """Send, when nothing that was sent before to the same message can still arrive."""
        await self._settle(index)
        await self._keeper.may_send()
        self._settled[index] = _now() + LANDING_S
        self._says[index] = UNKNOWN
        try:
            async with asyncio.timeout(LANDING_S):
                result = await send()
        except TimeoutError as error:
            raise LostError(f"no answer within {LANDING_S:g} s") from error
        except (GoneError, RateLimitedError, RefusedError):
            self._settled[index] = 0.0
            raise
        self._settled[index] = 0.0
        return result

    async def _settle(self, index: int) -> None:
        await asyncio.sleep(max(0.0, self._settled[index] - _now()))


def _now() -> float:
    return asyncio.get_running_loop().time()
