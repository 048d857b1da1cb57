"""The command `footnote`.

Each command imports what it needs when it runs, so that --help loads none of it.
"""

from __future__ import annotations

import logging
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from footnote.bot.cli import (
    ask,
    backup,
    chat,
    connectors,
    discord,
    doctor,
    evaluate,
    explain,
    gaps,
    health,
    index,
    init,
    models,
    serve,
    slack,
    source,
    status,
    sync,
    tune,
)

DEFECT = (
    "footnote: this is a defect in Footnote, not a mistake of yours: please report it with the "
    "lines above."
)

app = typer.Typer(
    name="footnote",
    help="Answers questions from your own documents and cites a source for every claim.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init.init)
app.command()(sync.sync)
app.command()(ask.ask)
app.command()(explain.explain)
app.command()(gaps.gaps)
app.command()(chat.chat)
app.command()(serve.serve)
app.command()(status.status)
app.command()(health.health)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(doctor.doctor)
app.command()(connectors.connectors)
app.add_typer(discord.app, name="discord")
app.add_typer(slack.app, name="slack")
app.add_typer(source.app, name="source")
app.add_typer(index.app, name="index")
app.add_typer(models.app, name="models")
app.add_typer(evaluate.app, name="eval")
app.add_typer(tune.app, name="tune")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"footnote {version('footnote-bot')}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option("--config", "-c", envvar="FOOTNOTE_CONFIG", help="The settings file."),
    ] = Path("footnote.toml"),
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say which version."),
    ] = False,
) -> None:
    """Take the options that stand before the command."""
    del version
    context.obj = config


def run() -> None:
    """Run the command line; a mistake is one sentence on stderr and exit code 1."""
    from footnote.bot.errors import FootnoteError

    _print_anything()
    try:
        app()
    except FootnoteError as error:
        logging.getLogger(__name__).debug("The command ended with an error", exc_info=True)
        sys.stderr.write(f"footnote: {error}\n")
        sys.exit(1)
    except Exception:  # noqa: BLE001  the last place where it can be told
        import traceback

        traceback.print_exc()
        sys.stderr.write(f"{DEFECT}\n")
        sys.exit(1)


def _print_anything() -> None:
    """Let a terminal that cannot show a character show another one, and not end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
