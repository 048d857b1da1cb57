"""`footnote slack`: what one needs to make the app in Slack."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Make the app in Slack.", no_args_is_help=True)

NAME_LENGTH = 35


@app.callback()
def slack() -> None:
    """Make the app in Slack."""


@app.command()
def manifest(
    name: Annotated[
        str, typer.Option("--name", help="What people call the bot, 35 characters at most.")
    ] = "Footnote",
    url: Annotated[
        str,
        typer.Option("--url", help="Where Slack sends events to; without it, it needs no address."),
    ] = "",
) -> None:
    """Print the manifest that Slack makes the app from."""
    import json

    from footnote.bot.platforms.slack.manifest import manifest as made

    if not 0 < len(name) <= NAME_LENGTH:
        raise typer.BadParameter(
            f"it has to have 1 to {NAME_LENGTH} characters.", param_hint="--name"
        )
    if url and not url.startswith("https://"):
        raise typer.BadParameter("it has to begin with https://.", param_hint="--url")
    typer.echo(json.dumps(made(name, url), indent=2))
