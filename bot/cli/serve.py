"""`footnote serve`: answer on every chat platform that has its tokens."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from footnote.bot.cli.common import load, reporter, run

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from footnote.bot.settings.schema import Settings


def serve(context: typer.Context) -> None:
    """Answer on every chat platform that has its tokens, until stopped."""
    run(_serve(load(context)))


async def _serve(settings: Settings) -> None:
    import asyncio

    from footnote.bot.app import open_app
    from footnote.bot.plugins import platform_kinds
    from footnote.bot.serving import ready
    from footnote.bot.serving import serve as serve_on
    from footnote.bot.syncing.indexed import require_documents

    kinds = platform_kinds()
    able = ready(kinds, settings)
    report = reporter()
    for name, kind in kinds.items():
        if name not in able:
            report(kind.lacks(settings))
    await require_documents(settings)
    stop = asyncio.Event()
    with _signals(stop):
        async with open_app(settings, report=report, follows=True) as app:
            await serve_on(app, able, stop, report=report)


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM ask to stop; a second one ends everything at once."""
    import asyncio
    import os
    import signal

    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def asked() -> None:
        if stop.is_set() and task:
            task.cancel()
        stop.set()

    # The loop of Windows takes no handlers; Ctrl-C interrupts there.
    both = () if os.name == "nt" else (signal.SIGINT, signal.SIGTERM)
    for number in both:
        loop.add_signal_handler(number, asked)
    try:
        yield
    finally:
        for number in both:
            loop.remove_signal_handler(number)
