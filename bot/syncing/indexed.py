"""What the index holds of each source, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from footnote.bot.app import open_index
from footnote.bot.errors import UnavailableError
from footnote.bot.settings.schema import Settings
from footnote.bot.syncing.stores import has_index
from footnote.bot.syncing.words import age, ahead, counted
from footnote.retrieval.readers import ADMINS, Readers
from footnote.retrieval.stores.base import PassageStore, SourceStats, StoreStats

NAMED = 3
"""So many documents that could not be read are named."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source, in the settings or in the index or both.

    Attributes:
        name: Its name.
        kind: Which connector reads it, or "" where the settings no longer name it.
        stats: What the index holds of it; zeros before the first sync.
        failures: Why each document that could not be read could not, by its id.
        next_sync: When it is synced next by itself, or None where it is not.
    """

    name: str
    kind: str
    stats: SourceStats
    failures: dict[str, str]
    next_sync: datetime | None = None


async def require_documents(settings: Settings) -> None:
    """Make sure that there is something to search, before anything heavy is loaded.

    Raises:
        UnavailableError: Nothing is indexed.
        RetrievalError: The index cannot be opened.
    """
    stats = await stats_of(settings)
    if not stats or not stats.documents:
        raise UnavailableError("Nothing is indexed yet: run `footnote sync`.")


async def stats_of(settings: Settings) -> StoreStats | None:
    """Counts over the index, or None before there is one."""
    if not has_index(settings):
        return None
    async with open_index(settings) as store:
        return await store.stats()


async def source_states(settings: Settings, store: PassageStore | None) -> list[SourceState]:
    """The sources of the settings in their order, then those of which the index still holds any."""
    known = {stats.source: stats for stats in (await store.stats()).sources} if store else {}
    held = [name for name, stats in known.items() if stats.documents or stats.failed]
    states = []
    for name in dict.fromkeys((*settings.sources, *held)):
        manifest = await store.manifest(name) if store else {}
        source = settings.sources.get(name)
        states.append(
            SourceState(
                name=name,
                kind=source.kind if source else "",
                stats=known.get(name) or SourceStats(name, 0, 0, 0, None),
                failures={
                    entry.document_id: entry.failure for entry in manifest.values() if entry.failure
                },
            )
        )
    return states


async def source_lines(settings: Settings, store: PassageStore, readers: Readers) -> list[str]:
    """One line for each source that these readers may see: its state, its age and its counts.

    What failed last is named for admins alone, since the name of a document can tell what is in it.
    """
    now = datetime.now(UTC)
    nobody: frozenset[str] = frozenset()
    named = readers.unrestricted or ADMINS in readers.labels
    return [
        source_line(state, now, named=named)
        for state in await source_states(settings, store)
        if readers.may_see(settings.audiences.get(state.name, nobody), None)
    ]


def source_line(state: SourceState, now: datetime, *, named: bool) -> str:
    """One source in words.

    Args:
        state: The source.
        now: What time it is.
        named: Whether to name what could not be read.
    """
    stats = state.stats
    parts = [
        counted(stats.documents, "document"),
        f"synced {age(stats.last_sync, now)}" if stats.last_sync else "never synced completely",
    ]
    if state.next_sync:
        parts.append(f"next {ahead(state.next_sync, now)}")
    if not state.kind:
        parts.append("no longer in the settings")
    failed = f"; {_failed(state, named=named)}" if state.failures else ""
    return f"{state.name}: {', '.join(parts)}{failed}"


def _failed(state: SourceState, *, named: bool) -> str:
    failures = state.failures
    said = f"{counted(len(failures), 'document')} could not be read"
    if not named:
        return said
    names = [
        f"{document_id.removeprefix(f'{state.name}:')} ({reason.rstrip('.')})"
        for document_id, reason in list(failures.items())[:NAMED]
    ]
    more = f", and {len(failures) - NAMED:,} more" if len(failures) > NAMED else ""
    return f"{said}: {', '.join(names)}{more}"
