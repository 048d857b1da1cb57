"""`footnote backup`: copies state, index and settings while questions are answered."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from footnote.bot.backup.archive import BackupError, StateKind, write
from footnote.bot.backup.sqlite_copy import copy
from footnote.bot.settings.file import FILE_NAME
from footnote.bot.settings.schema import SQLITE, Settings
from footnote.bot.state.opening import STATE_FILE
from footnote.bot.state.redis_copy import copy_out

INDEX_FILE = "index.db"
REDIS_FILE = "state.redis"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made.

    Attributes:
        path: Where.
        size: Bytes.
        state: Whether the state is in it.
        index: Whether the index is in it.
    """

    path: Path
    size: int
    state: bool
    index: bool


async def make(settings: Settings, path: Path, *, index: bool = True) -> Made:
    """Make a backup of what these settings name.

    Args:
        settings: Whose state and index.
        path: The file to make.
        index: Whether the index goes in, where it is a file; sources can make it anew.

    Raises:
        FootnoteError: Something cannot be read, or the file cannot be written.
    """
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with _beside(path) as folder:
        files = {FILE_NAME: settings.file.path}
        kind = await _state(settings, folder, files)
        if index and settings.store == SQLITE and settings.index.exists():
            await asyncio.to_thread(copy, settings.index, folder / INDEX_FILE)
            files[INDEX_FILE] = folder / INDEX_FILE
        made = partial(write, path, files, version("footnote-bot"), made_at, kind)
        size = await asyncio.to_thread(made)
    return Made(path, size, bool(kind), INDEX_FILE in files)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A folder for the copies, on the disk that has to have room for the backup."""
    if path.exists():
        raise BackupError(f"{path} is there already: choose another name.")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.absolute().parent) as name:
            yield Path(name)
    except OSError as error:
        raise BackupError(
            f"{path} cannot be written ({error.strerror}): choose another place, or make room."
        ) from error


async def _state(settings: Settings, folder: Path, files: dict[str, Path]) -> StateKind | str:
    """Copy the state; returns what keeps it, or "" where there is none yet."""
    if settings.state != SQLITE:
        files[REDIS_FILE] = folder / REDIS_FILE
        await copy_out(settings.state, files[REDIS_FILE])
        return "redis"
    source = settings.folder / STATE_FILE
    if not source.exists():
        return ""
    files[STATE_FILE] = folder / STATE_FILE
    await asyncio.to_thread(copy, source, files[STATE_FILE])
    return "sqlite"
