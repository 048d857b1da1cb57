"""`footnote init`: write a settings file to begin with."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

_PATH_LINE = 'path = "docs"'


def init(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Option(
            "--path",
            help="The folder with your documents; without it, docs/ or else the current folder.",
        ),
    ] = None,
) -> None:
    """Write a footnote.toml that says what each key means."""
    from footnote.bot.errors import SettingsError

    target: Path = context.obj
    folder = path or (Path("docs") if Path("docs").is_dir() else Path())
    if not folder.is_dir():
        raise SettingsError(f"There is no folder {folder}: name one that exists with --path.")
    written = example().replace(_PATH_LINE, f"path = {_seen_from(target, folder)}")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(written)
    except FileExistsError as error:
        raise SettingsError(
            f"{target} is there already and stays as it is: edit it, or move it away first."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{target} cannot be written ({error.strerror}): name another file with --config."
        ) from error
    typer.echo(
        f"Wrote {target}, with the documents in {folder}: look into it, then run `footnote sync`."
    )


def example() -> str:
    """The settings file that `init` writes, for documents in docs/."""
    from importlib.resources import files

    return files("footnote.bot").joinpath("example.toml").read_text(encoding="utf-8")


def _seen_from(target: Path, folder: Path) -> str:
    """The folder as the settings file names it: relative where it lies below, else absolute."""
    there = Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100  a link stays a link
    relative = Path(os.path.relpath(there, target.expanduser().absolute().parent))
    chosen = there if relative.parts[:1] == ("..",) else relative
    return json.dumps(chosen.as_posix(), ensure_ascii=False)
