"""`footnote backup` and `footnote restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footnote.bot.cli.common import load, run


def backup(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help="The file to make; without it, one with today's date."),
    ] = None,
    without_index: Annotated[
        bool, typer.Option("--without-index", help="Leave out what a sync can make anew.")
    ] = False,
) -> None:
    """Copy state, index and settings into one file, while questions are answered."""
    from datetime import UTC, datetime

    from footnote.bot.backup.making import make
    from footnote.bot.settings.schema import SQLITE

    settings = load(context)
    path = file or Path(f"footnote-{datetime.now(UTC):%Y-%m-%d}.zip")
    made = run(make(settings, path, index=not without_index))
    parts = [
        "the settings",
        *(["the state"] if made.state else []),
        *(["the index"] if made.index else []),
    ]
    typer.echo(f"{made.path} holds {_listed(parts)} ({made.size / 1e6:.1f} MB).")
    if settings.store != SQLITE and not without_index:
        typer.echo(
            f"The index in {settings.store} is not in it: `footnote sync` makes it anew, or that "
            "server's own backups keep it."
        )


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The backup.")],
) -> None:
    """Put a backup where there is no state and no index yet."""
    from footnote.bot.backup.restoring import restore as put_back

    done = run(put_back(context.obj, file))
    parts = [
        *(["the settings"] if done.settings_file else []),
        *(["the state"] if done.state else []),
        *(["the index"] if done.index else []),
    ]
    typer.echo(
        f"Restored {_listed(parts)} of {done.contents.made_at}, by Footnote "
        f"{done.contents.version}."
    )
    if not done.index:
        typer.echo("Next: footnote sync")


def _listed(parts: list[str]) -> str:
    *most, last = parts or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
