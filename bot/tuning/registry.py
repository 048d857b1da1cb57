"""The registry: which adapters there are, where each comes from, and which of them is current.

Every adapter is a record by its id, and its bytes are in the state, so that each replica can get
them. What was decided about them is one record, written by compare-and-set: of two people who
decide at the same time one does, and the other is told. The current adapter follows from it, and
so does the one that was current before.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from footnote.bot.errors import FootnoteError
from footnote.bot.state.base import State
from footnote.bot.state.errors import ConflictError
from footnote.bot.tuning import shelf
from footnote.bot.tuning.adapters import (
    BARE,
    Adapter,
    Choice,
    Current,
    Did,
    Provenance,
    check_against,
    told,
)
from footnote.bot.tuning.runs import digest_of

ADAPTERS, CHOICES, CURRENT = "adapters", "adapters:choices", "current"
ID_LENGTH = 12


class DecidedError(FootnoteError):
    """Somebody else has decided meanwhile.

    Attributes:
        choice: What, where it is about the same adapter.
    """

    def __init__(self, text: str, choice: Choice | None = None) -> None:
        super().__init__(text)
        self.choice = choice


class Registry:
    """The adapters in a state.

    Args:
        state: Where they are kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    async def file(self, path: Path, origin: Provenance) -> Adapter:
        """Keep an adapter, or what is newly known of one that is kept already.

        Args:
            path: Its GGUF file.
            origin: Where it comes from.

        Raises:
            FootnoteError: It cannot be read, or is too large.
            StateUnavailableError: The state has not taken it.
        """
        shelved = await shelf.put(self._state.blobs, path)
        made = Adapter(
            id=shelved.sha256[:ID_LENGTH],
            sha256=shelved.sha256,
            size=shelved.size,
            parts=shelved.parts,
            created=_now(),
            **asdict(origin),
        )
        records = self._state.records
        while True:
            before = await records.get(ADAPTERS, made.id)
            known = _adapter_of(before.value) if before else None
            filed = replace(made, created=known.created) if known else made
            version = before.version if before else 0
            try:
                await records.put(ADAPTERS, made.id, _to_json(filed), version=version)
            except ConflictError:
                continue
            return filed

    async def adapters(self) -> Mapping[str, Adapter]:
        """Every adapter by its id, oldest first."""
        records = await self._state.records.all(ADAPTERS)
        found = [_adapter_of(record.value) for record in records.values()]
        return {each.id: each for each in sorted(found, key=lambda each: (each.created, each.id))}

    async def adapter(self, name: str) -> Adapter:
        """One adapter.

        Raises:
            FootnoteError: There is none of this id.
        """
        record = await self._state.records.get(ADAPTERS, name)
        if record is None:
            raise FootnoteError(
                f"There is no adapter {name}: footnote tune list says which there are."
            )
        return _adapter_of(record.value)

    async def current(self) -> Current:
        """What was decided so far, and so which adapter is current."""
        record = await self._state.records.get(CHOICES, CURRENT)
        if record is None:
            return Current()
        return Current(_choices().validate_json(record.value), record.version)

    async def promote(self, name: str, by: str, read: Current | None = None) -> Choice:
        """Make an adapter the current one.

        Args:
            name: Its id.
            by: Who wants it.
            read: What they have seen; what is decided now, if not given.

        Raises:
            DecidedError: It is current already, or another choice came first.
            FootnoteError: There is none of this id.
        """
        adapter = await self.adapter(name)
        read = read or await self.current()
        if read.adapter == adapter.id:
            raise DecidedError(f"The adapter {name} is the current one already.", read.about(name))
        return await self._decide(read, Did.PROMOTED, name, by)

    async def settle(self, name: str, by: str, *, promote: bool) -> Choice:
        """Decide once about an adapter that asks for it: promote it, or keep the current one.

        Args:
            name: Its id.
            by: Who decides.
            promote: What.

        Raises:
            DecidedError: Somebody has decided about it before.
            FootnoteError: There is none of this id, or its gate compared it with an adapter that
                is no longer the current one.
        """
        adapter = await self.adapter(name)
        while True:
            read = await self.current()
            if before := read.about(name):
                raise DecidedError(f"This was decided already: {told(before)}.", before)
            if promote:
                check_against(adapter, read)
            try:
                return await self._decide(read, Did.PROMOTED if promote else Did.KEPT, name, by)
            except DecidedError:
                continue

    async def roll_back(self, by: str, read: Current | None = None) -> Choice:
        """Go back to what was current before.

        Args:
            by: Who wants it.
            read: What they have seen; what is decided now, if not given.

        Raises:
            DecidedError: Another choice came first.
            FootnoteError: No adapter is current.
        """
        read = read or await self.current()
        if read.adapter == BARE:
            raise FootnoteError("No adapter is current, so there is nothing to go back from.")
        return await self._decide(read, Did.ROLLED_BACK, read.line[-2], by)

    async def fetch(self, adapter: Adapter, folder: Path) -> Path:
        """The file of an adapter in a folder, where it is put unless it is there already.

        Raises:
            FootnoteError: It is broken, or cannot be written.
            StateUnavailableError: The state cannot be read.
        """
        path = folder / f"{adapter.id}.gguf"
        if not await asyncio.to_thread(_is_whole, path, adapter.sha256):
            await shelf.fetch(self._state.blobs, adapter.parts, adapter.sha256, path)
        return path

    async def _decide(self, read: Current, did: Did, adapter: str, by: str) -> Choice:
        made = Choice(did, adapter, by, _now())
        value = json.dumps([asdict(each) for each in (*read.choices, made)])
        try:
            await self._state.records.put(CHOICES, CURRENT, value, version=read.version)
        except ConflictError as error:
            *_, last = (await self.current()).choices
            raise DecidedError(
                f"Meanwhile {told(last)}: look at footnote tune list, and decide again."
            ) from error
        return made


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and digest_of(path) == digest


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _to_json(adapter: Adapter) -> str:
    return json.dumps(asdict(adapter))


def _adapter_of(value: str) -> Adapter:
    try:
        return _adapters().validate_json(value)
    except ValidationError as error:
        raise FootnoteError(
            "An adapter in the state cannot be read: a newer Footnote has filed it, so update this "
            "one."
        ) from error


@cache
def _adapters() -> TypeAdapter[Adapter]:
    return TypeAdapter(Adapter)


@cache
def _choices() -> TypeAdapter[tuple[Choice, ...]]:
    return TypeAdapter(tuple[Choice, ...])
