"""Copies a SQLite file as it is at one moment, while others go on writing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from footnote.bot.backup.archive import BackupError


def copy(source: Path, target: Path) -> None:
    """Copy `source`, with what is in its journal, to `target`.

    Raises:
        BackupError: It cannot be read, is damaged, or there is no room.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            # All pages in one go: readers do not hinder writers in WAL mode.
            there.backup(here, pages=-1)
            (found,) = here.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be copied ({error}): run `footnote doctor`.") from error
    if found != "ok":
        raise BackupError(f"{source} is damaged ({found}): restore an earlier backup.")
