"""`footnote eval compare`: retrieval, tuning or both, on a team's own questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import AsJson, errors_console, load, print_all, reporter, run

if TYPE_CHECKING:
    from rich.table import Table

    from footnote.bot.evaluation.compare_questions import AskedQuestion
    from footnote.bot.evaluation.compare_run import Comparison
    from footnote.bot.settings.schema import Settings

_GAP = "\u2013"


def compare(
    context: typer.Context,
    questions: Annotated[
        Path,
        typer.Option(
            "--questions", help="CSV or JSON lines with question, answer and, if known, document."
        ),
    ],
    name: Annotated[
        str, typer.Option("--run", help="Compare this run's adapter; else the current one.")
    ] = "",
    picture: Annotated[
        Path | None,
        typer.Option("--picture", help="Where to draw it; else beside the questions, as SVG."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Your own questions: the model alone, tuned, with retrieval, and with both."""
    import json

    from footnote.bot.errors import FootnoteError
    from footnote.bot.evaluation.compare_picture import svg
    from footnote.bot.evaluation.compare_questions import read_asked

    asked = read_asked(questions)
    found = run(_compared(load(context), asked, name))
    target = picture or questions.with_suffix(".svg")
    try:
        target.write_text(svg(found), "utf-8")
    except OSError as error:
        raise FootnoteError(
            f"{target} cannot be written ({error.strerror or error}): name another with --picture."
        ) from error
    if as_json:
        facts = {**found.as_json(), "picture": str(target)}
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    print_all([_table(found), *found.remarks, f"Picture: {target}"])


async def _compared(settings: Settings, asked: list[AskedQuestion], name: str) -> Comparison:
    from footnote.bot.evaluation.compare_run import compare, tuned_model
    from footnote.bot.syncing.indexed import require_documents

    await require_documents(settings)
    told: set[str] = set()
    console = errors_console()

    def progress(what: str, done: int, total: int) -> None:
        if what not in told or done == total:
            told.add(what)
            console.print(f"{what}: {done} of {total}", style="dim")

    tuned = await tuned_model(settings, name)
    return await compare(settings, asked, tuned, report=reporter(), progress=progress)


def _table(found: Comparison) -> Table:
    from rich.table import Table

    from footnote.bot.evaluation.compare_picture import LABELS

    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for way in found.scores:
        table.add_column(LABELS[way], justify="right")
    every = list(found.scores.values())
    rows = {
        "right": [_share(each.right) for each in every],
        "wrong": [_share(each.wrong) for each in every],
        "refused, or failed": [_share(each.refused) for each in every],
        "words in common (F1)": [f"{each.token_f1:.2f}" for each in every],
        "answers with a source": [_share(each.cited) for each in every],
        "the right document cited": [_share(each.document) for each in every],
        "seconds an answer": [f"{each.seconds:.1f}" for each in every],
        "tokens read": [f"{each.read:.0f}" for each in every],
        "tokens written": [f"{each.written:.0f}" for each in every],
        "seconds until a change is known": [
            _GAP if (cost := found.costs[way]).seconds is None else f"{cost.seconds:.1f}"
            for way in found.scores
        ],
    }
    for label, cells in rows.items():
        table.add_row(label, *cells)
    return table


def _share(value: float | None) -> str:
    return _GAP if value is None else f"{100 * value:.0f} %"
