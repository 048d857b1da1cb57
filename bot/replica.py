"""Which replica this process is: the same name after a restart, and never one that two share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from socket import gethostname
from uuid import uuid4

from filelock import FileLock, Timeout

from footnote.bot.errors import UnavailableError
from footnote.bot.state.entries import Owner


@contextmanager
def replica(folder: Path) -> Iterator[Owner]:
    """Be the first replica of this machine and folder that no other process is.

    A file is locked meanwhile. The system lets go of it when the process dies, however it dies, so
    that whoever gets the name next knows that nobody works under it any more.

    Args:
        folder: Made where it is missing.

    Raises:
        UnavailableError: The folder cannot be written.
    """
    for number in count(1):
        lock = FileLock(folder / f"replica-{number}.lock", thread_local=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(blocking=False)
        except Timeout:
            continue
        except OSError as error:
            raise UnavailableError(
                f"The folder {folder} cannot be written ({error.strerror}): give Footnote the "
                "right to, or set another one with data in the settings."
            ) from error
        try:
            yield Owner(f"{gethostname()}:{folder}:{number}", uuid4().hex)
        finally:
            lock.release()
        return
