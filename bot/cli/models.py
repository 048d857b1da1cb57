"""`footnote models`: the models that Footnote uses."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from footnote.bot.cli.common import run

app = typer.Typer(help="Fetch the models that Footnote uses.", no_args_is_help=True)


class Model(StrEnum):
    """What can be pulled."""

    MINILM = "minilm"


@app.callback()
def models() -> None:
    """Keep `pull` a command of its own although it is the only one."""


@app.command()
def pull(
    model: Annotated[Model, typer.Argument(help="Which model.")] = Model.MINILM,
) -> None:
    """Fetch the embedder, check it and convert it, unless it is there already."""
    from footnote.models.cache import default_cache
    from footnote.models.minilm.fetch import pull as pull_minilm

    folder = run(pull_minilm(default_cache(), report=typer.echo))
    typer.echo(f"The embedder {model.value} is in {folder}.")
