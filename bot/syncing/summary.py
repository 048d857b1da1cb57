"""A sync in words: which sources were meant, and what was done."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.bot.errors import SettingsError
from footnote.bot.settings.errors import did_you_mean
from footnote.bot.settings.schema import Settings
from footnote.retrieval.sync_report import SyncReport


def sources_named(settings: Settings, words: Sequence[str]) -> list[str]:
    """The sources that were named, or all where none was.

    Raises:
        SettingsError: There is no source of a name, or none at all.
    """
    if not settings.sources:
        raise SettingsError(
            f"{settings.file.path.name} names no source: add a table [sources.NAME] to it."
        )
    for word in words:
        if word not in settings.sources:
            raise SettingsError(f"There is no source {word}{did_you_mean(word, settings.sources)}")
    return list(words or settings.sources)


def summary(report: SyncReport) -> str:
    """What a sync did, or would do, as one line."""
    if report.dry_run:
        does = f"would add {report.new:,}, update {report.changed:,}, delete {report.deleted:,}"
    else:
        does = f"{report.new:,} new, {report.changed:,} changed, {report.deleted:,} deleted"
        does += f", {len(report.failed):,} failed"
    return f"{report.source}: {report.listed:,} listed; {does}; {report.seconds:.1f} s"


def failures(report: SyncReport) -> list[str]:
    """What could not be read, and why: one line a document."""
    return [f"failed: {failure.document_id}: {failure.reason}" for failure in report.failed]
