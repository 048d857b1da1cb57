"""`footnote health`: whether `footnote serve` is alive, for whatever watches over it."""

from __future__ import annotations

import typer

from footnote.bot.cli.common import load

NONE = (
    "No replica has given a sign of life on this machine for {seconds:.0f} seconds: start one with "
    "`footnote serve`, or look at its log."
)


def health(context: typer.Context) -> None:
    """Say which replicas are alive on this machine; with none, exit code 1."""
    from time import time

    from footnote.bot.errors import UnavailableError
    from footnote.bot.heartbeat import FRESH_S, beats

    now = time()
    found = beats(load(context).folder, now)
    if not found:
        raise UnavailableError(NONE.format(seconds=FRESH_S))
    for beat in found:
        age = max(0.0, now - beat.at)
        typer.echo(f"Answering on {' and '.join(beat.platforms)}, alive {age:.0f} s ago.")
