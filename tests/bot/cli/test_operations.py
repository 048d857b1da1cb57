"""docs/operations.md: each path and command in it is there, and is run as far as goes here.

Its shell blocks are run as they are, where `docker` and `footnote` only write down how they were
called. What `docker` was asked is held to the compose file; what `footnote` was asked is done.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer.main

from footnote.bot.cli.main import app
from footnote.bot.settings.schema import Settings
from tests.bot.cli.conftest import Footnote
from tests.docker.compose import COMPOSE, ROOT, compose

TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.+?)```", TEXT, re.DOTALL)
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"```.+?```", "", TEXT, flags=re.DOTALL))
LINKED = re.findall(r"\]\((\w[^)]*)\)", TEXT)
RECORDER = '#!/bin/sh\nprintf "%s\\n" "${0##*/} $*" >> "$CALLS"\n'
OPTIONS = {
    "build": set(),
    "run": {"--rm"},
    "up": {"--detach", "--no-recreate", "--scale", "--wait"},
}
"""The options of docker compose that we use (docs.docker.com, CLI reference)."""
SERVICES = compose({"REDIS_PASSWORD": "x", "WEAVIATE_API_KEY": "x"})["services"]
CLI = typer.main.get_group(app)


def _recorded(folder: Path) -> list[str]:
    """What the blocks call, in order, when they are run in a copy of the project's folder."""
    bin_folder, work = folder / "bin", folder / "work"
    bin_folder.mkdir()
    for name in ("docker", "footnote"):
        (bin_folder / name).write_text(RECORDER, encoding="utf-8")
        (bin_folder / name).chmod(0o755)
    shutil.copytree(ROOT / "docker", work / "docker")
    calls = folder / "calls"
    environment = {"PATH": f"{bin_folder}:{os.environ['PATH']}", "CALLS": str(calls)}
    for block in BLOCKS:
        subprocess.run(["sh", "-euc", block], cwd=work, env=environment, check=True)
    assert (work / "docker" / ".env").is_file()
    return calls.read_text("utf-8").splitlines()


def _check_footnote(arguments: Sequence[str]) -> None:
    """The command is there, and has these options."""
    command = CLI.commands[next(word for word in arguments if word in CLI.commands)]
    known = {option for each in (*command.params, *CLI.params) for option in each.opts}
    assert {word for word in arguments if word.startswith("-")} <= known


def _check_docker(arguments: Sequence[str]) -> None:
    """It is a call of docker compose on services that there are, profiles taken into use."""
    rest = list(arguments)
    assert rest.pop(0) == "compose"
    profiles = set()
    if rest[0] == "--profile":
        profiles = {rest[1]}
        rest = rest[2:]
    verb = rest.pop(0)
    scaled = [rest.pop(rest.index("--scale") + 1)] if "--scale" in rest else []
    assert {word for word in rest if word.startswith("--")} <= OPTIONS[verb]
    assert all(re.fullmatch(r"footnote=\d", word) for word in scaled)
    names = [word for word in rest if not word.startswith("--")]
    if verb == "run":
        _check_footnote(names[1:])
        names = names[:1]
    assert all(set(SERVICES[name].get("profiles", ())) == profiles for name in names)


def test_the_shell_blocks_do_what_they_say(
    synced: Footnote, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every line runs; what is kept by `backup` answers again where `restore` has put it."""
    calls = [shlex.split(call) for call in _recorded(tmp_path_factory.mktemp("blocks"))]
    for program, *arguments in calls:
        if program == "docker":
            _check_docker(arguments)
        else:
            ran = synced(*(word.replace("/elsewhere", f"{folder}/elsewhere") for word in arguments))
            assert ran.code == 0, ran.err
    assert [call[-1] for call in calls if call[0] == "footnote"] == ["kept.zip", "kept.zip"]
    config = str(folder / "elsewhere" / "footnote.toml")
    assert "28 days" in synced("--config", config, "ask", "how many days of annual leave?").out


@pytest.mark.parametrize("code", sorted(set(INLINE)))
def test_whatever_is_named_is_there(code: str) -> None:
    """Commands, options, files, settings and what can be made."""
    program, *arguments = shlex.split(code)
    match program:
        case "footnote":
            _check_footnote(arguments)
        case "docker":
            _check_docker(arguments)
        case "make":
            assert f"\n{arguments[0]}:" in (ROOT / "Makefile").read_text("utf-8")
        case "--build-arg":
            name, _, value = arguments[0].partition("=")
            recipe = (ROOT / "docker" / "Dockerfile").read_text("utf-8")
            assert f"ARG {name}=" in recipe
            assert f" {value}) " in recipe
        case _ if (ROOT / code).exists() or (COMPOSE.parent / code).exists():
            pass
        case _ if code in CLI.commands:
            pass
        case _ if code.startswith("--"):
            known = {
                name for each in CLI.commands.values() for one in each.params for name in one.opts
            }
            assert code in known
        case _:
            tables = {name: field.annotation for name, field in Settings.model_fields.items()}
            keys = {key for table in tables.values() for key in getattr(table, "model_fields", ())}
            assert program in keys | {f"[{name}]" for name in tables}


def test_whatever_is_linked_is_there() -> None:
    """Other pages of the documentation."""
    assert LINKED
    assert all((ROOT / "docs" / link).is_file() for link in LINKED)


def test_the_environment_names_the_settings_file_in_the_container() -> None:
    """The settings that the page names are those that the container reads."""
    assert "./config:/config:ro" in SERVICES["footnote"]["volumes"]
    recipe = (ROOT / "docker" / "Dockerfile").read_text("utf-8")
    assert "FOOTNOTE_CONFIG=/config/footnote.toml" in recipe
