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
from footnote.bot.tuning.runs import digest_of

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


async def digest(path: Path) -> str:
    """SHA-256 of a file that is to be kept.

    Raises:
        FootnoteError: It cannot be read.
    """
    try:
        return await asyncio.to_thread(digest_of, path)
    except OSError as error:
        raise _unreadable(path, error) from error


def label(filing: int) -> bytes:
    """What stands before each part of a file that was removed so often before.

    So parts that are filed again are others than those that somebody may still be removing.
    """
    return f"{filing}\n".encode() if filing else b""


async def put(blobs: Blobs, path: Path, filing: int = 0) -> Shelved:
    """Keep a file.

    Args:
        blobs: Where.
        path: The file.
        filing: How often it was removed before.

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
                parts.append(await blobs.put(label(filing) + part))
    except OSError as error:
        raise _unreadable(path, error) from error
    return Shelved(found.hexdigest(), size, tuple(parts))


async def fetch(
    blobs: Blobs, parts: Sequence[str], digest: str, path: Path, filing: int = 0
) -> None:
    """Put a file together again; it gets its name when it is whole and on the disk.

    Args:
        blobs: Where its parts are kept.
        parts: Their hashes.
        digest: SHA-256 of the whole file.
        path: Where to.
        filing: How often it had been removed when it was put there.

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
                part = content.removeprefix(label(filing))
                found.update(part)
                await asyncio.to_thread(file.write, part)
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


def _unreadable(path: Path, error: OSError) -> FootnoteError:
    return FootnoteError(
        f"The adapter {path} cannot be read ({error.strerror or error}): run footnote tune export "
        "again."
    )
