"""The registry: which adapters there are, where each comes from, and which of them is current.

Every adapter is a record by its id, and its bytes are in the state, so that each replica can get
them. What was decided about them is one record, written by compare-and-set: of two people who
decide at the same time one does, and the other is told. The current adapter follows from it, and
so does the one that was current before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from footnote.bot.errors import FootnoteError
from footnote.bot.state.base import State
from footnote.bot.state.errors import ConflictError
from footnote.bot.tuning import clearing, shelf
from footnote.bot.tuning.adapters import (
    BARE,
    Adapter,
    Choice,
    Current,
    Did,
    Provenance,
    check_against,
    check_kept,
    told,
)
from footnote.bot.tuning.ledger import Change, Ledger
from footnote.bot.tuning.runs import digest_of

ID_LENGTH = 12

_log = logging.getLogger(__name__)


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
        self._blobs = state.blobs
        self._ledger = Ledger(state.records)

    async def file(self, path: Path, origin: Provenance) -> Adapter:
        """Keep an adapter, or what is newly known of one that is kept already.

        Args:
            path: Its GGUF file.
            origin: Where it comes from.

        Raises:
            FootnoteError: It cannot be read, or is too large.
            StateUnavailableError: The state has not taken it.
        """
        while True:
            # Read anew each time, since the file may have changed meanwhile.
            name = (await shelf.digest(path))[:ID_LENGTH]
            filing = (await self.current()).removals(name)
            if filing:
                # What was removed goes as a whole before anything takes its place in the record.
                await clearing.sweep(self._ledger, self._blobs)
            shelved = await shelf.put(self._blobs, path, filing)
            made = Adapter(
                id=shelved.sha256[:ID_LENGTH],
                sha256=shelved.sha256,
                size=shelved.size,
                parts=shelved.parts,
                created=_now(),
                filing=filing,
                **asdict(origin),
            )
            filed = await self._ledger.change(made.id, _taking_the_place(made))
            if await self._is_kept(filed):
                return filed

    async def adapters(self) -> Mapping[str, Adapter]:
        """Every adapter by its id, oldest first."""
        return await self._ledger.adapters()

    async def adapter(self, name: str) -> Adapter:
        """One adapter.

        Raises:
            FootnoteError: There is none of this id.
        """
        return await self._ledger.adapter(name)

    async def current(self) -> Current:
        """What was decided so far, and so which adapter is current."""
        return await self._ledger.current()

    async def promote(self, name: str, by: str, read: Current | None = None) -> Choice:
        """Make an adapter the current one, and remove the bytes that nothing needs any more.

        Args:
            name: Its id.
            by: Who wants it.
            read: What they have seen; what is decided now, if not given.

        Raises:
            DecidedError: It is current already, or another choice came first.
            FootnoteError: There is none of this id, or its bytes were removed.
        """
        adapter = await self.adapter(name)
        read = read or await self.current()
        if read.adapter == adapter.id:
            raise DecidedError(f"The adapter {name} is the current one already.", read.about(name))
        choice = Choice(Did.PROMOTED, name, by, _now())
        await self._decide(read, choice, adapter)
        await self._clear(by)
        return choice

    async def settle(self, name: str, by: str, *, promote: bool) -> Choice:
        """Decide once about an adapter that asks for it: promote it, or keep the current one.

        Args:
            name: Its id.
            by: Who decides.
            promote: What.

        Raises:
            DecidedError: Somebody has decided about it before.
            FootnoteError: There is none of this id, its bytes were removed, or its gate compared
                it with an adapter that is no longer the current one.
        """
        adapter = await self.adapter(name)
        while True:
            read = await self.current()
            if before := read.about(name):
                raise DecidedError(f"This was decided already: {told(before)}.", before)
            if promote:
                check_against(adapter, read)
            choice = Choice(Did.PROMOTED if promote else Did.KEPT, name, by, _now())
            try:
                await self._decide(read, choice, adapter)
            except DecidedError:
                continue
            if promote:
                await self._clear(by)
            return choice

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
        choice = Choice(Did.ROLLED_BACK, read.line[-2], by, _now())
        await self._decide(read, choice)
        return choice

    async def fetch(self, adapter: Adapter, folder: Path) -> Path:
        """The file of an adapter in a folder, where it is put unless it is there already.

        Raises:
            FootnoteError: It is broken, or cannot be written.
            StateUnavailableError: The state cannot be read.
        """
        path = folder / f"{adapter.id}.gguf"
        if not await asyncio.to_thread(_is_whole, path, adapter.sha256):
            await shelf.fetch(self._blobs, adapter.parts, adapter.sha256, path, adapter.filing)
        return path

    async def _decide(self, read: Current, choice: Choice, adapter: Adapter | None = None) -> None:
        """Write down a choice, unless people have decided something else since they looked."""
        while True:
            now = await self.current()
            if now.decisions != read.decisions:
                raise DecidedError(
                    f"Meanwhile {told(now.decisions[-1])}: look at footnote tune list, and decide "
                    "again."
                )
            if adapter and choice.did is Did.PROMOTED:
                check_kept(adapter, now)
            try:
                return await self._ledger.add(now, choice)
            except ConflictError:
                continue

    async def _clear(self, by: str) -> None:
        """Remove what nothing needs any more; what cannot be removed now is, the next time."""
        try:
            await clearing.clear(self._ledger, self._blobs, by, datetime.now(UTC))
        except FootnoteError as error:
            _log.warning("The bytes of old adapters could not be removed: %s", error)

    async def _is_kept(self, filed: Adapter) -> bool:
        """Write down that the bytes of a removed adapter are there again; False if not for long."""
        while True:
            read = await self.current()
            if read.removals(filed.id) != filed.filing:
                return False
            if filed.id not in read.removed:
                return True
            try:
                await self._ledger.add(read, Choice(Did.FILED, filed.id, filed.run, _now()))
            except ConflictError:
                continue
            return True


def _taking_the_place(made: Adapter) -> Change:
    """What is newly known of an adapter, which was filed first when it was.

    Bytes that somebody has filed after a further removal stay what they are.
    """

    def changed(known: Adapter | None) -> Adapter:
        if known is None or known.filing > made.filing:
            return known or made
        return replace(made, created=known.created)

    return changed


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and digest_of(path) == digest


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
