"""Removing adapters' bytes from the state that nothing needs any more.

Kept are those of what is current and of all that can be gone back to, of the latest few, and of
what was in use or filed lately: a replica may still be fetching it. That bytes are removed is
written down first, in the record of what was decided; so of removing and promoting the same
adapter one comes first, and the other sees it. Then the bytes go. What a killed process left of
them goes the next time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from footnote.bot.state.base import Blobs
from footnote.bot.state.errors import ConflictError
from footnote.bot.tuning.adapters import Adapter, Choice, Current, Did
from footnote.bot.tuning.ledger import Change, Ledger

LATEST = 3
"""So many of those that were filed last are kept in any case."""
LATELY = timedelta(hours=1)
"""What was in use or filed within this time is kept; fetching the largest takes some minutes."""


async def clear(ledger: Ledger, blobs: Blobs, by: str, now: datetime) -> None:
    """Remove the bytes of all that nothing needs.

    Args:
        ledger: Knows the adapters.
        blobs: Has their bytes.
        by: Whose decision it follows from.
        now: The time.

    Raises:
        StateUnavailableError: The state is away; what was not removed is, the next time.
    """
    while True:
        adapters, read = (await ledger.adapters()).values(), await ledger.current()
        at = now.isoformat(timespec="seconds")
        removed = [Choice(Did.REMOVED, name, by, at) for name in unneeded(adapters, read, now)]
        try:
            if removed:
                await ledger.add(read, *removed)
        except ConflictError:
            continue
        break
    await sweep(ledger, blobs)


def unneeded(adapters: Iterable[Adapter], current: Current, now: datetime) -> list[str]:
    """The adapters whose bytes need not be kept any longer.

    Args:
        adapters: All, oldest first.
        current: What was decided of them.
        now: The time.
    """
    kept = [each for each in adapters if each.id not in current.removed]
    since, touched = (now - LATELY).isoformat(timespec="seconds"), current.touched()
    return [
        each.id
        for each in kept[:-LATEST]
        if each.id not in current.line and max(each.created, touched.get(each.id, "")) < since
    ]


async def sweep(ledger: Ledger, blobs: Blobs) -> None:
    """Remove the bytes of which it is written down that they are removed.

    Raises:
        StateUnavailableError: The state is away.
    """
    current, adapters = await ledger.current(), (await ledger.adapters()).values()
    left = [each for each in adapters if each.parts and each.filing < current.removals(each.id)]
    needed = {part for each in adapters if each not in left for part in each.parts}
    for each in left:
        for part in each.parts:
            if part not in needed:
                await blobs.delete(part)
        await ledger.change(each.id, _without(each))


def _without(removed: Adapter) -> Change:
    """The same record without parts, unless they were filed again meanwhile."""

    def changed(known: Adapter | None) -> Adapter:
        known = known or removed
        return replace(known, parts=()) if known.filing == removed.filing else known

    return changed
