"""The process that trains: a job comes on standard input, and what happens goes out as JSON lines.

Whatever the libraries print goes to standard error. When standard input ends, the parent is gone,
and so is this.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
from typing import BinaryIO

from footnote.models.errors import ModelError
from footnote.models.training.job import Event, Failed, events, jobs

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SAID_WHEN_FULL = (
    "no space left",
    "disk quota",
    "file too large",
    "failed writing",
    "file write failed",
    "unexpected pos",
)
"""How torch and safetensors, which raise no OSError, say that a file could not be written."""


def main() -> None:
    """Do the job that comes."""
    # Libraries print; a copy of standard output is kept for what the parent is told.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def tell(event: Event) -> None:
        out.write(events().dump_json(event) + b"\n")

    job = jobs().validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, args=(sys.stdin.buffer,), daemon=True).start()
    from footnote.models.training.fitting import fit  # noqa: PLC0415  torch takes ten seconds

    try:
        tell(fit(job, tell))
    except ModelError as error:
        tell(Failed(str(error)))
    except Exception as error:
        reason = sentence(error)
        if reason is None:
            raise
        tell(Failed(reason))


def sentence(error: BaseException) -> str | None:
    """What a person can do about an error of the libraries; None where it is a defect."""
    said = str(error).lower()
    if getattr(error, "errno", None) in _FULL or any(each in said for each in _SAID_WHEN_FULL):
        return (
            "There is no room on the disk for the training's files: free some space, and run it "
            "again; it goes on at its last checkpoint."
        )
    if isinstance(error, PermissionError):
        return (
            f"{error.filename} cannot be written: set its permissions, and run the training again."
        )
    if isinstance(error, MemoryError) or "out of memory" in said or "allocate memory" in said:
        return (
            "There is too little memory for this training: set quantized = true, a smaller batch "
            "or fewer max_tokens, or choose a smaller model."
        )
    return None


def _end_with_parent(given: BinaryIO) -> None:
    given.read()
    os._exit(1)


if __name__ == "__main__":
    main()
