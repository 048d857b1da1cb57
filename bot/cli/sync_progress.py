"""How far a sync is: a bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from footnote.bot.cli.common import errors_console

if TYPE_CHECKING:
    from rich.console import Console

    from footnote.retrieval.sync_report import SyncProgress


@contextmanager
def sync_progress() -> Iterator[Callable[[SyncProgress], None]]:
    """Gives what a sync of one source tells its progress to; everything goes to stderr."""
    console = errors_console()
    if not console.is_terminal or console.is_dumb_terminal:
        yield _lines(console)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as RestColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RestColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(progress: SyncProgress) -> None:
            bar.update(
                task,
                description=f"{progress.source}: {progress.stage}",
                completed=progress.done,
                total=progress.total or None,
            )

        yield tell


def _lines(console: Console) -> Callable[[SyncProgress], None]:
    """A line when the work of a stage begins."""
    from footnote.bot.syncing.words import counted

    stages: set[str] = set()

    def tell(progress: SyncProgress) -> None:
        if progress.stage in stages or not progress.total:
            return
        stages.add(progress.stage)
        console.print(f"{progress.source}: {progress.stage} {counted(progress.total, 'document')}…")

    return tell
