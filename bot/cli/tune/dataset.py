"""`footnote tune dataset`: from feedback and files to what a model is taught by."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import typer

from footnote.bot.cli.common import load, reporter, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings


def dataset(context: typer.Context) -> None:
    """Make a dataset of what people said of answers, and say what was left out and why."""
    from footnote.bot.tuning.dataset.installed import check_installed

    check_installed()
    run(_made(load(context)))


async def _made(settings: Settings) -> None:
    from footnote.bot.app import open_app
    from footnote.bot.state.opening import has_state, open_state
    from footnote.bot.tuning.dataset.making import make_dataset
    from footnote.bot.tuning.registry import Registry

    there = has_state(settings)
    async with (
        open_app(settings, report=reporter(), answers=False) as app,
        open_state(settings) if there else nullcontext() as state,
    ):
        parent = (await Registry(state).current()).adapter if state else ""
        await make_dataset(app, state, parent=parent, report=typer.echo)
