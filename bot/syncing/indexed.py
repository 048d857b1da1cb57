"""What the index holds of each source, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from footnote.bot.app import open_index
from footnote.bot.errors import UnavailableError
from footnote.bot.schedule.health import Health
from footnote.bot.schedule.outlook import Outlook, outlooks
from footnote.bot.settings.schema import Settings
from footnote.bot.state.base import Records
from footnote.bot.syncing.stores import has_index
from footnote.bot.syncing.words import age, ahead, counted, lasted
from footnote.retrieval.readers import ADMINS, Readers
from footnote.retrieval.stores.base import PassageStore, SourceStats, StoreStats

NAMED = 3
"""So many documents that could not be read are named."""

NO_OUTLOOK = Outlook()


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source, in the settings or in the index or both.

    Attributes:
        name: Its name.
        kind: Which connector reads it, or "" where the settings no longer name it.
        stats: What the index holds of it; zeros before the first sync.
        failures: Why each document that could not be read could not, by its id.
        outlook: When it is synced next by itself, and how that went before.
    """

    name: str
    kind: str
    stats: SourceStats
    failures: dict[str, str]
    outlook: Outlook = NO_OUTLOOK

    @property
    def failing(self) -> Health | None:
        """How it fails, where it does and nobody has synced it completely since."""
        health, last = self.outlook.health, self.stats.last_sync
        mended = last is not None and last.timestamp() > health.tried_at
        return health if health.failures and not mended else None


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


async def source_states(
    settings: Settings,
    store: PassageStore | None,
    outlook: Mapping[str, Outlook] = MappingProxyType({}),
) -> list[SourceState]:
    """The sources of the settings in their order, then those of which the index still holds any.

    Args:
        settings: The settings.
        store: The index, where there is one.
        outlook: What is known of how they are synced by themselves.
    """
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
                outlook=outlook.get(name, NO_OUTLOOK),
            )
        )
    return states


async def source_lines(
    settings: Settings, store: PassageStore, readers: Readers, records: Records | None = None
) -> list[str]:
    """One line for each source that these readers may see: its state, its age and its counts.

    What failed last is named for admins alone, since the name of a document can tell what is in it.

    Args:
        settings: The settings.
        store: The index.
        readers: Who reads it.
        records: Where it is kept how the sources are synced by themselves, if they are.
    """
    now = datetime.now(UTC)
    outlook = await outlooks(settings, records, now.timestamp()) if records else {}
    nobody: frozenset[str] = frozenset()
    named = readers.unrestricted or ADMINS in readers.labels
    return [
        source_line(state, now, named=named)
        for state in await source_states(settings, store, outlook)
        if readers.may_see(settings.audiences.get(state.name, nobody), None)
    ]


def source_line(state: SourceState, now: datetime, *, named: bool) -> str:
    """One source in words.

    Args:
        state: The source.
        now: What time it is.
        named: Whether to name what could not be read, and why a sync failed.
    """
    stats = state.stats
    parts = [
        counted(stats.documents, "document"),
        f"synced {age(stats.last_sync, now)}" if stats.last_sync else "never synced completely",
    ]
    if state.outlook.next_sync:
        parts.append(f"next {ahead(state.outlook.next_sync, now)}")
    if not state.kind:
        parts.append("no longer in the settings")
    line = f"{state.name}: {', '.join(parts)}"
    if state.failing:
        line += f"; {failing(state.failing, now, named=named)}"
    if state.failures:
        line += f"; {_failed(state, named=named)}"
    return line


def failing(health: Health, now: datetime, *, named: bool) -> str:
    """Since when a source fails, and why where that may be named."""
    since = lasted(now.timestamp() - health.failing_since)
    reason = f" ({health.error.rstrip('.')})" if named else ""
    return f"it has failed for {since}{reason}"


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
