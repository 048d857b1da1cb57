"""What `python -m tests.image` ends with, where podman is only said to do this and that."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests import image
from tests.docker.trial import Trial

STAND_IN = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
{cases}
esac
"""
FOOTNOTES = "build*docker/Dockerfile*"
RUN = "run --rm*"
PULL = "*pull*|*image?inspect*"
IMPORT = "import*"
WRONG = "The image is wrong: it answers nothing."


class Machine:
    """One with a podman that fails at what it is told to fail at.

    Attributes:
        path: The only folder of programs.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log = path / "log"

    def has(self, program: str, fails: Sequence[str] = ()) -> None:
        """Put a program there.

        Args:
            program: Its name.
            fails: Shell patterns of the arguments with which it fails.
        """
        cases = "\n".join(f"{pattern}) exit 1 ;;" for pattern in fails)
        stand_in = self.path / program
        stand_in.write_text(STAND_IN.format(log=self._log, cases=cases), encoding="utf-8")
        stand_in.chmod(0o755)

    @property
    def called(self) -> list[str]:
        """The arguments of all calls."""
        return self._log.read_text("utf-8").splitlines()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine without any program; no container that it runs is wrong."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["image", "--llama", "none"])
    monkeypatch.setattr(Trial, "run", _fine)
    handler = signal.getsignal(signal.SIGTERM)
    yield Machine(tmp_path)
    signal.signal(signal.SIGTERM, handler)


async def _fine(_: Trial) -> None:
    """Nothing is found."""


async def _wrong(_: Trial) -> None:
    """Something is."""
    sys.exit(WRONG)


def ended() -> object:
    """What the program ended with."""
    with pytest.raises(SystemExit) as raised:
        image.main()
    return raised.value.code


def test_a_good_image(machine: Machine) -> None:
    """It is built once, without what was to be left out."""
    machine.has("podman")
    image.main()
    (built,) = [call for call in machine.called if call.startswith("build")]
    assert "LLAMA=none" in built


@pytest.mark.parametrize(
    ("fails", "mmdebstrap"),
    [
        ([RUN], ()),
        ([PULL], None),
        ([PULL], ["*"]),
        ([PULL, IMPORT], ()),
        (["build*"], ()),
    ],
    ids=["it runs none", "no base", "no packages", "no room", "it builds none"],
)
def test_a_machine_that_cannot(
    machine: Machine, fails: list[str], mmdebstrap: Sequence[str] | None
) -> None:
    """Nothing is said of the image where no image could be built or run."""
    machine.has("podman", fails)
    if mmdebstrap is not None:
        machine.has("mmdebstrap", mmdebstrap)
    assert ended() == os.EX_TEMPFAIL


@pytest.mark.usefixtures("machine")
def test_a_machine_without_containers() -> None:
    """There is nothing to build with."""
    assert ended() == os.EX_TEMPFAIL


def test_an_image_that_cannot_be_built_where_others_can(machine: Machine) -> None:
    """It is tried twice, and then is a defect."""
    machine.has("podman", [FOOTNOTES])
    assert "could not be built, though others can" in str(ended())
    assert len([call for call in machine.called if call.startswith("build")]) == 3


def test_an_image_that_is_wrong(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the trial finds is what it ends with."""
    machine.has("podman")
    monkeypatch.setattr(Trial, "run", _wrong)
    assert ended() == WRONG
