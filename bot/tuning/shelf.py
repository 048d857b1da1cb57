"""An adapter's bytes in the state, in parts: each is written and read within a moment.

One value of a hundred megabytes would keep the one thread of SQLite, or the one of Redis, from
everything else meanwhile, and would take longer over a slow network than the client waits for one
answer.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from footnote.bot.errors import FootnoteError
from footnote.bot.state.base import Blobs

PART_BYTES = 4 << 20
MOST_BYTES = 1 << 30
"""Larger adapters are refused: the state is no place for whole models."""


class BrokenAdapterError(FootnoteError):
    """An adapter's bytes in the state are not what was put there."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A file that is kept.

    Attributes:
        sha256: Of the whole.
        size: Bytes.
        parts: The hashes of its parts.
    """

    sha256: str
    size: int
    parts: tuple[str, ...]


async def put(blobs: Blobs, path: Path) -> Shelved:
    """Keep a file.

    Raises:
        FootnoteError: It cannot be read, or is too large.
        StateUnavailableError: The state has not taken all of it.
    """
    found, size, parts = sha256(), 0, list[str]()
    try:
        with path.open("rb") as file:
            while part := await asyncio.to_thread(file.read, PART_BYTES):
                size += len(part)
                if size > MOST_BYTES:
                    raise FootnoteError(
                        f"The adapter {path} has more than {MOST_BYTES >> 20:,} MB, which the "
                        "state does not take: set a smaller rank below [tune]."
                    )
                found.update(part)
                parts.append(await blobs.put(part))
    except OSError as error:
        raise FootnoteError(
            f"The adapter {path} cannot be read ({error.strerror or error}): run footnote tune "
            "export again."
        ) from error
    return Shelved(found.hexdigest(), size, tuple(parts))


async def fetch(blobs: Blobs, parts: Sequence[str], digest: str, path: Path) -> None:
    """Put a file together again; it gets its name when it is whole and on the disk.

    Args:
        blobs: Where its parts are kept.
        parts: Their hashes.
        digest: SHA-256 of the whole file.
        path: Where to.

    Raises:
        BrokenAdapterError: A part is missing, or the whole is not what was kept.
        FootnoteError: It cannot be written.
        StateUnavailableError: The state cannot be read.
    """
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    found = sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            for each in parts:
                content = await blobs.get(each)
                if content is None:
                    break
                found.update(content)
                await asyncio.to_thread(file.write, content)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        if found.hexdigest() != digest:
            raise BrokenAdapterError(
                f"The adapter {path.stem} in the state is not whole: file it again with footnote "
                "tune promote, on the machine that trained it."
            )
        unfinished.replace(path)
    except OSError as error:
        raise FootnoteError(
            f"The adapter {path.stem} cannot be written to {path.parent} "
            f"({error.strerror or error}): free some space there, or set its permissions."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
