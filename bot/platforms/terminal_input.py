"""Lines that a person types, or that come through a pipe, without holding up the event loop."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

ReadLine = Callable[[], str | None]
"""Waits for the next line and gives it back without its end, or None when there are no more."""


async def in_background(read_line: ReadLine) -> str | None:
    """The next line, waited for on a thread that never keeps the program from ending.

    An executor's thread would: nothing can wake it from its wait for a line.
    """
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str | None] = loop.create_future()

    def hand_over(result: str | None, error: Exception | None) -> None:
        if line.cancelled():
            return
        if error:
            line.set_exception(error)
        else:
            line.set_result(result)

    def work() -> None:
        result, failure = None, None
        try:
            result = read_line()
        except Exception as error:  # noqa: BLE001  it is raised where the line is waited for
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(hand_over, result, failure)

    threading.Thread(target=work, name="terminal-input", daemon=True).start()
    return await line


@contextmanager
def standard_input(prompt: str) -> Iterator[ReadLine]:
    """Lines of stdin: with a prompt and line editing at a terminal, bare from a pipe or file."""
    descriptor = sys.stdin.fileno()
    if not os.isatty(descriptor):
        yield _PipedLines(descriptor).read
        return
    with _terminal_kept(descriptor):
        yield lambda: _typed(prompt)


def _typed(prompt: str) -> str | None:
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415  importing it is what gives input() line editing
    try:
        line = input(prompt)
    except EOFError:
        return None
    return line.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def _terminal_kept(descriptor: int) -> Iterator[None]:
    """Put the terminal's modes back, which a line that was never finished leaves changed."""
    try:
        import termios  # noqa: PLC0415  not every system has it
    except ImportError:
        yield
        return
    modes = termios.tcgetattr(descriptor)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, modes)


class _PipedLines:
    """Lines of a descriptor, read past Python's buffer, whose lock would outlive the program."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = b""
        self._ended = False

    def read(self) -> str | None:
        while b"\n" not in self._buffer and not self._ended:
            piece = os.read(self._descriptor, 65536)
            self._buffer += piece
            self._ended = not piece
        if not self._buffer:
            return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")
