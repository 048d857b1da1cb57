"""Builds the wheel, installs it into an empty environment and asks it a question.

Run by `make wheel`; it needs the package index, so it is no part of the test suite.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETTINGS = """
[sources.notes]
kind = "files"
path = "notes"
audience = ["everyone"]
"""
NOTE = """# Coffee machine

The coffee machine on the third floor is descaled every Friday by the facilities team.
"""


def main() -> None:
    """Exit with an error unless the answer cites the note."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
        wheel = next(folder.glob("footnote_bot-*.whl"))
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / "bin" / "python"
        _run(python, "-m", "pip", "install", "-q", wheel)
        (folder / "notes").mkdir()
        (folder / "notes" / "coffee.md").write_text(NOTE, encoding="utf-8")
        (folder / "footnote.toml").write_text(SETTINGS, encoding="utf-8")
        footnote = folder / "env" / "bin" / "footnote"
        _run(footnote, "sync", cwd=folder)
        printed = _run(footnote, "ask", "--json", "Who descales the coffee machine?", cwd=folder)
        answer = json.loads(printed)
        if answer["citations"][0]["document_id"] != "notes:coffee.md":
            sys.exit(f"The wheel answered without its source: {printed}")
    sys.stdout.write("The wheel answers from its source.\n")


def _run(*command: object, cwd: Path | None = None) -> str:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    main()
