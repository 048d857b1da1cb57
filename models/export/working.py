"""Long work on files, beside the event loop: on a thread, or in a process of its own."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable

from footnote.models.export.writing import Progress


class _GivenUpError(Exception):
    """Nobody waits for the work any more."""


async def on_thread(work: Callable[[Progress], None], progress: Progress) -> None:
    """Do something on a thread and wait for it; where the waiting is cancelled, it ends soon.

    Args:
        work: What to do; it has to tell its progress now and then.
        progress: Told on the event loop.
    """
    loop = asyncio.get_running_loop()
    unwanted = threading.Event()

    def tell(done: int, total: int) -> None:
        if unwanted.is_set():
            raise _GivenUpError
        loop.call_soon_threadsafe(progress, done, total)

    task = asyncio.ensure_future(asyncio.to_thread(work, tell))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        unwanted.set()
        await asyncio.gather(task, return_exceptions=True)
        raise


async def in_process(module: str, *arguments: str, given: bytes = b"") -> tuple[int, bytes, str]:
    """Run a module of this package in a process of its own, since native code can crash.

    Args:
        module: Its name.
        arguments: What it is called with.
        given: Its standard input.

    Returns:
        Its exit code, what it wrote, and the last line of what it complained about.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"footnote.models.export.{module}",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        written, complaints = await child.communicate(given)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    lines = complaints.decode("utf-8", "replace").strip().splitlines()
    return child.returncode or 0, written, lines[-1] if lines else ""
