"""Keeping the lease of one question while it is worked on, and noticing what people want of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from footnote.bot.inbox.options import InboxOptions
from footnote.bot.inbox.steady import steadily
from footnote.bot.state.base import Queue
from footnote.bot.state.entries import Lease
from footnote.bot.state.errors import ChangedError, StateUnavailableError

LOOK_S = 0.5
"""How old what is known of a question may be when a block is about to be shown."""

_log = logging.getLogger(__name__)


class Keeper:
    """Holds one question.

    Args:
        queue: Where it is held.
        lease: As it was taken just now.
        options: How often it is renewed.

    Attributes:
        lease: What is known of the question.
    """

    def __init__(self, queue: Queue, lease: Lease, options: InboxOptions) -> None:
        self.lease = lease
        self._queue = queue
        self._options = options
        self._renewed = self._looked = _now()
        self._send_now = asyncio.Event()
        self._scope: asyncio.Timeout | None = None
        self._nudged = asyncio.Event()

    async def keep(self) -> None:
        """Renew the lease until cancelled.

        Raises:
            LeaseLostError: Another holds it by now: everything has to stop.
        """
        while True:
            try:
                async with asyncio.timeout(self._options.renew_s):
                    await self._nudged.wait()
            except TimeoutError:
                pass
            self._nudged.clear()
            try:
                await self._renew()
            except StateUnavailableError as error:
                _log.warning("Question %s: %s", self.lease.id, error)

    def nudge(self) -> None:
        """Look at the question now: somebody wants something of it."""
        self._nudged.set()

    async def refresh(self) -> Lease:
        """Look at the question anew, as soon as the state can be reached.

        Raises:
            LeaseLostError: Another holds it by now.
        """
        await steadily(self._renew)
        return self.lease

    async def check(self) -> None:
        """Look at the question unless that was done just now.

        Raises:
            LeaseLostError: Another holds it by now.
        """
        if _now() - self._looked < LOOK_S:
            return
        try:
            self._saw(await self._queue.look(self.lease))
        except StateUnavailableError as error:
            _log.warning("Question %s: %s", self.lease.id, error)

    async def may_send(self) -> None:
        """Wait until the lease was renewed so lately that a send may begin."""
        while _now() - self._renewed >= self._options.send_s:
            self._send_now.clear()
            self.nudge()
            await self._send_now.wait()

    @asynccontextmanager
    async def unchanged(self, lease: Lease) -> AsyncIterator[None]:
        """Interrupt what is done within as soon as people want something else than `lease` says.

        Raises:
            ChangedError: They do.
        """
        try:
            async with asyncio.timeout(None) as scope:
                self._scope = scope
                self._interrupt_if_changed(lease)
                yield
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise ChangedError(f"Question {lease.id} has changed: look at it anew.") from error
        finally:
            self._scope = None

    async def _renew(self) -> None:
        asked = _now()
        lease = await self._queue.renew(self.lease, lease_s=self._options.lease_s)
        self._renewed = asked
        self._send_now.set()
        self._saw(lease)

    def _saw(self, lease: Lease) -> None:
        self._looked = _now()
        before, self.lease = self.lease, lease
        self._interrupt_if_changed(before)

    def _interrupt_if_changed(self, before: Lease) -> None:
        now = self.lease
        if self._scope and (now.wish, now.revision) != (before.wish, before.revision):
            self._scope.reschedule(_now())
            self._scope = None


def _now() -> float:
    return asyncio.get_running_loop().time()
