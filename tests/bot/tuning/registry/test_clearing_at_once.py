"""Filing, promoting, going back and removing at the same time, in every order that comes about."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.state.base import Record, State
from footnote.bot.state.errors import ConflictError
from footnote.bot.tuning import clearing, shelf
from footnote.bot.tuning.adapters import Choice, Current, Did
from footnote.bot.tuning.ledger import ADAPTERS, CHOICES, CURRENT
from footnote.bot.tuning.registry import ID_LENGTH, Registry
from tests.bot.tuning.registry.made import provenance

ORDERS = 25
NAMES = ("one", "two", "three", "four")
ACTS = 6
GOES_BACK = 0.4


class Memory:
    """A state in memory whose operations wait for their turn, which comes by chance.

    It may be looked at between any two of them.
    """

    def __init__(self, chance: random.Random) -> None:
        self.values: dict[tuple[str, str], Record] = {}
        self.bytes: dict[str, bytes] = {}
        self._chance = chance
        self._versions = 0
        self.check = _nothing

    @property
    def state(self) -> State:
        """What a registry takes it for."""
        blobs = SimpleNamespace(put=self.keep, get=self.content, delete=self.delete)
        return cast("State", SimpleNamespace(records=self, blobs=blobs))

    async def _turn(self) -> None:
        for _ in range(self._chance.randrange(6)):
            await asyncio.sleep(0)

    async def get(self, namespace: str, key: str) -> Record | None:
        """A record."""
        await self._turn()
        return self.values.get((namespace, key))

    async def all(self, namespace: str) -> Mapping[str, Record]:
        """All of a namespace."""
        await self._turn()
        return {key: record for (space, key), record in self.values.items() if space == namespace}

    async def put(self, namespace: str, key: str, value: str, *, version: int = 0) -> int:
        """Write a record, if it is as it was read."""
        await self._turn()
        before = self.values.get((namespace, key))
        if (before.version if before else 0) != version:
            raise ConflictError
        self._versions += 1
        self.values[namespace, key] = Record(value, self._versions)
        self.check()
        return self._versions

    async def keep(self, content: bytes) -> str:
        """Keep bytes."""
        await self._turn()
        digest = sha256(content).hexdigest()
        self.bytes[digest] = content
        return digest

    async def content(self, digest: str) -> bytes | None:
        """The bytes of a hash."""
        await self._turn()
        return self.bytes.get(digest)

    async def delete(self, digest: str) -> None:
        """Remove them."""
        await self._turn()
        self.bytes.pop(digest, None)
        self.check()


def _nothing() -> None:
    """Nobody looks."""


def check_whole(memory: Memory, contents: Mapping[str, bytes]) -> None:
    """Whatever is current, or can be gone back to, has all its bytes."""
    found = memory.values.get((CHOICES, CURRENT))
    choices = (
        [Choice(**{**each, "did": Did(each["did"])}) for each in json.loads(found.value)]
        if found
        else []
    )
    for name in Current(tuple(choices)).line[1:]:
        kept = json.loads(memory.values[ADAPTERS, name].value)
        label = shelf.label(kept["filing"])
        parts = [memory.bytes[part].removeprefix(label) for part in kept["parts"]]
        assert b"".join(parts) == contents[name]


async def acting(registry: Registry, folder: Path, chance: random.Random) -> None:
    """Somebody who files, promotes and goes back."""
    for _ in range(ACTS):
        name = chance.choice(NAMES)
        with suppress(FootnoteError):
            if chance.random() < GOES_BACK:
                await registry.roll_back(name)
            else:
                made = await registry.file(folder / name, provenance(name, verdict=""))
                await registry.promote(made.id, name)


async def test_nothing_that_is_needed_is_ever_without_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Between any two operations of four people, of whom some give up in the midst of it."""
    monkeypatch.setattr(clearing, "LATEST", 1)
    monkeypatch.setattr(clearing, "LATELY", timedelta(seconds=-5))
    monkeypatch.setattr(shelf, "PART_BYTES", 1500)
    contents = {}
    for name in NAMES:
        (tmp_path / name).write_bytes(name.encode() * 1000)
        content = (tmp_path / name).read_bytes()
        contents[sha256(content).hexdigest()[:ID_LENGTH]] = content
    removed = 0
    for order in range(ORDERS):
        chance = random.Random(seed + order)  # noqa: S311  no secret
        memory = Memory(chance)
        memory.check = partial(check_whole, memory, contents)
        registry = Registry(memory.state)
        people = [asyncio.ensure_future(acting(registry, tmp_path, chance)) for _ in range(4)]
        for _ in range(chance.randrange(400)):
            await asyncio.sleep(0)
        people[0].cancel()
        ended = await asyncio.gather(*people, return_exceptions=True)
        assert not [each for each in ended if isinstance(each, Exception)], order
        removed += sum(each.did is Did.REMOVED for each in (await registry.current()).choices)
    assert removed > ORDERS
