"""The file of a backup: a ZIP with a list of what it holds, each with its hash."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from footnote.bot.errors import UnavailableError

FORMAT = 1
LIST = "backup.json"
CHUNK = 1 << 20
QUICK = 1
"""zlib's fastest level: vectors hardly shrink, and texts shrink enough."""

StateKind = Literal["sqlite", "redis"]


class BackupError(UnavailableError):
    """A backup cannot be made, read or put back."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself.

    Attributes:
        version: Of the Footnote that made it.
        made_at: When, as ISO 8601 in UTC.
        state: What kept the state; "" where there was none.
        hashes: The SHA-256 of each file, in hexadecimal digits, by its name.
    """

    version: str
    made_at: str
    state: StateKind | Literal[""]
    hashes: dict[str, str]


def write(path: Path, files: dict[str, Path], version: str, made_at: str, state: str) -> int:
    """Make the file, readable for its owner alone; a failure leaves nothing behind.

    Args:
        path: The backup; nothing may be there.
        files: What goes in, by the name that it gets.
        version: Of this Footnote.
        made_at: ISO 8601.
        state: What kept the state, or "".

    Returns:
        How many bytes it has.

    Raises:
        BackupError: There is a file already, or it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        # Conversations are in it.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as packed:
                hashes = {name: _pack(packed, name, file) for name, file in files.items()}
                listed = {"format": FORMAT, "made_at": made_at, "state": state, "version": version}
                packed.writestr(LIST, json.dumps(listed | {"files": hashes}, indent=2))
            raw.flush()
            os.fsync(raw.fileno())
        # Unlike a rename, it never replaces anything.
        os.link(part, path)
        return path.stat().st_size
    except FileExistsError as error:
        raise BackupError(f"{path} is there already: choose another name.") from error
    except OSError as error:
        raise BackupError(
            f"{path} cannot be written ({error.strerror}): choose another place, or make room."
        ) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def unpacked(path: Path, folder: Path) -> Iterator[Contents]:
    """Unpack a backup, and check every file by its hash, before anything is done with it.

    Args:
        path: The backup.
        folder: An empty one; the files are there meanwhile.

    Raises:
        BackupError: It is no backup, is damaged, or comes from a newer Footnote.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            contents = _contents(path, packed)
            for name, expected in contents.hashes.items():
                if _unpack(packed, name, folder / Path(name).name) != expected:
                    raise BackupError(f"{path} is damaged ({name}): take another backup.")
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}: name a backup.") from error
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
        raise BackupError(
            f"{path} is no backup of Footnote's, or is damaged: take another one."
        ) from error
    yield contents


def _contents(path: Path, packed: zipfile.ZipFile) -> Contents:
    listed = json.loads(packed.read(LIST))
    contents = Contents(
        str(listed["version"]), str(listed["made_at"]), listed["state"], dict(listed["files"])
    )
    if listed["format"] != FORMAT:
        raise BackupError(
            f"{path} was made by Footnote {contents.version}, whose backups this one cannot read: "
            "install that version or a newer one."
        )
    return contents


def _pack(packed: zipfile.ZipFile, name: str, file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as source, packed.open(name, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _unpack(packed: zipfile.ZipFile, name: str, file: Path) -> str:
    digest = hashlib.sha256()
    with packed.open(name) as source, file.open("wb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()
