"""Moving the index from the store that the settings name to another one."""

from __future__ import annotations

from typing import cast

from footnote.bot.app import open_index
from footnote.bot.errors import SettingsError
from footnote.bot.settings.schema import Settings
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.moving import MovableStore, Move, MoveReport, Tell
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.text import Analyzer


async def move_index(settings: Settings, to: str, tell: Tell) -> MoveReport:
    """Copy the index into the store `to`, and compare both.

    Raises:
        SettingsError: The settings name that store already, or one of the two cannot be moved.
        RetrievalError: A store cannot be read or written, or is being synced.
    """
    if to == settings.store:
        raise SettingsError(f'The index is kept in "{to}" already: name another store with --to.')
    there = settings.model_copy(update={"store": to})
    there._file = settings.file  # noqa: SLF001  a copy leaves private attributes behind
    async with open_index(settings) as old, open_index(there) as new:
        return await Move(
            _movable(old, settings.store),
            _movable(new, to),
            index_terms=Analyzer().terms,
            locks=FileLocks(settings.index.parent / "locks"),
            tell=tell,
        ).run()


def _movable(store: PassageStore, name: str) -> MovableStore:
    if not hasattr(store, "whole"):
        raise SettingsError(
            f'The store "{name}" does not give back what it holds: sync into the other one instead.'
        )
    return cast("MovableStore", store)
