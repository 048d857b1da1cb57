"""`footnote` as a process of its own, and most of all its chat: by a pipe and at a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Footnote

ROOT = Path(__file__).parents[3]
CHILD = [sys.executable, "-m", "tests.bot.cli.child"]
ANNUAL = "how many days of annual leave does every employee get in a calendar year?"
FOLLOW_UP = "and sick leave, when is a doctor's note needed?"
SECONDS = 20.0
ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def _environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "80", "TERM": "xterm", **more}


def _piped(lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CHILD, "chat"],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        env=_environment(),
    )


@pytest.mark.usefixtures("synced")
def test_lines_of_a_pipe_are_answered_in_order() -> None:
    """Answers, commands and an unknown command; the end of the lines ends the chat."""
    ran = _piped(f"{ANNUAL}\n\n/sources\n/frob\n/new\n/help\n{FOLLOW_UP}")
    assert (ran.returncode, ran.stderr) == (0, "")
    rest = ran.stdout
    for part in (
        "Every employee gets 28 days of annual leave in a calendar year. [1]",
        "[1] Leave\n    docs:leave.md\n",
        (
            "Quoted from the sources word for word.\n\n- docs: 1 document, synced just now; "
            "1 document could not be read: broken.pdf (it is broken, or not a PDF file)\n\n"
        ),
        "There is no /frob: /help says what there is.\n\n",
        "The next question stands by itself.\n\n",
        "- /quit ends the chat",
        "A doctor's note is needed after three days of sick leave. [",
    ):
        before, found, rest = rest.partition(part)
        assert found, f"no {part!r} in {before!r}"
    assert "\n> " not in ran.stdout, "a pipe gets no prompt"


@pytest.mark.usefixtures("synced")
def test_quit_ends_before_what_follows() -> None:
    """Nothing is answered behind /quit."""
    ran = _piped(f"/quit\n{ANNUAL}\n")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_terminal_that_cannot_show_a_character_shows_another(
    synced: Footnote, folder: Path
) -> None:
    """A narrow encoding is no reason to end a command."""
    (folder / "docs" / "größe.pdf").write_bytes(b"no PDF")
    synced("sync")
    ran = subprocess.run(
        [*CHILD, "status"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        env=_environment(PYTHONIOENCODING="ascii"),
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "docs:gr??e.pdf" in ran.stdout


class Session:
    """A chat in a terminal of its own."""

    def __init__(self, folder: Path, term: str) -> None:
        self.printed = ""
        ours, theirs = pty.openpty()
        self._terminal = ours
        self._child = subprocess.Popen(
            [*CHILD, "chat"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=_environment(TERM=term),
            start_new_session=True,
        )
        os.close(theirs)

    def type(self, text: str) -> None:
        """Press these keys."""
        os.write(self._terminal, text.encode())

    def interrupt(self) -> None:
        """What the terminal does at Ctrl-C."""
        self._child.send_signal(signal.SIGINT)

    def wait_for(self, text: str) -> None:
        """Read until the screen has this text."""
        deadline = time.monotonic() + SECONDS
        while text not in self.printed:
            ready, _, _ = select.select(
                [self._terminal], [], [], max(deadline - time.monotonic(), 0)
            )
            assert ready, f"no {text!r} in {self.printed!r}"
            self._read()

    def ended(self) -> int:
        """The exit code, when the process has ended."""
        code = self._child.wait(SECONDS)
        while select.select([self._terminal], [], [], 0)[0] and self._read():
            pass
        return code

    def close(self) -> None:
        """End the process, and the terminal."""
        self._child.kill()
        self._child.wait(SECONDS)
        os.close(self._terminal)

    def _read(self) -> bool:
        try:
            piece = os.read(self._terminal, 65536)
        except OSError:
            return False
        self.printed += ANSI.sub("", piece.decode("utf-8", "replace")).replace("\r\n", "\n")
        return bool(piece)


@pytest.fixture(params=["xterm", "dumb"])
def session(synced: Footnote, folder: Path, request: pytest.FixtureRequest) -> Iterator[Session]:
    """A chat that has just begun, once with all that a terminal can do and once with nothing."""
    del synced
    opened = Session(folder, request.param)
    yield opened
    opened.close()


def test_a_conversation_at_a_terminal(session: Session) -> None:
    """A welcome, a prompt, an answer with its place, a follow-up, and Ctrl-D."""
    session.wait_for("Ask a question about docs; /help says what else there is.\n\n> ")
    session.type(f"{ANNUAL}\n")
    session.wait_for("Quoted from the sources word for word.\n\n> ")
    assert "28 days of annual leave" in session.printed
    session.type("/quit\n")
    assert session.ended() == 0
    assert "Traceback" not in session.printed


def test_ctrl_d_ends_the_chat(session: Session) -> None:
    """As in any other prompt."""
    session.wait_for("> ")
    session.type("\x04")
    assert session.ended() == 0


def test_ctrl_c_cancels_an_answer(session: Session) -> None:
    """The chat goes on, knows its conversation, and ends at the next prompt as it would before."""
    session.wait_for("> ")
    session.type("how long is forever?\n")
    session.wait_for("For ever begins.")
    session.interrupt()
    session.wait_for("Cancelled.\n\n> ")
    session.type(f"{ANNUAL}\n")
    session.wait_for("Quoted from the sources word for word.\n\n> ")
    session.interrupt()
    assert session.ended() == 130
    assert "Traceback" not in session.printed


def test_ctrl_c_at_the_prompt_ends_quietly(session: Session) -> None:
    """Exit code 130, and nothing printed about it."""
    session.wait_for("> ")
    session.interrupt()
    assert session.ended() == 130
    assert session.printed.endswith("> ") or session.printed.endswith("> \n")
