"""What a reader loaded, on disk until it is fetched, so that memory does not grow with a source."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from footnote.connectors.base import Mark
from footnote.connectors.llamaindex.translating import Piece, put_together

_LOADING, _LOADED = "loading.jsonl", "documents.jsonl"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One document as it was loaded.

    Attributes:
        pieces: In order.
        version: A hash of all that is known of it.
    """

    pieces: tuple[Piece, ...]
    version: str

    @property
    def together(self) -> tuple[str, tuple[Mark, ...]]:
        """Its text, and where its pages begin."""
        return put_together(self.pieces)


@dataclass(slots=True)
class _Entry:
    """Where the pieces of a document begin in the file, and the hash of them all so far."""

    places: list[int] = field(default_factory=list)
    version: str = ""

    def add(self, place: int, line: bytes) -> None:
        self.places.append(place)
        self.version = blake2b(self.version.encode() + line, digest_size=12).hexdigest()


class Spool:
    """A file of what was loaded last; its methods block.

    Args:
        folder: Where it is kept; made when it is needed.

    Attributes:
        folder: Likewise.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries: dict[str, _Entry] = {}

    def fill(self, pieces: Iterable[Piece]) -> dict[str, str]:
        """Take what was loaded in place of what was there before, once all of it is there.

        Returns:
            The version of each document by its name.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        loading = self.folder / _LOADING
        entries: dict[str, _Entry] = {}
        with loading.open("wb") as file:
            for piece in pieces:
                line = json.dumps(asdict(piece), default=datetime.isoformat).encode() + b"\n"
                entries.setdefault(piece.name, _Entry()).add(file.tell(), line)
                file.write(line)
        os.replace(loading, self.folder / _LOADED)  # noqa: PTH105  a file takes another's place
        self._entries = entries
        return {name: entry.version for name, entry in entries.items()}

    def get(self, name: str) -> Loaded | None:
        """A document of what was loaded last, by this process or by one before it."""
        try:
            with (self.folder / _LOADED).open("rb") as file:
                if not self._entries:
                    self._entries = _entries(file)
                entry = self._entries.get(name)
                if entry is None:
                    return None
                return Loaded(tuple(_piece_at(file, at) for at in entry.places), entry.version)
        except FileNotFoundError:
            return None


def _entries(file: BinaryIO) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    place = 0
    for line in file:
        entries.setdefault(json.loads(line)["name"], _Entry()).add(place, line)
        place += len(line)
    return entries


def _piece_at(file: BinaryIO, place: int) -> Piece:
    file.seek(place)
    facts = json.loads(file.readline())
    at = facts.pop("modified_at")
    return Piece(**facts, modified_at=at and datetime.fromisoformat(at))
