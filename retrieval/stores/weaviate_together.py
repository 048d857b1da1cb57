"""What several tasks ask for at the same time, asked as one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Q, A]):
    request: Q
    answer: asyncio.Future[A]


class Together(Generic[Q, A]):
    """Requests that come while others are under way wait, and are then made as one call.

    A call never begins before a request that it answers came, so that nobody gets an answer from
    before they asked. Whoever gives up waiting disturbs nobody else.

    Args:
        ask: Makes one call for several requests, and gives an answer or an error to each.
        fits: How many of the waiting requests, at least one, go into the next call.
        calls: How many calls may be under way at once.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]],
        fits: Callable[[Sequence[Q]], int] = len,
        *,
        calls: int = 1,
    ) -> None:
        self._ask = ask
        self._fits = fits
        self._calls = calls
        self._waiting: list[_Waiting[Q, A]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._closed: Exception | None = None

    async def __call__(self, request: Q) -> A:
        """Make a request, alone or with others.

        Raises:
            Exception: What `ask` raised, or gave to this request.
        """
        if self._closed:
            raise self._closed
        waiting: _Waiting[Q, A] = _Waiting(request, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._start()
        return await waiting.answer

    async def close(self, why: Exception) -> None:
        """Break off the calls that are under way.

        Args:
            why: What is raised where an answer is awaited.
        """
        self._closed = why
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        for one in self._waiting:
            _give(one, why)
        self._waiting = []

    def _start(self) -> None:
        if self._waiting and not self._closed and len(self._under_way) < self._calls:
            task = asyncio.create_task(self._call())
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._start()

    async def _call(self) -> None:
        # Whoever else is about to ask in this turn of the event loop comes along.
        await asyncio.sleep(0)
        self._waiting = [one for one in self._waiting if not one.answer.done()]
        if not self._waiting:
            return
        count = self._fits([one.request for one in self._waiting])
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        self._start()
        try:
            answers: Sequence[A | BaseException] = await self._ask([one.request for one in taken])
        except asyncio.CancelledError as error:
            answers = [self._closed or error] * len(taken)
        except Exception as error:  # noqa: BLE001  it is raised where it was asked
            answers = [error] * len(taken)
        for one, answer in zip(taken, answers, strict=True):
            _give(one, answer)


def _give(one: _Waiting[Q, A], answer: A | BaseException) -> None:
    """Answer whoever still waits."""
    if one.answer.done():
        return
    if isinstance(answer, BaseException):
        one.answer.set_exception(answer)
    else:
        one.answer.set_result(answer)
