"""Requests of several tasks are made as one call, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from footnote.retrieval.stores.weaviate_together import Together


class Server:
    """Answers each number with its square when it is let, and refuses zero."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def ask(self, numbers: Sequence[int]) -> list[int | Exception]:
        """One call."""
        self.calls.append(list(numbers))
        await self.open.wait()
        if -1 in numbers:
            message = "down"
            raise ConnectionError(message)
        return [number**2 or ValueError("zero") for number in numbers]


async def settle() -> None:
    """Let the event loop turn until nothing is left but to wait."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_waits_is_made_as_one_call() -> None:
    """What comes while a call is under way goes into the next, and not into that one."""
    server = Server()
    together = Together(server.ask)
    server.open.clear()
    first = [asyncio.create_task(together(number)) for number in (1, 2)]
    await settle()
    rest = [asyncio.create_task(together(number)) for number in (3, 4, 5)]
    await settle()
    assert server.calls == [[1, 2]]
    server.open.set()
    assert await asyncio.gather(*first, *rest) == [1, 4, 9, 16, 25]
    assert server.calls == [[1, 2], [3, 4, 5]]


async def test_each_gets_its_own_error() -> None:
    """One refused request fails alone; a call that fails fails for all, and the next one works."""
    together = Together(Server().ask)
    ended = await asyncio.gather(*map(together, (2, 0, 3)), return_exceptions=True)
    assert [ended[0], ended[2]] == [4, 9]
    assert isinstance(ended[1], ValueError)
    ended = await asyncio.gather(*map(together, (2, -1)), return_exceptions=True)
    assert all(isinstance(error, ConnectionError) for error in ended)
    assert await together(3) == 9


async def test_who_gives_up_disturbs_nobody() -> None:
    """A cancelled request leaves the others their answers, under way or waiting."""
    server = Server()
    together = Together(server.ask)
    server.open.clear()
    tasks = [asyncio.create_task(together(number)) for number in (1, 2)]
    await settle()
    waiting = [asyncio.create_task(together(number)) for number in (3, 4)]
    await settle()
    tasks[0].cancel()
    waiting[0].cancel()
    server.open.set()
    assert list(await asyncio.gather(tasks[1], waiting[1])) == [4, 16]
    assert server.calls == [[1, 2], [4]]


async def test_no_more_goes_into_a_call_than_fits() -> None:
    """A batch is as large as it may be, and so many are under way as may be."""
    server = Server()
    together = Together(server.ask, lambda numbers: min(len(numbers), 2), calls=2)
    server.open.clear()
    tasks = [asyncio.create_task(together(number)) for number in range(1, 6)]
    await settle()
    assert server.calls == [[1, 2], [3, 4]]
    server.open.set()
    assert await asyncio.gather(*tasks) == [1, 4, 9, 16, 25]
    assert server.calls == [[1, 2], [3, 4], [5]]


async def test_closing_breaks_off_what_is_under_way() -> None:
    """Whoever waits is told why, and whoever comes later too."""
    server = Server()
    together = Together(server.ask)
    server.open.clear()
    under_way = asyncio.create_task(together(1))
    await settle()
    waiting = asyncio.create_task(together(2))
    await settle()
    await together.close(ValueError("closed"))
    for request in (under_way, waiting, together(3)):
        with pytest.raises(ValueError, match="closed"):
            await request
    assert server.calls == [[1]]
