"""`footnote source`: what concerns one source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import load, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings

app = typer.Typer(help="What concerns one source.", no_args_is_help=True)


@app.callback()
def source() -> None:
    """What concerns one source."""


@app.command()
def test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name in the settings.", show_default=False)],
) -> None:
    """Try one source, and say what it lacks; nothing is indexed."""
    if not run(_try(load(context), name)):
        raise typer.Exit(1)


async def _try(settings: Settings, name: str) -> bool:
    """Print a line for each thing that was tried; False where no document could be read."""
    from rich.console import Console

    from footnote.bot.checks.sources import try_source
    from footnote.bot.syncing.sources import open_connectors
    from footnote.bot.syncing.summary import sources_named

    (known,) = sources_named(settings, [name])
    console = Console(highlight=False, markup=False, soft_wrap=True)
    fine = False
    async for check in try_source(open_connectors(settings)[known]):
        sign, style = ("✓", "green") if check.fine else ("✗", "red")
        console.print(sign, style=style, end=" ")
        console.print(f"{check.name}: {check.text}")
        fine = check.fine
    return fine
