"""A sign of life that `footnote serve` leaves in its data folder, for whatever watches over it.

It is written by the loop that also answers, so a loop that hangs stops writing it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from socket import gethostname
from time import time

BEAT_S = 5.0
FRESH_S = 30.0
"""Older than this, a sign of life counts for nothing; some are missed on a busy machine."""
NAME = "alive-{}.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Beat:
    """A replica's last sign of life.

    Attributes:
        host: The machine, or the container, that it runs on.
        at: When it was left, in seconds since 1970.
        platforms: Where it answers.
    """

    host: str
    at: float
    platforms: tuple[str, ...]


@asynccontextmanager
async def beating(folder: Path, replica: str, platforms: Iterable[str]) -> AsyncIterator[None]:
    """Leave signs of life meanwhile; after an orderly end there is none.

    Args:
        folder: The data folder.
        replica: The name of this replica, which stays the same when it starts anew.
        platforms: Where it answers.
    """
    path = folder / NAME.format(sha256(replica.encode()).hexdigest()[:12])
    task = asyncio.ensure_future(_beat(path, tuple(platforms)))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
        with suppress(OSError):
            path.unlink(missing_ok=True)


def beats(folder: Path, now: float, host: str = "") -> list[Beat]:
    """The fresh signs of life of this machine's replicas.

    Args:
        folder: The data folder.
        now: Seconds since 1970.
        host: The machine; without it this one.
    """
    found = (_read(path) for path in sorted(folder.glob(NAME.format("*"))))
    here = host or gethostname()
    return [beat for beat in found if beat and beat.host == here and now - beat.at <= FRESH_S]


async def _beat(path: Path, platforms: tuple[str, ...]) -> None:
    while True:
        beat = Beat(gethostname(), time(), platforms)
        try:
            await asyncio.to_thread(_write, path, json.dumps(asdict(beat)))
        except OSError as error:
            _log.warning("%s cannot be written (%s).", path, error.strerror)
        await asyncio.sleep(BEAT_S)


def _write(path: Path, text: str) -> None:
    """Put it in place at once, since others read it at any time."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _read(path: Path) -> Beat | None:
    try:
        found = json.loads(path.read_text("utf-8"))
        return Beat(str(found["host"]), float(found["at"]), tuple(map(str, found["platforms"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None
