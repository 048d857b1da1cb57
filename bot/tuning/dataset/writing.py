"""The files of a run's dataset: each is there as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from footnote.bot.errors import FootnoteError
from footnote.bot.tuning.examples import Example, write_examples
from footnote.bot.tuning.runs import Run, digest_of

DATASET = "dataset"
"""The folder within a run's."""


def write(run: Run, name: str, examples: Iterable[Example]) -> str:
    """Write the examples of one split, in the place of those that are there.

    Returns:
        The SHA-256 of what was written.

    Raises:
        FootnoteError: It cannot be written; what was there before stands.
    """
    target = run.folder / DATASET / f"{name}.jsonl"
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(exist_ok=True)
        write_examples(part, examples)
        _to_disk(part)
        part.replace(target)
        return digest_of(target)
    except OSError as error:
        raise FootnoteError(
            f"{target} cannot be written ({error.strerror or error}): free some space there, or "
            "set its permissions."
        ) from error


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
