"""`footnote sync`: bring the index in line with the sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import errors_console, load, reporter, run
from footnote.bot.cli.sync_progress import sync_progress

if TYPE_CHECKING:
    from footnote.bot.app import App
    from footnote.bot.settings.schema import Settings
    from footnote.retrieval.sync_report import SyncReport


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options ask for.

    Attributes:
        dry_run: Only say what would be done.
        confirm: Delete however much is gone.
        rebuild: Throw the index away first.
        everything: All sources, and none was named.
    """

    dry_run: bool
    confirm: bool
    rebuild: bool
    everything: bool


def sync(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Argument(help="One source; without it, all of them.", show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Delete however many documents are gone.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Throw the whole index away first.")
    ] = False,
) -> None:
    """Index what is new or has changed in the sources, and drop what is gone."""
    from footnote.bot.syncing.summary import sources_named

    if rebuild and (source or dry_run):
        raise typer.BadParameter("it is for the whole index, and does it.", param_hint="--rebuild")
    settings = load(context)
    names = sources_named(settings, [source] if source else [])
    wish = Wish(dry_run=dry_run, confirm=confirm, rebuild=rebuild, everything=source is None)
    if not run(_sync(settings, names, wish)):
        raise typer.Exit(1)


async def _sync(settings: Settings, names: Iterable[str], wish: Wish) -> bool:
    """Sync one source after the other; False where one of them could not be."""
    from footnote.bot.app import open_app
    from footnote.connectors.base import SourceError
    from footnote.retrieval.errors import MassDeleteError, SyncBusyError, SyncStoppedError

    fine = True
    async with open_app(settings, report=reporter(), rebuild=wish.rebuild, answers=False) as app:
        for name in names:
            connector = app.connectors[name]
            try:
                with sync_progress() as tell:
                    report = await app.sync.run(
                        connector, name, dry_run=wish.dry_run, confirm=wish.confirm, progress=tell
                    )
            except SyncStoppedError as error:
                _print(error.report)
                errors_console().print(f"footnote: {error}")
                fine = False
            except (MassDeleteError, SourceError, SyncBusyError) as error:
                errors_console().print(f"footnote: {error}")
                fine = False
            else:
                _print(report)
        if wish.everything:
            await _drop_strangers(app, wish)
    return fine


def _print(report: SyncReport) -> None:
    from footnote.bot.syncing.summary import failures, summary

    typer.echo(summary(report))
    for failure in failures(report):
        typer.echo(f"  {failure}")


async def _drop_strangers(app: App, wish: Wish) -> None:
    """Drop what the index holds of sources that the settings no longer name, or say that it could.

    Whoever takes a source out of the settings expects no answers from it; but a slip of the pen
    must not throw an index away.
    """
    from footnote.bot.syncing.indexed import source_states
    from footnote.bot.syncing.words import counted

    for state in await source_states(app.settings, app.store):
        if state.kind:
            continue
        documents = counted(state.stats.documents, "document")
        if wish.confirm and not wish.dry_run:
            await app.store.delete(state.name, await app.store.manifest(state.name))
            typer.echo(f"{state.name}: no longer in the settings; dropped {documents}")
        else:
            errors_console().print(
                f"footnote: {state.name} is no longer in the settings, but {documents} of it are "
                "still indexed: run `footnote sync --confirm` to drop them."
            )
