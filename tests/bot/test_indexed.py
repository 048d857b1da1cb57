"""Numbers and times in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from footnote.bot.indexed import age, counted

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
