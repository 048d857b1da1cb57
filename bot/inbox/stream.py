"""Showing an answer while it is made: always the latest of it, never faster than is allowed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from footnote.bot.inbox.delivery import Delivery
from footnote.bot.inbox.waiting import AGAIN_S
from footnote.bot.platforms.base import (
    LANDING_S,
    Platform,
    PlatformError,
    RateLimitedError,
    RefusedError,
)
from footnote.bot.questions import View
from footnote.bot.state.errors import ChangedError, LeaseLostError

_log = logging.getLogger(__name__)


class Stream:
    """Shows views of one question; those that are overtaken are left out.

    Nothing depends on it: what could not be shown meanwhile is shown with the answer.
    """

    def __init__(self, platform: Platform, delivery: Delivery) -> None:
        self._platform = platform
        self._delivery = delivery
        self._latest: View | None = None
        self._wake = asyncio.Event()
        self._ended = asyncio.Event()
        self._told = ""
        self._shown: View | None = None
        self._led = False

    def show(self, view: View) -> None:
        """Show this as soon as possible."""
        self._latest = view
        self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Show what comes within; at the end, a send that is under way may finish.

        That is so where the question has changed, too: were it cut off, nothing could be sent to
        the same message for as long as it might still land.
        """
        task = asyncio.ensure_future(self._run())
        try:
            try:
                yield
            except ChangedError:
                await self._end(task)
                raise
            await self._end(task)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _end(self, task: asyncio.Future[None]) -> None:
        self._ended.set()
        self._wake.set()
        await task

    async def _run(self) -> None:
        while True:
            view = await self._next()
            if self._ended.is_set():
                return
            if view is None:
                continue
            try:
                pause = self._platform.pace_s if await self._show(view) else 0.0
            except RateLimitedError as error:
                pause = error.after_s
                self._again(view)
            except RefusedError:
                return
            except (PlatformError, TimeoutError) as error:
                _log.info("Question %s: %s", view.question.id, error)
                pause = self._platform.pace_s
                self._again(view)
            except LeaseLostError:
                raise
            except Exception:  # noqa: BLE001  the answer goes on, and is shown at its end
                _log.exception(
                    "Question %s cannot be shown while it is answered.", view.question.id
                )
                return
            await self._pause(pause)

    async def _next(self) -> View | None:
        """What is to be shown now, if anything; the same once more before a status expires."""
        try:
            async with asyncio.timeout(AGAIN_S):
                await self._wake.wait()
        except TimeoutError:
            self._told = ""
            return self._shown
        self._wake.clear()
        await self._pause(self._delivery.settles_s)
        view, self._latest = self._latest, None
        self._shown = view or self._shown
        return view

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than to the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    def _again(self, view: View) -> None:
        """Show this yet, unless there is a newer one."""
        if self._latest is None:
            self.show(view)

    async def _show(self, view: View) -> bool:
        """Whether it was shown by messages; else it was told, or there is nothing new to tell."""
        messages = self._platform.render(view)
        if messages and not self._led:
            self._led = True
            await self._pause(self._platform.lead_s)
            if self._ended.is_set():
                return False
            if self._latest:
                view, self._latest = self._latest, None
                self._shown = view
                messages = self._platform.render(view)
        if messages:
            await self._delivery.show(messages)
        elif view.status != self._told:
            self._told = view.status
            async with asyncio.timeout(LANDING_S):
                await self._platform.tell(view.question, view.status)
        return bool(messages)
