"""`footnote tune gate`: does the candidate earn the current model's place?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import AsJson, load, reporter, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings
    from footnote.bot.tuning.gate.decision import Decision

FAILED = 1


def gate(
    context: typer.Context,
    name: Annotated[str, typer.Option("--run", help="The run; the latest one, if not given.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask base, current and candidate the same, and say whether the candidate may take over."""
    import json

    settings = load(context)
    decision, folder = run(_decided(settings, name))
    if as_json:
        facts = {"run": decision.run, "against": decision.against, "verdict": decision.verdict}
        lists = {"reasons": decision.reasons, "remarks": decision.remarks}
        typer.echo(json.dumps({**facts, **lists, "report": folder}, ensure_ascii=False, indent=2))
    else:
        typer.echo(decision.summary)
        for remark in decision.remarks:
            typer.echo(remark)
        typer.echo(f"Report: {folder}")
    if not decision.passed:
        raise typer.Exit(FAILED)


async def _decided(settings: Settings, name: str) -> tuple[Decision, str]:
    from footnote.bot.tuning.dataset.forgetting import checked_run
    from footnote.bot.tuning.gate.gating import gate as held
    from footnote.bot.tuning.gate.incumbent import incumbent_of
    from footnote.bot.tuning.gate.keeping import HTML

    chosen = await checked_run(settings, name, reporter())
    incumbent = await incumbent_of(settings)
    decision = await held(chosen, settings, report=reporter(), incumbent=incumbent)
    return decision, str(chosen.folder / HTML)
