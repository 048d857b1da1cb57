"""`footnote tune export`: what was trained as GGUF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import load, reporter, run

if TYPE_CHECKING:
    from pathlib import Path

    from footnote.bot.settings.schema import Settings


def export(
    context: typer.Context,
    name: Annotated[str, typer.Option("--run", help="The run; the latest one, if not given.")] = "",
    merged: Annotated[
        bool, typer.Option("--merged", help="A whole model, to be served elsewhere.")
    ] = False,
    kind: Annotated[
        str, typer.Option("--type", help="How a merged model's numbers are stored.")
    ] = "q8_0",
) -> None:
    """Make a GGUF adapter of what was trained, or a whole model with it merged in."""
    typer.echo(run(_exported(load(context), name, kind if merged else "")))


async def _exported(settings: Settings, name: str, merged_kind: str) -> Path:
    from footnote.bot.tuning.dataset.forgetting import checked_run
    from footnote.bot.tuning.exporting import FILE, export_merged
    from footnote.bot.tuning.exporting import export as export_adapter

    chosen = await checked_run(settings, name, reporter())
    if merged_kind:
        return await export_merged(chosen, settings, merged_kind, report=reporter())
    await export_adapter(chosen, settings, report=reporter())
    return chosen.folder / FILE
