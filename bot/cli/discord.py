"""`footnote discord`: what one needs to bring the bot to a server."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Bring the bot to a Discord server.", no_args_is_help=True)


@app.callback()
def discord() -> None:
    """Bring the bot to a Discord server."""


@app.command()
def invite(
    application: Annotated[
        int | None,
        typer.Option(
            "--application",
            help="The application's id, from its page General Information; else Discord is asked.",
            min=1,
        ),
    ] = None,
) -> None:
    """Print the link that invites the bot with exactly what it has to be allowed to do."""
    from footnote.bot.cli.common import run
    from footnote.bot.platforms.discord.permissions import invite as link

    typer.echo(link(application or run(_own_application())))


async def _own_application() -> int:
    """The id of the application that the token in the environment belongs to."""
    from footnote.bot.errors import SettingsError
    from footnote.bot.platforms.discord.connection import logged_in, refusals
    from footnote.bot.platforms.discord.settings import lacks, token_of

    if missing := lacks(token_of()):
        raise SettingsError(missing)
    async with logged_in(token_of()) as client:
        with refusals():
            return (await client.application_info()).id
