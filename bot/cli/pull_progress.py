"""How far a download is: a bar on a terminal, a line for every tenth elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from footnote.bot.cli.common import errors_console

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def pull_progress() -> Iterator[Callable[[int, int], None]]:
    """Gives what a download tells its bytes to, done and in all; everything goes to stderr."""
    console = errors_console()
    if not console.is_terminal or console.is_dumb_terminal:
        yield _lines(console)
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn
    from rich.progress import TimeRemainingColumn as RestColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), RestColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def _lines(console: Console) -> Callable[[int, int], None]:
    tenths = 0

    def tell(done: int, total: int) -> None:
        nonlocal tenths
        reached = done * 10 // total
        if reached > tenths:
            tenths = reached
            console.print(f"{reached * 10} % of {total / 1e9:.1f} GB")

    return tell
