"""Numbers and times in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from footnote.bot.schedule.health import Health
from footnote.bot.schedule.outlook import Outlook
from footnote.bot.syncing.indexed import SourceState, source_line
from footnote.bot.syncing.words import age, ahead, counted, lasted
from footnote.retrieval.stores.base import SourceStats

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=1200), "1,200 days ago"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(before: timedelta, words: str) -> None:
    """A clock that was put back is no reason for a negative age."""
    assert age(NOW - before, NOW) == words


def test_what_never_was_has_no_age() -> None:
    """A source before its first sync."""
    assert age(None, NOW) == "never"


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 documents"), (1, "1 document"), (1234, "1,234 documents")]
)
def test_a_count_has_its_noun(number: int, words: str) -> None:
    """One is singular, nothing is not."""
    assert counted(number, "document") == words


def test_a_source_is_told_in_one_line() -> None:
    """How fresh it is, how much it holds, and what failed last; names are for admins alone."""
    synced = NOW - timedelta(hours=2)
    fine = SourceState("docs", "files", SourceStats("docs", 12, 1234, 0, synced), {})
    assert source_line(fine, NOW, named=False) == ("docs: 12 documents, synced 2 hours ago")
    failures = {f"{name}.pdf": "It is encrypted." for name in "abcde"}
    torn = SourceState("old", "", SourceStats("old", 1, 1, 5, None), failures)
    said = "old: 1 document, never synced completely, no longer in the settings; "
    said += "5 documents could not be read"
    assert source_line(torn, NOW, named=False) == said
    names = ", ".join(f"{name}.pdf (It is encrypted)" for name in "abc")
    assert source_line(torn, NOW, named=True) == f"{said}: {names}, and 2 more"


def test_when_a_source_is_synced_next() -> None:
    """Is told where there is such a time, and only there."""
    stats = SourceStats("docs", 1, 1, 0, NOW)
    for minutes, words in ((0, "now"), (5, "in 5 minutes"), (180, "in 3 hours")):
        then = NOW + timedelta(minutes=minutes)
        assert ahead(then, NOW) == words
        state = SourceState("docs", "files", stats, {}, Outlook(next_sync=then))
        assert source_line(state, NOW, named=False).endswith(f"synced just now, next {words}")


def test_why_a_source_fails_is_for_admins_alone() -> None:
    """Everybody is told since when; and nobody any more once somebody has synced it by hand."""
    failed = NOW - timedelta(minutes=5)
    health = Health().failed(failed.timestamp(), "The folder /srv/hr is gone: look for it.", 60.0)
    before = SourceStats("docs", 12, 20, 0, failed - timedelta(hours=1))
    state = SourceState("docs", "files", before, {}, Outlook(health))
    line = "docs: 12 documents, synced 1 hour ago; it has failed for 5 minutes"
    assert source_line(state, NOW, named=False) == line
    reason = " (The folder /srv/hr is gone: look for it)"
    assert source_line(state, NOW, named=True) == line + reason
    mended = replace(state, stats=replace(before, last_sync=failed + timedelta(minutes=1)))
    said = "docs: 12 documents, synced 4 minutes ago"
    assert source_line(mended, NOW, named=True) == said


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (60, "1 minute"), (7300, "2 hours"), (200000, "2 days")],
)
def test_how_long_something_took(seconds: float, words: str) -> None:
    """In its largest unit."""
    assert lasted(seconds) == words
