"""Reading the sources anew on somebody's word, and saying how it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from footnote.bot.app import App
from footnote.bot.errors import FootnoteError, SettingsError, told
from footnote.bot.settings_errors import did_you_mean
from footnote.retrieval.errors import SyncStoppedError
from footnote.retrieval.sync_report import Stage, SyncProgress, SyncReport

CONFIRM = "--confirm"
NO_SOURCES = "The settings name no source: add a table [sources.NAME] to them."
PACE_S = 2.0
"""Seconds from one text to the next, at least."""

_DOING = {Stage.LISTING: "listing", Stage.INDEXING: "indexing", Stage.DELETING: "deleting"}


async def reindex(app: App, argument: str) -> AsyncGenerator[str, None]:
    """Sync one source, or all, and say how far it is; each text replaces the one before.

    Args:
        app: What is synced.
        argument: The source's name, or "" for all; `--confirm` deletes however much is gone.

    Raises:
        SettingsError: There is no such source.
    """
    words = argument.split()
    names = _named(app, [word for word in words if word != CONFIRM])
    if not names:
        yield NO_SOURCES
    lines: list[str] = []
    for name in names:
        async for line in _synced(app, name, confirm=CONFIRM in words):
            yield "\n".join([*lines, line])
        lines.append(line)


def _named(app: App, words: Sequence[str]) -> list[str]:
    sources = app.settings.sources
    for word in words:
        if word not in sources:
            raise SettingsError(f"There is no source {word}{did_you_mean(word, sources)}")
    return list(words or sources)


async def _synced(app: App, name: str, *, confirm: bool) -> AsyncGenerator[str, None]:
    """Lines about one source; the last says what was done, or why not."""
    latest = SyncProgress(name, Stage.LISTING, 0, 0)

    def tell(progress: SyncProgress) -> None:
        nonlocal latest
        latest = progress

    work = asyncio.ensure_future(
        app.sync.run(app.connectors[name], name, confirm=confirm, progress=tell)
    )
    try:
        while not work.done():
            yield _progress(latest)
            with suppress(TimeoutError):
                async with asyncio.timeout(PACE_S):
                    await asyncio.wait([work])
        yield _ended(name, work)
    finally:
        work.cancel()
        await asyncio.wait([work])


def _progress(progress: SyncProgress) -> str:
    of = f" of {progress.total:,}" if progress.total else ""
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    return f"- {progress.source}: {_DOING[progress.stage]} {progress.done:,}{of}{failed}…"


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
    counts = {
        "new": report.new,
        "changed": report.changed,
        "deleted": report.deleted,
        "failed": len(report.failed),
    }
    did = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    lines = [f"- {report.source}: {report.listed:,} listed; {did}; {report.seconds:.1f} s"]
    lines += [f"  - failed: {item.document_id}: {item.reason}" for item in report.failed]
    return "\n".join(lines)
