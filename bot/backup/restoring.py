"""`footnote restore`: puts a backup where nothing is yet."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from footnote.bot.backup.archive import BackupError, Contents, unpacked
from footnote.bot.backup.making import INDEX_FILE, REDIS_FILE
from footnote.bot.settings.file import FILE_NAME
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import SQLITE, Settings
from footnote.bot.state.opening import STATE_FILE
from footnote.bot.state.redis_copy import copy_in


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back.

    Attributes:
        contents: What the backup says of itself.
        settings_file: The settings file that was written; None where there was one already.
        state: Whether there was a state.
        index: Whether there was an index that these settings can use.
    """

    contents: Contents
    settings_file: Path | None
    state: bool
    index: bool


async def restore(config: Path, path: Path) -> Restored:
    """Put a backup back. Everything is checked before anything is written.

    Args:
        config: The settings file; it is taken from the backup where it is missing.
        path: The backup.

    Raises:
        FootnoteError: The backup cannot be used, or there is a state or an index already.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with unpacked(path, folder) as contents, _settings(config, folder) as (settings, new):
            _check(settings, contents)
            index = INDEX_FILE in contents.hashes and settings.store == SQLITE
            if contents.state == "redis":
                await copy_in(settings.state, folder / REDIS_FILE)
            elif contents.state == "sqlite":
                _place(folder / STATE_FILE, settings.folder / STATE_FILE)
            if index:
                _place(folder / INDEX_FILE, settings.index)
    return Restored(contents, config if new else None, bool(contents.state), index)


@contextmanager
def _settings(config: Path, folder: Path) -> Iterator[tuple[Settings, bool]]:
    """The settings, and whether their file is new; a new one stays only if all ends well."""
    new = not config.exists()
    if new:
        _place(folder / FILE_NAME, config)
    try:
        yield load_settings(config), new
    except BaseException:
        if new:
            config.unlink()
        raise


def _check(settings: Settings, contents: Contents) -> None:
    """Refuse whatever would not fit, or would replace something."""
    here = "sqlite" if settings.state == SQLITE else "redis"
    if contents.state and contents.state != here:
        kept = {"sqlite": 'a file (state = "sqlite")', "redis": "Redis"}
        raise BackupError(
            f"The backup's state was kept in {kept[contents.state]}, and these settings keep it in "
            f"{kept[here]}: set state as it was."
        )
    for there in (settings.folder / STATE_FILE, settings.index):
        if there.exists():
            raise BackupError(
                f"{there} is there already: move it away, or set another folder with data in the "
                "settings."
            )


def _place(source: Path, target: Path) -> None:
    """Put a file into place at once, so that a crash leaves all of it or nothing."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except OSError as error:
        raise BackupError(
            f"{target} cannot be written ({error.strerror}): give Footnote the right to, or make "
            "room, and restore again."
        ) from error
