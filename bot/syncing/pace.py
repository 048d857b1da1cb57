"""How far a sync is, and how long it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from footnote.bot.working_time import in_words
from footnote.retrieval.sync_report import Stage, SyncProgress

SURE_S = 2.0
"""Seconds of a stage before its pace tells anything."""

_DOING = {Stage.LISTING: "listing", Stage.INDEXING: "indexing", Stage.DELETING: "deleting"}


@dataclass(slots=True)
class Pace:
    """What a sync tells of itself, as lines for people.

    Attributes:
        latest: What it told last.
        began: When its stage began, in seconds of the monotonic clock.
    """

    latest: SyncProgress
    began: float

    def tell(self, progress: SyncProgress) -> None:
        """It is so far by now."""
        if progress.stage is not self.latest.stage:
            self.began = monotonic()
        self.latest = progress

    def line(self, now: float) -> str:
        """How far it is, and how long its stage goes on if it keeps its pace."""
        told = self.latest
        of = f" of {told.total:,}" if told.total else ""
        failed = f", {told.failed:,} failed" if told.failed else ""
        left = ""
        if now - self.began > SURE_S and 0 < told.done < told.total:
            seconds = (now - self.began) / told.done * (told.total - told.done)
            left = f", about {in_words(max(1, seconds))} left"
        return f"- {told.source}: {_DOING[told.stage]} {told.done:,}{of}{failed}{left}…"
