"""What the gate leaves in a run's folder: the decision as JSON, and the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from footnote.bot.errors import FootnoteError
from footnote.bot.tuning.gate import report_html, report_markdown
from footnote.bot.tuning.gate.decision import Decision
from footnote.bot.tuning.gate.told import Told
from footnote.bot.tuning.runs import Manifest, Run, digest_of

__all__ = ["DECISION", "HTML", "MARKDOWN", "Told", "read", "write"]

DECISION, MARKDOWN, HTML = "gate/gate.json", "gate/report.md", "gate/report.html"


def write(
    folder: Path, decision: Decision, told: Sequence[Told], manifest: Manifest
) -> Mapping[str, str]:
    """Write decision and reports.

    Returns:
        SHA-256 of each file, by its path within the folder.

    Raises:
        FootnoteError: They cannot be written.
    """
    texts = {
        DECISION: _adapter().dump_json(decision, indent=1).decode(),
        MARKDOWN: report_markdown.page(decision, told, manifest),
        HTML: report_html.page(decision, told, manifest),
    }
    try:
        (folder / DECISION).parent.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8", errors="backslashreplace")
        return {name: digest_of(folder / name) for name in texts}
    except OSError as error:
        raise FootnoteError(
            f"{error.filename or folder} cannot be written ({error.strerror or error}): free some "
            "space there and run footnote tune gate again, which asks nothing twice."
        ) from error


def read(run: Run) -> Decision:
    """What the gate decided of a run.

    Raises:
        FootnoteError: It was not asked yet, or what it wrote was changed.
    """
    run.needs("gate")
    try:
        return _adapter().validate_json((run.folder / DECISION).read_bytes())
    except (OSError, ValidationError) as error:
        raise FootnoteError(
            f"{run.folder / DECISION} cannot be read: run footnote tune gate again."
        ) from error


@cache
def _adapter() -> TypeAdapter[Decision]:
    return TypeAdapter(Decision)
