"""`footnote status`: what the index holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from footnote.bot.cli.common import AsJson, load, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings
    from footnote.bot.syncing.indexed import SourceState
    from footnote.retrieval.stores.base import StoreStats


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what the index holds of each source."""
    import json

    settings = load(context)
    stats, states = run(_look(settings))
    if as_json:
        typer.echo(json.dumps(_as_json(settings, stats, states), ensure_ascii=False, indent=2))
    else:
        _print(settings, stats, states)


async def _look(settings: Settings) -> tuple[StoreStats | None, list[SourceState]]:
    from footnote.bot.app import open_index
    from footnote.bot.syncing.indexed import source_states
    from footnote.bot.syncing.stores import has_index

    if not has_index(settings):
        return None, await source_states(settings, None)
    async with open_index(settings) as store:
        return await store.stats(), await source_states(settings, store)


def _as_json(
    settings: Settings, stats: StoreStats | None, states: list[SourceState]
) -> dict[str, Any]:
    from footnote.bot.syncing.stores import index_place

    return {
        "index": index_place(settings),
        "bytes": stats.bytes if stats else 0,
        "embedder": (stats and stats.model_id) or None,
        "documents": stats.documents if stats else 0,
        "passages": stats.passages if stats else 0,
        "sources": [
            {
                "name": state.name,
                "kind": state.kind or None,
                "documents": state.stats.documents,
                "passages": state.stats.passages,
                "failed": [
                    {"document_id": document_id, "reason": reason}
                    for document_id, reason in state.failures.items()
                ],
                "last_sync": state.stats.last_sync and state.stats.last_sync.isoformat(),
            }
            for state in states
        ],
    }


def _print(settings: Settings, stats: StoreStats | None, states: list[SourceState]) -> None:
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.table import Table

    from footnote.bot.syncing.stores import index_place
    from footnote.bot.syncing.words import age

    console = Console(highlight=False, markup=False, soft_wrap=True)
    size = f"{stats.bytes / 1_000_000:.1f} MB" if stats else "not there yet"
    console.print(f"Index     {index_place(settings)} ({size})")
    console.print(f"Embedder  {(stats and stats.model_id) or 'none yet'}")
    if not states:
        console.print("Sources   none: add a table [sources.NAME] to the settings")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("Source", "Documents", "Passages", "Failed", "Last sync"):
        table.add_column(header, justify="left" if header in {"Source", "Last sync"} else "right")
    now = datetime.now(UTC)
    for state in states:
        counts = (state.stats.documents, state.stats.passages, len(state.failures))
        note = "" if state.kind else " (no longer in the settings)"
        numbers = (f"{count:,}" for count in counts)
        table.add_row(state.name + note, *numbers, age(state.stats.last_sync, now))
    console.print()
    console.print(table)
    for state in states:
        for document_id, reason in state.failures.items():
            console.print(f"Failed: {document_id}: {reason}")
