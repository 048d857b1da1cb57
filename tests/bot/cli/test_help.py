"""Help is instant, and the documentation of the commands is whole."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from footnote.bot.cli.main import app
from footnote.bot.commands import HELP
from footnote.bot.conversing import QUIT
from tests.bot.cli.conftest import Footnote

REFERENCE = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
HEAVY = (
    "numpy onnx onnxruntime tokenizers safetensors llama_index pypdfium2 docx bs4 lxml Stemmer "
    "pathspec filelock pydantic_settings sqlite3"
).split()

HELP_OF_EVERYTHING = """
import contextlib, io, sys
from footnote.bot.cli.main import app
for arguments in {commands!r}:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            app([*arguments, "--help"])
        except SystemExit as ended:
            assert not ended.code, arguments
    assert "Usage" in printed.getvalue(), arguments
print(*sys.modules)
"""


def _commands(
    command: Any = None, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group by the words that lead to it."""
    command = command or typer.main.get_command(app)
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*path, name))


COMMANDS = dict(_commands())


def test_help_loads_nothing_heavy() -> None:
    """Neither --help nor that of any subcommand imports what only the work needs."""
    script = HELP_OF_EVERYTHING.format(commands=[list(path) for path in COMMANDS])
    child = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, child.stderr
    loaded = {name.partition(".")[0] for name in child.stdout.split()}
    assert "typer" in loaded
    assert not loaded.intersection(HEAVY)


def _section(path: tuple[str, ...]) -> str:
    """The part of commands.md on a command: its own, or that of the group above it."""
    for length in range(len(path), 0, -1):
        title = " ".join(("footnote", *path[:length]))
        found = re.search(rf"(?ms)^## {title}\n(.+?)(?=^## |\Z)", REFERENCE)
        if found:
            return found.group(1)
    return REFERENCE.partition("\n## ")[0]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_described(path: tuple[str, ...]) -> None:
    """docs/commands.md names each command, and in its section each of its options."""
    assert " ".join(("footnote", *path)) in REFERENCE
    options = {name for each in COMMANDS[path].params for name in each.opts if name[0] == "-"}
    undescribed = {name for name in options if f"`{name}`" not in _section(path)}
    assert undescribed <= {"--help", "-h"}


def test_no_option_is_described_that_there_is_not() -> None:
    """Each option in a table of commands.md exists in a command of that section."""
    for section in re.split(r"(?m)^(?=## )", REFERENCE):
        title = re.match(r"## footnote (.+)", section)
        words = tuple(title.group(1).split()) if title else ()
        there = {
            name
            for path, command in COMMANDS.items()
            if (path[: len(words)] == words and words) or path == words
            for each in command.params
            for name in each.opts
        } | {"--help", "-h"}
        rows = re.findall(r"(?m)^\| ((?:`-[\w-]+`(?:, )?)+) \|", section)
        described = {name for row in rows for name in re.findall(r"`(-[\w-]+)`", row)}
        assert described <= there, section


def test_every_line_of_the_chat_is_described() -> None:
    """commands.md and /help name each command of the chat."""
    chat = set(re.findall(r"/(\w+)", HELP + QUIT)) | {"help"}
    assert set(re.findall(r"(?m)^\| `/(\w+)` \|", _section(("chat",)))) == chat


def test_the_version_is_that_of_the_package(footnote: Footnote) -> None:
    """--version needs no settings."""
    ran = footnote("--version")
    assert ran.code == 0
    assert re.fullmatch(r"footnote \d+\.\d+\.\d+\n", ran.out)
