"""Reading the sources anew on somebody's word, and saying how it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from time import monotonic

from footnote.bot.app import App
from footnote.bot.errors import FootnoteError, told
from footnote.bot.syncing.pace import Pace
from footnote.bot.syncing.summary import failures, sources_named, summary
from footnote.retrieval.errors import SyncStoppedError
from footnote.retrieval.sync_report import Stage, SyncProgress, SyncReport

CONFIRM = "--confirm"
PACE_S = 2.0
"""Seconds from one text to the next, at least."""


async def reindex(app: App, argument: str) -> AsyncGenerator[str, None]:
    """Sync one source, or all, and say how far it is; each text replaces the one before.

    Args:
        app: What is synced.
        argument: The source's name, or "" for all; `--confirm` deletes however much is gone.

    Raises:
        SettingsError: There is no such source, or none at all.
    """
    words = argument.split()
    names = sources_named(app.settings, [word for word in words if word != CONFIRM])
    lines: list[str] = []
    for name in names:
        async for line in _synced(app, name, confirm=CONFIRM in words):
            yield "\n".join([*lines, line])
        lines.append(line)


async def _synced(app: App, name: str, *, confirm: bool) -> AsyncGenerator[str, None]:
    """Lines about one source; the last says what was done, or why not."""
    pace = Pace(SyncProgress(name, Stage.LISTING, 0, 0), monotonic())

    work = asyncio.ensure_future(
        app.sync.run(app.connectors[name], name, confirm=confirm, progress=pace.tell)
    )
    try:
        while not work.done():
            yield pace.line(monotonic())
            with suppress(TimeoutError):
                async with asyncio.timeout(PACE_S):
                    await asyncio.wait([work])
        yield _ended(name, work)
    finally:
        work.cancel()
        await asyncio.wait([work])


def _ended(name: str, work: asyncio.Future[SyncReport]) -> str:
    try:
        with told():
            return _report(work.result())
    except FootnoteError as error:
        cause = error.__cause__
        done = (
            f"{_report(cause.report)}\n  " if isinstance(cause, SyncStoppedError) else f"- {name}: "
        )
        return f"{done}{error}"


def _report(report: SyncReport) -> str:
    lines = [f"- {summary(report)}", *(f"  - {failure}" for failure in failures(report))]
    return "\n".join(lines)
