"""`footnote tune promote`, `rollback` and `list`: which adapter answers are written with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from footnote.bot.cli.common import AsJson, load, print_all, reporter, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnote.bot.settings.schema import Settings
    from footnote.bot.tuning.adapters import Adapter, Choice, Current

FOLLOWS = "Every running replica follows within seconds."
INTERNAL = ("parts", "filing")
NONE = "There is no adapter yet: footnote tune run makes one."

RunName = Annotated[str, typer.Option("--run", help="The run; the latest one, if not given.")]


def promote(
    context: typer.Context,
    name: RunName = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also if it has not passed its gate.")
    ] = False,
) -> None:
    """Write answers with the adapter of a run that has passed its gate."""
    from footnote.bot.tuning.adapters import named

    choice = run(_promoted(load(context), name, anyway))
    typer.echo(f"Answers are written with {named(choice.adapter)} now. {FOLLOWS}")


def rollback(context: typer.Context) -> None:
    """Go back to what answers were written with before."""
    from footnote.bot.tuning.adapters import named

    choice = run(_rolled_back(load(context)))
    typer.echo(f"Answers are written with {named(choice.adapter)} again. {FOLLOWS}")


def list_adapters(context: typer.Context, as_json: AsJson = False) -> None:
    """List all adapters: where each comes from, what its gate said, and who decided what."""
    adapters, current = run(_listed(load(context)))
    if as_json:
        _print_json(adapters, current)
    else:
        _print(adapters, current)


async def _promoted(settings: Settings, name: str, anyway: bool) -> Choice:
    from footnote.bot.state.opening import open_state
    from footnote.bot.tuning.dataset.forgetting import checked_run
    from footnote.bot.tuning.promoting import promote_run
    from footnote.bot.tuning.registry import Registry

    chosen = await checked_run(settings, name, reporter())
    async with open_state(settings) as state:
        return await promote_run(chosen, settings, Registry(state), _me(), anyway=anyway)


async def _rolled_back(settings: Settings) -> Choice:
    from footnote.bot.state.opening import open_state
    from footnote.bot.tuning.registry import Registry

    async with open_state(settings) as state:
        return await Registry(state).roll_back(_me())


async def _listed(settings: Settings) -> tuple[Mapping[str, Adapter], Current]:
    from footnote.bot.state.opening import has_state, open_state
    from footnote.bot.tuning.adapters import Current
    from footnote.bot.tuning.registry import Registry

    if not has_state(settings):
        return {}, Current()
    async with open_state(settings) as state:
        registry = Registry(state)
        return await registry.adapters(), await registry.current()


def _me() -> str:
    """Who uses the command line."""
    import getpass

    try:
        return f"{getpass.getuser()} at the command line"
    except (OSError, KeyError):
        return "somebody at the command line"


def _print_json(adapters: Mapping[str, Adapter], current: Current) -> None:
    import json
    from dataclasses import asdict

    printed: dict[str, Any] = {
        "current": current.adapter or None,
        "adapters": [
            {name: value for name, value in asdict(each).items() if name not in INTERNAL}
            | {"kept": each.id not in current.removed}
            for each in adapters.values()
        ],
        "decisions": [asdict(choice) for choice in current.decisions],
    }
    typer.echo(json.dumps(printed, ensure_ascii=False, indent=2))


def _print(adapters: Mapping[str, Adapter], current: Current) -> None:
    from rich.table import Table
    from rich.text import Text

    from footnote.bot.platforms.terminal_text import safe
    from footnote.bot.tuning.adapters import named, told

    if not adapters:
        typer.echo(NONE)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("", "Adapter", "Run", "Learned after", "Filed", "Gate", "Bytes"):
        table.add_column(header)
    for each in adapters.values():
        mark = "*" if each.id == current.adapter else ""
        gate = each.verdict.replace("_", " ") or "not asked"
        filed = each.created[:16].replace("T", " ")
        kept = "removed" if each.id in current.removed else "kept"
        table.add_row(mark, each.id, each.run, each.parent or "the model", filed, gate, kept)
    decided = [
        Text(safe(f"{choice.at[:16].replace('T', ' ')}  {told(choice)}"))
        for choice in current.decisions
    ]
    now = Text(f"Answers are written with {named(current.adapter)}.")
    print_all([table, Text(), *decided, *([Text()] if decided else []), now])
