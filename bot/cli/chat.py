"""`footnote chat`: questions and follow-up questions at a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from footnote.bot.cli.common import errors_console, load, reporter, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings

WELCOME = "Ask a question about {sources}; /help says what else there is.\n"


def chat(context: typer.Context) -> None:
    """Ask questions and follow-up questions at a prompt."""
    run(_chat(load(context)))


async def _chat(settings: Settings) -> None:
    import sys

    from rich.console import Console

    from footnote.bot.app import open_app
    from footnote.bot.conversing import converse
    from footnote.bot.platforms.terminal import Terminal
    from footnote.bot.platforms.terminal_input import standard_input
    from footnote.bot.syncing.indexed import require_documents

    await require_documents(settings)
    console = Console(highlight=False)
    async with open_app(settings, report=reporter()) as app:
        if sys.stdin.isatty():
            console.print(WELCOME.format(sources=", ".join(settings.sources)), markup=False)
        with standard_input("> ") as read_line:
            await converse(Terminal(read_line, console, errors_console()), app)
