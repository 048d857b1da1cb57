"""`footnote source`: what concerns one source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import load, run

if TYPE_CHECKING:
    from footnote.bot.settings.schema import Settings

app = typer.Typer(help="What concerns one source.", no_args_is_help=True)


@app.callback()
def source() -> None:
    """What concerns one source."""


@app.command()
def test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name in the settings.", show_default=False)],
) -> None:
    """Try one source, and say what it lacks; nothing is indexed."""
    if not run(_try(load(context), name)):
        raise typer.Exit(1)


@app.command()
def add(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(help="As `footnote connectors` names it.", show_default=False),
    ],
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            help="Its keys, such as path=docs; what it needs beside them is asked for.",
            metavar="KEY=VALUE",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", help="What it shall be called.", show_default=False)
    ] = "",
    audience: Annotated[
        list[str] | None,
        typer.Option("--audience", help="Who may see it; once for each label."),
    ] = None,
) -> None:
    """Write a source into the settings; what it needs and was not said is asked for."""
    from footnote.bot.plugins import connector_kind
    from footnote.bot.syncing.adding import NewSource, add_source, described, required, value_of

    model = connector_kind(kind).settings_model
    given = dict(_pair(written) for written in keys or ())
    name = name or _asked("name", "What it shall be called, such as handbook.")
    says = described(model)
    for key in required(model):
        if key not in given:
            given[key] = _asked(key, says.get(key, ""))
    audience = audience or _asked("audience", 'Who may see it, such as "everyone".').split()
    values = {key: value_of(model, key, written) for key, written in given.items()}
    add_source(context.obj, NewSource(name, kind, audience, values))
    typer.echo(
        f"Wrote [sources.{name}] into {context.obj}: try it with `footnote source test {name}`, "
        f"then run `footnote sync {name}`."
    )


def _pair(written: str) -> tuple[str, str]:
    from footnote.bot.errors import SettingsError

    key, equals, value = written.partition("=")
    if not equals or not key.isidentifier():
        raise SettingsError(f"{written} is no key with a value: write KEY=VALUE, as in path=docs.")
    return key, value


def _asked(what: str, says: str) -> str:
    """What a person answers; where nobody sits there, the sentence on what is missing."""
    import sys

    from footnote.bot.errors import SettingsError

    if not sys.stdin.isatty():
        option = f"--{what}" if what in {"name", "audience"} else f"{what}=VALUE"
        raise SettingsError(f"This source needs {what}: give it as {option}. {says}".rstrip())
    if says:
        typer.echo(says)
    return str(typer.prompt(what))


async def _try(settings: Settings, name: str) -> bool:
    """Print a line for each thing that was tried; False where no document could be read."""
    from rich.console import Console

    from footnote.bot.checks.sources import try_source
    from footnote.bot.syncing.sources import open_connectors
    from footnote.bot.syncing.summary import sources_named

    (known,) = sources_named(settings, [name])
    console = Console(highlight=False, markup=False, soft_wrap=True)
    fine = False
    async for check in try_source(open_connectors(settings)[known]):
        sign, style = ("✓", "green") if check.fine else ("✗", "red")
        console.print(sign, style=style, end=" ")
        console.print(f"{check.name}: {check.text}")
        fine = check.fine
    return fine
