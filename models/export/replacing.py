"""A file gets its name when it is whole, so that nobody ever finds half of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from footnote.models.export.errors import UnwritableError


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Where to write what shall become `target` when the block ends well.

    What a killed process left there is written over.

    Raises:
        UnwritableError: There is no room, or no leave.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with passing(target.with_name(f"{target.name}.part")) as part:
            yield part
            part.replace(target)
        settle(target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error


@contextmanager
def passing(path: Path) -> Iterator[Path]:
    """A file that is gone when the block ends."""
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink()


def settle(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, so that a loss of power does no harm.

    Raises:
        OSError: The disk cannot.
    """
    if os.name != "posix":
        return  # only here can a folder, or a file that is only read, be settled
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_room(target: Path, size: int) -> None:
    """Refuse to begin a file that cannot be finished.

    Args:
        target: Where it will be.
        size: Its bytes.

    Raises:
        UnwritableError: There is no room.
    """
    free = shutil.disk_usage(target.parent).free
    if free < size:
        raise UnwritableError(
            f"{target.name} takes {size / 1e9:.1f} GB, but {target.parent} has room for "
            f"{free / 1e9:.1f} GB: free some space, or choose another folder."
        )


def _unwritable(target: Path, error: OSError) -> UnwritableError:
    return UnwritableError(
        f"{target.name} cannot be written to {target.parent} ({error.strerror or error}): free "
        "some space there, set its permissions, or choose another folder."
    )
