"""How the syncs of each source went: kept in the state's records, for all replicas and people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from uuid import uuid4

from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError
from footnote.retrieval.sync_report import SyncReport

HEALTH = "schedule:health"
LONGEST_S = 6 * 3600.0
"""However long a source has failed, it is tried again after so many seconds."""
DOUBLINGS = 20
"""Beyond so many, the longest pause is reached whatever the distance of the slots."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the last sync that succeeded found and did."""

    listed: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """How the syncs of one source went.

    Attributes:
        tried_at: When the last one ended, in seconds since the epoch; 0 before the first.
        succeeded_at: When the last one that succeeded ended, or 0.
        counts: What that one did.
        failures: How many have failed since.
        failing_since: When the first of these failed, or 0.
        error: Why the last one did, in one sentence, or "".
        retry_at: No slot is run before then.
        told: The platforms whose admins know that it fails.
    """

    tried_at: float = 0.0
    succeeded_at: float = 0.0
    counts: Counts = Counts()
    failures: int = 0
    failing_since: float = 0.0
    error: str = ""
    retry_at: float = 0.0
    told: tuple[str, ...] = ()

    def succeeded(self, now: float, report: SyncReport) -> Health:
        """After a sync that did what it was to do; nobody has to know any more that it failed."""
        counts = Counts(
            report.listed, report.new, report.changed, report.deleted, len(report.failed)
        )
        return Health(tried_at=now, succeeded_at=now, counts=counts)

    def failed(self, now: float, error: str, distance_s: float) -> Health:
        """After one that did not; each in a row doubles the time to the next.

        Args:
            now: Seconds since the epoch.
            error: Why, in one sentence.
            distance_s: From one slot to the next.
        """
        pause_s = min(LONGEST_S, distance_s * 2 ** min(self.failures, DOUBLINGS))
        return replace(
            self,
            tried_at=now,
            failures=self.failures + 1,
            failing_since=self.failing_since or now,
            error=error,
            retry_at=now + pause_s,
        )

    def knowing(self, platform: str) -> Health:
        """The admins of a platform are told."""
        return self if platform in self.told else replace(self, told=(*self.told, platform))

    def unknowing(self, platform: str) -> Health:
        """They could not be told."""
        return replace(self, told=tuple(name for name in self.told if name != platform))


HEALTHY = Health()
"""Before anything is known."""


class Healths:
    """The health of all sources.

    Args:
        records: Where it is kept.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    async def get(self, source: str) -> Health:
        """One source's."""
        record = await self._records.get(HEALTH, source)
        return _read(record.value) if record else HEALTHY

    async def all(self) -> Mapping[str, Health]:
        """Every source's, by its name, as far as anything is known."""
        found = await self._records.all(HEALTH)
        return {source: _read(record.value) for source, record in found.items()}

    async def change(self, source: str, change: Callable[[Health], Health]) -> tuple[Health, bool]:
        """Change a source's health, whoever else does so at the same time.

        Args:
            source: The source.
            change: Makes the new one of the one that is there; called again where that changed.

        Returns:
            What was there, and whether this call changed it, which is true of one of several calls
            that want the same.
        """
        while True:
            record = await self._records.get(HEALTH, source)
            old = _read(record.value) if record else HEALTHY
            new = change(old)
            if new == old:
                return old, False
            version = record.version if record else 0
            if await self._put(source, json.dumps({**asdict(new), "by": uuid4().hex}), version):
                return old, True

    async def _put(self, source: str, value: str, version: int) -> bool:
        """Write it; False where somebody else was faster."""
        try:
            await self._records.put(HEALTH, source, value, version=version)
        except ConflictError:
            # A write whose answer was lost is repeated below this seam, and finds itself.
            record = await self._records.get(HEALTH, source)
            return record is not None and record.value == value
        return True


def _read(text: str) -> Health:
    """The health that was written, also by an older or a newer version."""
    known = {field.name for field in fields(Health)}
    found = {name: value for name, value in json.loads(text).items() if name in known}
    counted = {field.name for field in fields(Counts)}
    counts = {name: value for name, value in found.pop("counts", {}).items() if name in counted}
    return Health(**{**found, "told": tuple(found.get("told", ()))}, counts=Counts(**counts))
