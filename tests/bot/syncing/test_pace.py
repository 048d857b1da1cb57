"""What is said of a sync while it goes on."""

from __future__ import annotations

from time import monotonic

from footnote.bot.syncing.pace import Pace
from footnote.retrieval.sync_report import Stage, SyncProgress


def test_what_is_left_follows_from_the_pace_so_far() -> None:
    """A quarter in a minute leaves three; nothing is guessed at the beginning or at the end."""
    pace = Pace(SyncProgress("docs", Stage.INDEXING, 250, 1_000, 2), 100.0)
    assert pace.line(160.0) == "- docs: indexing 250 of 1,000, 2 failed, about 3 min left…"
    assert pace.line(101.0) == "- docs: indexing 250 of 1,000, 2 failed…"
    ended = Pace(SyncProgress("docs", Stage.INDEXING, 1_000, 1_000), 100.0)
    assert ended.line(160.0) == "- docs: indexing 1,000 of 1,000…"


def test_each_stage_has_a_pace_of_its_own() -> None:
    """A long listing does not make the indexing seem long."""
    pace = Pace(SyncProgress("docs", Stage.LISTING, 0, 0), monotonic() - 600)
    pace.tell(SyncProgress("docs", Stage.INDEXING, 1, 2))
    assert pace.line(monotonic()) == "- docs: indexing 1 of 2…"
    began = pace.began
    pace.tell(SyncProgress("docs", Stage.INDEXING, 2, 4))
    assert pace.line(began + 60) == "- docs: indexing 2 of 4, about 60 s left…"
