"""`footnote tune run`: the whole loop, from feedback to an adapter that admins can promote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import load, reporter
from footnote.bot.cli.common import run as run_async

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings
    from footnote.bot.tuning.gate.decision import Decision
    from footnote.bot.tuning.runs import Run

PASSED = (
    "Admins are asked where [slack] or [discord] names an admin_channel; by hand it is "
    "footnote tune promote --run {run}."
)
FAILED = 1


def run(
    context: typer.Context,
    name: Annotated[
        str, typer.Option("--run", help="Go on with this run.", show_default=False)
    ] = "",
    anew: Annotated[
        bool, typer.Option("--new", help="Begin another run, even if the latest is not done.")
    ] = False,
) -> None:
    """Make a dataset, train, export and hold the gate, going on where it was broken off."""
    from footnote.bot.tuning.dataset.installed import check_installed

    check_installed()
    done, decision = run_async(_ran(load(context), name, anew))
    typer.echo(decision.summary)
    for remark in decision.remarks:
        typer.echo(remark)
    typer.echo(f"Run: {done.id}")
    if not decision.passed:
        raise typer.Exit(FAILED)
    typer.echo(PASSED.format(run=done.id))


async def _ran(settings: Settings, name: str, anew: bool) -> tuple[Run, Decision]:
    from footnote.bot.tuning.running import run_all

    return await run_all(settings, report=reporter(), name=name, anew=anew)
