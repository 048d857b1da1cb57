"""`footnote connectors`: the kinds of sources that there are."""

from __future__ import annotations

import typer

OWN = "footnote-bot"


def connectors() -> None:
    """List the kinds of sources, with those of other packages."""
    from rich.console import Console
    from rich.table import Table

    from footnote.bot.plugins import connector_names

    table = Table.grid(padding=(0, 2))
    for name, package in connector_names().items():
        table.add_row(name, _described(name), "" if package == OWN else f"from {package}")
    Console(highlight=False, markup=False).print(table)
    typer.echo(
        'Each is set up by a table [sources.NAME] with kind = "…" in the settings.', err=True
    )


def _described(name: str) -> str:
    """What a kind reads, as its own documentation begins; or why it cannot be loaded."""
    import inspect

    from footnote.bot.errors import UnavailableError
    from footnote.bot.plugins import connector_kind

    try:
        said = inspect.getdoc(connector_kind(name)) or ""
    except UnavailableError as error:
        return str(error)
    line = said.partition("\n")[0]
    return line.partition(";")[0].rstrip(".")
