"""What several commands share: the settings, the log, running async work, consoles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from footnote.bot.settings.schema import Settings

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def load(context: typer.Context) -> Settings:
    """The settings, with the log set up as they say.

    Raises:
        SettingsError: They are wrong or missing.
    """
    from footnote.bot.settings.load import load_settings

    settings = load_settings(context.obj)
    _log_to_stderr(settings.log_level.upper())
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run async work to its end.

    Raises:
        FootnoteError: Something that a person can mend, whatever package it comes from.
    """
    from footnote.bot.errors import told

    with told():
        return asyncio.run(work)


def errors_console() -> Console:
    """The console on stderr, for everything that is not a command's result."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def print_all(parts: Iterable[RenderableType]) -> None:
    """Print a command's result; what is no terminal gets no colours and no spaces behind lines."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    typer.echo(text, nl=False)


def reporter() -> Callable[[str], None]:
    """Writes a line to stderr for each step that takes a while."""
    console = errors_console()
    return lambda line: console.print(line, style="dim")


def _log_to_stderr(level: str) -> None:
    import logging

    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("footnote").setLevel(level)
