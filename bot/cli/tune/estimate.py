"""`footnote tune estimate`: what training will take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import AsJson, load, reporter, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings
    from footnote.bot.tuning.estimating import Estimate

FAILED = 1


def estimate(
    context: typer.Context,
    name: Annotated[str, typer.Option("--run", help="The run; the latest one, if not given.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what memory, time and disk a training takes, by trying a few of its steps."""
    import json
    from dataclasses import asdict

    found = run(_estimated(load(context), name))
    if as_json:
        typer.echo(json.dumps({**asdict(found), "problems": found.problems}))
    else:
        typer.echo("\n".join((*found.lines, *found.problems)))
    if found.problems:
        raise typer.Exit(FAILED)


async def _estimated(settings: Settings, name: str) -> Estimate:
    from footnote.bot.tuning.estimating import estimate as estimate_run
    from footnote.bot.tuning.runs import open_run

    chosen = open_run(settings.folder / "tuning", name)
    return await estimate_run(chosen, settings, report=reporter())
