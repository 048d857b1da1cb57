"""`footnote doctor`: check everything and say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from footnote.bot.cli.common import run

if TYPE_CHECKING:
    from pathlib import Path


def doctor(context: typer.Context) -> None:
    """Check settings, sources, embedder, index and disk, and say what to do."""
    if not run(_examine(context.obj)):
        raise typer.Exit(1)


async def _examine(path: Path) -> bool:
    from rich.console import Console

    from footnote.bot.checks.doctor import checks

    console = Console(highlight=False, markup=False, soft_wrap=True)
    fine = True
    async for check in checks(path):
        sign, style = ("✓", "green") if check.fine else ("✗", "red")
        console.print(sign, style=style, end=" ")
        console.print(f"{check.name}: {check.text}")
        fine = fine and check.fine
    return fine
