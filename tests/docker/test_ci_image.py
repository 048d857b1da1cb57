"""How `.ci/image` ends: a defect of the image fails it, and nothing about the machine does."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docker.compose import ROOT

PROGRAMS = ("bash", "cat", "dirname", "mkdir", "rm", "sh", "sleep", "timeout", "touch")
Ran = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The folder of all programs: podman does nothing, and nothing can be installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in PROGRAMS:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"there is no {name} here")
        (folder / name).symlink_to(found)
    for name, code in {"podman": 0, "mmdebstrap": 0, "umount": 0, "apt-get": 100}.items():
        script(folder / name, f"exit {code}")
    return folder


@pytest.fixture
def ran(tmp_path: Path, programs: Path) -> Ran:
    """Run it in a checkout in which the trial is what is given."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "image", tmp_path / ".ci" / "image")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)

    def run(trial: str) -> subprocess.CompletedProcess[str]:
        script(tmp_path / ".venv" / "bin" / "python", trial)
        return subprocess.run(
            [tmp_path / ".ci" / "image"],
            env={"PATH": str(programs), "IMAGE_SECONDS": "5"},
            check=False,
            capture_output=True,
            text=True,
        )

    return run


def script(path: Path, text: str) -> None:
    """Write a program."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (75, 0), (1, 1), (2, 2), (143, 143)])
def test_what_the_trial_ends_with(ran: Ran, code: int, ends: int) -> None:
    """Only that nothing could be tried is no failure."""
    assert ran(f"exit {code}").returncode == ends


def test_what_takes_too_long_is_cut_off(ran: Ran) -> None:
    """In one sentence, and without a failure."""
    done = ran("exec sleep 600")
    assert done.returncode == 0
    assert (
        done.stdout == "The container's image was not tried to the end: it takes too long here.\n"
    )


@pytest.mark.parametrize("missing", ["podman", "mmdebstrap"])
def test_a_machine_where_nothing_can_be_installed(ran: Ran, programs: Path, missing: str) -> None:
    """In one sentence, and without a failure."""
    (programs / missing).unlink()
    done = ran("exit 1")
    assert done.returncode == 0
    assert done.stdout == "The container's image was not tried: podman cannot be installed here.\n"


def test_nothing_is_left(ran: Ran, tmp_path: Path) -> None:
    """Images are kept in a folder of the checkout, which is gone afterwards."""
    kept = 'cat "$CONTAINERS_STORAGE_CONF" && touch "$TMPDIR/rest"'
    done = ran(f"[ -d {tmp_path}/.cache/image ] && {kept}; exit 3")
    assert done.returncode == 3
    assert f'graphroot = "{tmp_path}/.cache/image/root"' in done.stdout
    assert not (tmp_path / ".cache" / "image").exists()
