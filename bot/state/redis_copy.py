"""Copies the state out of Redis, as it is at one moment, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from footnote.bot.state.errors import StateError
from footnote.bot.state.redis_link import open_link

LENGTH_BYTES = 8
PARTS = 3
"""Name, expiry and value of a key."""


async def copy_out(url: str, path: Path, *, prefix: str = "footnote") -> int:
    """Write everything to a file.

    Args:
        url: The server.
        path: The file.
        prefix: What the keys begin with.

    Returns:
        How many keys there are.

    Raises:
        StateError: The server cannot be reached, or a file cannot be written.
    """
    async with open_link(url, prefix=prefix) as link:
        _time, *found = await link.run("dump")
    _write(path, found)
    return len(found) // PARTS


async def copy_in(url: str, path: Path, *, prefix: str = "footnote") -> int:
    """Put everything back from a file, in one step, but for what has expired meanwhile.

    Args:
        url: The server, of the same or a newer version.
        path: The file.
        prefix: What the keys begin with.

    Returns:
        How many keys the file holds.

    Raises:
        StateError: There is a state already, or the server cannot be reached or takes no copy of
            an older one.
    """
    found = list(_parts(path))
    async with open_link(url, prefix=prefix) as link:
        if not await link.run("undump", *found):
            raise StateError(
                "There is a state in this Redis already: name an empty database in the settings, "
                "or empty this one."
            )
    return len(found) // PARTS


def _write(path: Path, parts: Iterable[bytes]) -> None:
    path.write_bytes(b"".join(len(part).to_bytes(LENGTH_BYTES, "big") + part for part in parts))


def _parts(path: Path) -> Iterator[bytes]:
    content, at = path.read_bytes(), 0
    while at < len(content):
        end = at + LENGTH_BYTES + int.from_bytes(content[at : at + LENGTH_BYTES], "big")
        yield content[at + LENGTH_BYTES : end]
        at = end
