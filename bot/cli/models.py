"""`footnote models`: the models that Footnote uses, and those that it could."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import AsJson, errors_console, run

if TYPE_CHECKING:
    from pathlib import Path

    from footnote.models.catalog import CatalogModel

MINILM = "minilm"
"""The embedder's name; every other one is a language model's."""

app = typer.Typer(help="Fetch and choose the models that Footnote uses.", no_args_is_help=True)


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Name the language models that Footnote can fetch, and the one for this machine."""
    from footnote.models.cache import default_cache
    from footnote.models.catalog import CATALOG, recommended
    from footnote.models.hub import is_pulled
    from footnote.models.machine import gpus, memory_bytes

    cache = default_cache()
    memory = memory_bytes()
    gpu = max((found.memory for found in run(gpus())), default=0)
    pulled = {model.name for model in CATALOG if is_pulled(model, cache)}
    best = recommended(memory, gpu)
    if as_json:
        _print_json(pulled, memory, gpu, best)
    else:
        _print_table(pulled, memory, gpu, best)


@app.command()
def pull(
    name: Annotated[
        str, typer.Argument(help="minilm, the embedder, or a model that `list` names.")
    ] = MINILM,
) -> None:
    """Fetch a model and check it, unless it is there already."""
    from footnote.models.cache import default_cache

    if name == MINILM:
        from footnote.models.minilm.fetch import pull as pull_minilm

        folder = run(pull_minilm(default_cache(), report=typer.echo))
        typer.echo(f"The embedder {name} is in {folder}.")
        return
    from footnote.bot.local_models import known_model

    _pull_language_model(known_model(name, (MINILM,)), default_cache())


@app.command()
def use(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="A GGUF file, or a model that was pulled.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print the lines for the settings.")
    ] = False,
) -> None:
    """Let a model on this machine write the answers."""
    from footnote.bot.local_models import chosen_file, values_for
    from footnote.bot.local_models import use as use_file
    from footnote.bot.settings.edit import lines_for
    from footnote.models.cache import default_cache

    file = chosen_file(model, default_cache())
    if not dry_run:
        use_file(file, context.obj)
        typer.echo(f"{file.name} writes the answers now, as {context.obj} says:")
    typer.echo("\n".join(lines_for(values_for(file))))


def _pull_language_model(model: CatalogModel, cache: Path) -> None:
    from footnote.bot.cli.pull_progress import pull_progress
    from footnote.models.hub import lock_of, pull_model

    console = errors_console()
    with pull_progress() as progress:
        path = run(
            pull_model(
                model,
                cache,
                report=lambda line: console.print(line, style="dim"),
                progress=progress,
            )
        )
    lock = lock_of(path)
    typer.echo(f"{model.name} is in {path} (licence {model.licence}).")
    if lock:
        typer.echo(f"SHA-256 {lock.sha256}, as the hub states for revision {lock.revision[:12]}.")
    typer.echo(f"Next: footnote models use {model.name}")


def _print_json(pulled: set[str], memory: int, gpu: int, best: CatalogModel | None) -> None:
    import json
    from dataclasses import asdict

    from footnote.models.catalog import CATALOG

    typer.echo(
        json.dumps(
            {
                "memory_bytes": memory,
                "gpu_memory_bytes": gpu,
                "recommended": best and best.name,
                "models": [{**asdict(model), "pulled": model.name in pulled} for model in CATALOG],
            }
        )
    )


def _print_table(pulled: set[str], memory: int, gpu: int, best: CatalogModel | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from footnote.models.catalog import CATALOG

    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("Model", "File", "Memory", "Licence", "Good at"):
        right = header in {"File", "Memory"}
        table.add_column(header, justify="right" if right else "left", no_wrap=header != "Good at")
    for model in CATALOG:
        here = " (pulled)" if model.name in pulled else ""
        size, needs = f"{model.size_gb} GB", f"{model.memory_gb} GB"
        table.add_row(model.name + here, size, needs, model.licence, model.good_at)
    console = Console(highlight=False, markup=False)
    console.print(table)
    console.print()
    has = f"This machine has {memory / 1e9:.0f} GB of memory"
    has += f" and a GPU of {gpu / 1e9:.0f} GB" if gpu else ""
    if best is None:
        console.print(f"{has}, which is too little for these; quoting needs none of them.")
    else:
        console.print(f"{has}: footnote models pull {best.name}")
