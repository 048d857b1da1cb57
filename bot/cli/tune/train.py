"""`footnote tune train`: an adapter from a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import load, reporter, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings


def train(
    context: typer.Context,
    name: Annotated[str, typer.Option("--run", help="The run; the latest one, if not given.")] = "",
) -> None:
    """Teach an adapter by a run's dataset, going on where it was broken off."""
    from footnote.bot.tuning.training import ADAPTER

    folder = run(_trained(load(context), name))
    typer.echo(f"Adapter: {folder}/{ADAPTER}")


async def _trained(settings: Settings, name: str) -> str:
    from footnote.bot.tuning.dataset.forgetting import checked_run
    from footnote.bot.tuning.training import train as teach

    chosen = await checked_run(settings, name, reporter())
    await teach(chosen, settings, report=reporter())
    return str(chosen.folder)
