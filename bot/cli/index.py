"""`footnote index`: what concerns the index as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import errors_console, load, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnote.bot.settings.schema import Settings
    from footnote.retrieval.moving import MoveProgress, MoveReport

STEP = 100
"""A line is printed after each so many documents."""

app = typer.Typer(help="What concerns the index as a whole.", no_args_is_help=True)


@app.callback()
def index() -> None:
    """What concerns the index as a whole."""


@app.command()
def move(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", help="The store that the index goes to.")],
) -> None:
    """Copy the index into another store, without embedding anything again."""
    settings = load(context)
    report = run(_move(settings, to))
    typer.echo(
        f"{report.documents} documents in {report.passages} passages are the same in both "
        f"indexes; {report.copied} were copied now."
    )
    typer.echo(f'Set store = "{to}" in {settings.file.path.name}, and start Footnote again.')


async def _move(settings: Settings, to: str) -> MoveReport:
    from footnote.bot.syncing.moving import move_index

    return await move_index(settings, to, _printed())


def _printed() -> Callable[[MoveProgress], None]:
    console = errors_console()

    def show(progress: MoveProgress) -> None:
        if progress.done % STEP and progress.done < progress.total:
            return
        doing = "compared" if progress.checking else "copied"
        console.print(
            f"{progress.source}: {progress.done} of {progress.total} documents {doing}", style="dim"
        )

    return show
