"""Waiting for a line holds up nothing."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator

import pytest

from footnote.bot.platforms.terminal_input import in_background, standard_input


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A pipe in place of stdin; the end to write to."""
    ours, theirs = os.pipe()
    with os.fdopen(ours) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield theirs


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (b"", []),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\n\r\ntwo", ["one", "", "two"]),
        ("größe\n".encode(), ["größe"]),
        (b"caf\xe9\n", ["caf\ufffd"]),
        (b"x" * 60_000 + b"\ny", ["x" * 60_000, "y"]),
    ],
)
def test_lines_of_a_pipe(pipe: int, written: bytes, lines: list[str]) -> None:
    """Every line comes once, whatever its end, and then None for ever."""
    os.write(pipe, written)
    os.close(pipe)
    with standard_input("> ") as read_line:
        assert [read_line() for _ in lines] == lines
        assert read_line() is None
        assert read_line() is None


def test_a_line_that_comes_in_pieces_is_put_together(pipe: int) -> None:
    """A line is given when it is whole."""
    os.write(pipe, b"how ")

    def rest() -> None:
        os.write(pipe, b"many?\n")
        os.close(pipe)

    later = threading.Timer(0.05, rest)
    later.start()
    with standard_input("> ") as read_line:
        assert read_line() == "how many?"
    later.join()


async def test_the_event_loop_goes_on_while_a_line_is_waited_for() -> None:
    """Other work is done meanwhile, and the line is given when it comes."""
    typed = threading.Event()

    def read_line() -> str:
        assert typed.wait(10)
        return "line"

    waiting = asyncio.create_task(in_background(read_line))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    typed.set()
    assert await waiting == "line"


async def test_an_error_comes_out_where_the_line_is_waited_for() -> None:
    """A terminal that is gone is not an endless wait."""

    def read_line() -> str:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await in_background(read_line)


async def test_nobody_has_to_wait_for_a_line_that_never_comes() -> None:
    """Whoever stops waiting goes on at once, and a late line harms nothing."""
    typed = threading.Event()
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda *complaint: complaints.append(complaint)
    )

    def read_line() -> str:
        typed.wait(10)
        return "late"

    waiting = asyncio.create_task(in_background(read_line))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    typed.set()
    await asyncio.sleep(0.05)
    assert not complaints
