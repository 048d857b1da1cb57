"""`footnote eval`: measure search, answers and the gate on public data."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from footnote.bot.cli import compare
from footnote.bot.cli.common import AsJson, errors_console, reporter, run

if TYPE_CHECKING:
    from footnote.bot.evaluation.tasks import Tasks

T = TypeVar("T")

app = typer.Typer(
    help="Measure search, answers and the gate on folders of evaluation data.",
    no_args_is_help=True,
)
app.command()(compare.compare)

Data = Annotated[
    Path, typer.Option("--data", help="Folder in the BEIR layout: corpus, queries, judgments.")
]
OffTopic = Annotated[
    list[Path] | None,
    typer.Option("--off-topic", help="Folder of questions about something else; repeatable."),
]
Keep = Annotated[
    Path | None,
    typer.Option("--keep", help="Keep the index in this folder, and use it again next time."),
]


@app.command()
def retrieval(
    data: Annotated[
        list[Path], typer.Option("--data", help="Folder in the BEIR layout; repeatable.")
    ],
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Switch each part of the search off or on by itself.")
    ] = False,
    settings: Annotated[
        Path | None,
        typer.Option("--settings", help="Measure this settings file's embedder and reranker."),
    ] = None,
    as_json: AsJson = False,
    keep: Keep = None,
) -> None:
    """How well the right documents are ranked: BM25 alone, vectors alone, and the search."""
    if ablate:
        _ablate(data, keep, settings, as_json=as_json)
        return

    async def ranked(tasks: Tasks) -> Mapping[str, Any]:
        found = {folder.name: await tasks.retrieval(folder) for folder in data}
        return found if len(data) > 1 else found[data[0].name]

    _print(_run(ranked, keep, settings), as_json)


@app.command()
def spans(data: Data, as_json: AsJson = False, keep: Keep = None) -> None:
    """How much of the marked answers stands in the first passages found."""
    _print(_run(lambda tasks: tasks.spans(data), keep), as_json)


@app.command()
def answers(data: Data, as_json: AsJson = False, keep: Keep = None) -> None:
    """How well the citations of answers hit the sentences that people marked."""
    _print(_run(lambda tasks: tasks.answers(data), keep), as_json)


@app.command()
def verification(
    data: Data,
    changes: Annotated[
        Path | None,
        typer.Option("--changes", help="Write what was changed and found into this file."),
    ] = None,
    as_json: AsJson = False,
    keep: Keep = None,
) -> None:
    """What passes as supported: true sentences, and the same with something changed."""
    _print(_run(lambda tasks: tasks.verification(data, changes), keep), as_json)


@app.command()
def gate(
    data: Data, off_topic: OffTopic = None, as_json: AsJson = False, keep: Keep = None
) -> None:
    """What the gate refuses: near misses, absent and off-topic questions, and answerable ones."""
    _print(_run(lambda tasks: tasks.gate(data, off_topic or ()), keep), as_json)


@app.command()
def fit_gate(  # noqa: PLR0913, PLR0917  a command has its options
    data: Data,
    also: Annotated[
        list[Path] | None,
        typer.Option("--also", help="Further folder that the thresholds must suit; repeatable."),
    ] = None,
    off_topic: OffTopic = None,
    write: Annotated[bool, typer.Option("--write", help="Put the result into gate.json.")] = False,
    as_json: AsJson = False,
    keep: Keep = None,
) -> None:
    """Fit the gate's weights to labelled questions, and its thresholds to all folders."""
    _print(
        _run(lambda tasks: tasks.fit_gate(data, also or (), off_topic or (), write=write), keep),
        as_json,
    )


@app.command()
def report(
    data: Annotated[list[Path], typer.Option("--data", help="Folder to measure; repeatable.")],
    off_topic: OffTopic = None,
    as_json: AsJson = False,
    keep: Keep = None,
) -> None:
    """Every task over every folder, as Markdown tables."""
    from footnote.bot.evaluation import report as reports
    from footnote.bot.evaluation.revision import revision

    async def both(tasks: Tasks) -> tuple[reports.Results, str]:
        return await reports.collect(tasks, data, off_topic or ()), await revision()

    results, commit = _run(both, keep)
    if as_json:
        _print({"results": results, "commit": commit}, as_json=True)
    else:
        sys.stdout.write(reports.markdown(results, commit))


def _ablate(
    data: Sequence[Path], keep: Path | None, settings: Path | None, *, as_json: bool
) -> None:
    """Print what each part of the search does over every folder."""
    from footnote.bot.evaluation import ablation_table
    from footnote.bot.evaluation.revision import revision

    async def ablated(tasks: Tasks) -> tuple[dict[str, Any], str]:
        return {folder.name: await tasks.ablation(folder) for folder in data}, await revision()

    results, commit = _run(ablated, keep, settings)
    if as_json:
        _print({"results": results, "commit": commit}, as_json=True)
    else:
        sys.stdout.write(ablation_table.markdown(results, commit))


def _run(
    work: Callable[[Tasks], Awaitable[T]], keep: Path | None, settings: Path | None = None
) -> T:
    """Do a piece of work with a progress line on stderr, and with the models of these settings."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from footnote.bot.evaluation.tasks import Tasks
    from footnote.bot.evaluation.workbench import open_embedder, open_models
    from footnote.bot.settings.load import load_settings

    console = errors_console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    alive = console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not alive) as bar:
        line = bar.add_task("", visible=False)
        told: set[str] = set()

        def progress(what: str, done: int, total: int) -> None:
            if alive:
                bar.update(line, description=what, completed=done, total=total, visible=True)
            elif total and what not in told:
                told.add(what)
                console.print(f"{what}: {total}")

        async def measured() -> T:
            if settings is None:
                async with open_embedder(reporter()) as embedder:
                    return await work(Tasks(embedder, keep, progress))
            async with open_models(load_settings(settings), reporter()) as (embedder, parts):
                return await work(Tasks(embedder, keep, progress, parts))

        return run(measured())


def _print(result: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        json.dump(_rounded(result), sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False)
    for name, value in _flat(_rounded(result)):
        table.add_row(name, str(value))
    Console().print(table)


def _rounded(value: Any) -> Any:
    """The same with four decimals, and null for what could not be measured."""
    if isinstance(value, Mapping):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return value


def _flat(value: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, each in value.items():
        if isinstance(each, Mapping):
            rows += _flat(each, f"{above}{name} ")
        else:
            rows.append((above + name, "–" if each is None else each))  # noqa: RUF001  a gap
    return rows
