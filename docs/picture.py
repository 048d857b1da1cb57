"""Draws docs/answer.svg: a real capture of the terminal while Footnote answers a question.

Run by `make picture`. The command runs in a pseudo-terminal, so that it prints as it does for a
person, and what it prints is drawn as it is.
"""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

DOCS = Path(__file__).parent
QUESTION = "How does Footnote decide that the sources do not hold the answer?"
WIDTH = 100


def main() -> None:
    """Sync the documentation, ask one question and draw the terminal."""
    footnote = Path(sys.executable).with_name("footnote")
    command = [str(footnote), "--config", str(DOCS / "demo.toml")]
    subprocess.run([*command, "sync"], check=True)
    printed = _run_in_terminal([*command, "ask", QUESTION])
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f'$ footnote ask "{QUESTION}"\n{printed}'))
    console.save_svg(str(DOCS / "answer.svg"), title="footnote")


def _run_in_terminal(command: list[str]) -> str:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment):
        os.close(theirs)
        printed = b""
        try:
            while chunk := os.read(ours, 65536):
                printed += chunk
        except OSError:
            pass  # Linux ends a closed terminal with an error
    os.close(ours)
    return printed.decode("utf-8", "replace").replace("\r\n", "\n")


if __name__ == "__main__":
    main()
