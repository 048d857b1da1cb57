"""What is written of adapters in the state: a record for each, and one of all that was decided."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache

from pydantic import TypeAdapter, ValidationError

from footnote.bot.errors import FootnoteError
from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError
from footnote.bot.tuning.adapters import Adapter, Choice, Current

Change = Callable[[Adapter | None], Adapter]
"""Makes what is written of an adapter of what is there, if anything."""

ADAPTERS, CHOICES, CURRENT = "adapters", "adapters:choices", "current"


class Ledger:
    """Reads and writes these records.

    Args:
        records: Where they are.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    async def adapters(self) -> Mapping[str, Adapter]:
        """Every adapter by its id, oldest first."""
        records = await self._records.all(ADAPTERS)
        found = [_adapter_of(record.value) for record in records.values()]
        return {each.id: each for each in sorted(found, key=lambda each: (each.created, each.id))}

    async def adapter(self, name: str) -> Adapter:
        """One adapter.

        Raises:
            FootnoteError: There is none of this id.
        """
        record = await self._records.get(ADAPTERS, name)
        if record is None:
            raise FootnoteError(
                f"There is no adapter {name}: footnote tune list says which there are."
            )
        return _adapter_of(record.value)

    async def change(self, name: str, made: Change) -> Adapter:
        """Write what becomes of the record of an adapter, however many do so at once."""
        while True:
            before = await self._records.get(ADAPTERS, name)
            written = made(_adapter_of(before.value) if before else None)
            value, version = json.dumps(asdict(written)), before.version if before else 0
            try:
                await self._records.put(ADAPTERS, name, value, version=version)
            except ConflictError:
                continue
            return written

    async def current(self) -> Current:
        """What was decided so far, and so which adapter is current.

        Raises:
            FootnoteError: A newer version has written it.
        """
        record = await self._records.get(CHOICES, CURRENT)
        if record is None:
            return Current()
        try:
            return Current(_choices().validate_json(record.value), record.version)
        except ValidationError as error:
            raise FootnoteError(
                "What was decided about adapters cannot be read: a newer Footnote has written it, "
                "so update this one."
            ) from error

    async def add(self, read: Current, *choices: Choice) -> None:
        """Write down what was decided on the ground of what was read.

        Raises:
            ConflictError: By now something else was decided.
        """
        value = json.dumps([asdict(each) for each in (*read.choices, *choices)])
        await self._records.put(CHOICES, CURRENT, value, version=read.version)


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
