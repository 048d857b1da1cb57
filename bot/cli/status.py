"""`footnote status`: what the index holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from footnote.bot.cli.common import AsJson, errors_console, load, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnote.bot.schedule.outlook import Outlook
    from footnote.bot.settings.schema import Settings
    from footnote.bot.syncing.indexed import SourceState
    from footnote.bot.tuning.standing import Standing
    from footnote.retrieval.stores.base import StoreStats


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what the index holds of each source."""
    import json

    settings = load(context)
    stats, states, adapters = run(_look(settings))
    if as_json:
        printed = {**_as_json(settings, stats, states), "adapter": _adapter_json(adapters)}
        typer.echo(json.dumps(printed, ensure_ascii=False, indent=2))
    else:
        _print(settings, stats, states)
        _print_adapter(adapters)


async def _look(
    settings: Settings,
) -> tuple[StoreStats | None, list[SourceState], Standing | None]:
    from footnote.bot.app import open_index
    from footnote.bot.syncing.indexed import source_states
    from footnote.bot.syncing.stores import has_index

    outlook, adapters = await _kept(settings)
    if not has_index(settings):
        return None, await source_states(settings, None, outlook), adapters
    async with open_index(settings) as store:
        return await store.stats(), await source_states(settings, store, outlook), adapters


async def _kept(settings: Settings) -> tuple[Mapping[str, Outlook], Standing | None]:
    """How sources are synced by themselves, and how it stands with adapters.

    Without the state, as if nothing had happened.
    """
    from time import time

    from footnote.bot.schedule.outlook import outlooks, scheduled
    from footnote.bot.state.errors import StateError
    from footnote.bot.state.opening import has_state, open_state
    from footnote.bot.tuning.standing import standing

    if has_state(settings):
        try:
            async with open_state(settings) as state:
                outlook = await outlooks(settings, state.records, time())
                return outlook, await standing(settings, state)
        except StateError as error:
            errors_console().print(f"footnote: {error}")
    return scheduled(settings, {}, time()), None


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
                **_by_itself(settings, state),
            }
            for state in states
        ],
    }


def _by_itself(settings: Settings, state: SourceState) -> dict[str, Any]:
    """How a source is synced by its schedule and by watching."""
    from dataclasses import asdict

    from footnote.bot.moments import moment

    source, health, failing = settings.sources.get(state.name), state.outlook.health, state.failing
    return {
        "schedule": source.schedule if source else None,
        "next_sync": state.outlook.next_sync and state.outlook.next_sync.isoformat(),
        "last_success": moment(health.succeeded_at or None),
        "last_counts": asdict(health.counts) if health.succeeded_at else None,
        "failures": failing.failures if failing else 0,
        "failing_since": moment(failing.failing_since) if failing else None,
        "error": failing.error if failing else None,
    }


def _print(settings: Settings, stats: StoreStats | None, states: list[SourceState]) -> None:
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.table import Table

    from footnote.bot.syncing.indexed import failing
    from footnote.bot.syncing.stores import index_place
    from footnote.bot.syncing.words import age, ahead

    console = Console(highlight=False, markup=False, soft_wrap=True)
    size = f"{stats.bytes / 1_000_000:.1f} MB" if stats else "not there yet"
    console.print(f"Index     {index_place(settings)} ({size})")
    console.print(f"Embedder  {(stats and stats.model_id) or 'none yet'}")
    if not states:
        console.print("Sources   none: add a table [sources.NAME] to the settings")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("Source", "Documents", "Passages", "Failed", "Last sync", "Next sync"):
        table.add_column(
            header, justify="right" if header in {"Documents", "Passages", "Failed"} else "left"
        )
    now = datetime.now(UTC)
    for state in states:
        counts = (state.stats.documents, state.stats.passages, len(state.failures))
        note = "" if state.kind else " (no longer in the settings)"
        numbers = (f"{count:,}" for count in counts)
        upcoming = state.outlook.next_sync
        times = (age(state.stats.last_sync, now), ahead(upcoming, now) if upcoming else "-")
        table.add_row(state.name + note, *numbers, *times)
    console.print()
    console.print(table)
    for state in states:
        if state.failing:
            console.print(f"{state.name}: {failing(state.failing, now, named=True)}.")
        for document_id, reason in state.failures.items():
            console.print(f"Failed: {document_id}: {reason}")


def _adapter_json(adapters: Standing | None) -> dict[str, Any] | None:
    """Which adapter is current, and what each replica writes with; null before any was."""
    from dataclasses import asdict

    if adapters is None:
        return None
    return {
        "current": adapters.current and adapters.current.id,
        "run": adapters.current and adapters.current.run,
        "trouble": adapters.trouble or None,
        "replicas": {name: asdict(using) for name, using in sorted(adapters.replicas.items())},
    }


def _print_adapter(adapters: Standing | None) -> None:
    if adapters is None:
        return
    current = adapters.current
    typer.echo(f"\nAdapter   {f'{current.id} of the run {current.run}' if current else 'none'}")
    if adapters.trouble:
        typer.echo(adapters.trouble)
    wanted = current.id if current else ""
    for name, using in sorted(adapters.replicas.items()):
        behind = "" if using.adapter == wanted else " (not the current one)"
        typer.echo(f"{name} writes with {using.adapter or 'the bare model'}{behind}")
        if using.trouble and using.trouble != adapters.trouble:
            typer.echo(using.trouble)
