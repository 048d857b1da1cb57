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
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(target)
        _settle(target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


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


def _settle(folder: Path) -> None:
    """Make the new name outlast a loss of power, where the system knows how."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(target: Path, error: OSError) -> UnwritableError:
    return UnwritableError(
        f"{target.name} cannot be written to {target.parent} ({error.strerror or error}): free "
        "some space there, set its permissions, or choose another folder."
    )
