"""`footnote tune dataset`: from feedback and files to what a model is taught by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from footnote.bot.cli.common import load, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings


def dataset(context: typer.Context) -> None:
    """Make a dataset of what people said of answers, and say what was left out and why."""
    from footnote.bot.tuning.dataset.installed import check_installed

    check_installed()
    run(_made(load(context)))


async def _made(settings: Settings) -> None:
    from footnote.bot.tuning.running import begin

    await begin(settings, typer.echo)
