"""`footnote tune`: from what people say of answers to a model that writes them better."""

from __future__ import annotations

import typer

from footnote.bot.cli.tune import dataset, estimate, export, gate, promote, run, train

app = typer.Typer(
    help="Teach the model the team's voice from feedback, and let it earn its place.",
    no_args_is_help=True,
)


@app.callback()
def tune() -> None:
    """Teach the model the team's voice from feedback, and let it earn its place."""


app.command()(dataset.dataset)
app.command()(estimate.estimate)
app.command()(train.train)
app.command()(export.export)
app.command()(gate.gate)
app.command()(run.run)
app.command()(promote.promote)
app.command()(promote.rollback)
app.command("list")(promote.list_adapters)
