"""Checks of everything that Footnote needs, each with what to do where it fails."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from footnote.bot.app import open_index
from footnote.bot.checks.check import Check
from footnote.bot.checks.models import examine_embedding_file, examine_reranker
from footnote.bot.encoders import names_minilm
from footnote.bot.errors import FootnoteError, SettingsError
from footnote.bot.generators.examine import examine_generator
from footnote.bot.plugins import platform_kinds
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import SQLITE, Settings
from footnote.bot.state.errors import StateError
from footnote.bot.state.opening import STATE_FILE, has_state, open_state
from footnote.bot.state.redis_health import health
from footnote.bot.syncing.sources import open_connectors
from footnote.bot.syncing.stores import has_index
from footnote.bot.syncing.words import counted
from footnote.bot.tuning.standing import standing
from footnote.connectors.base import Connector, ConnectorError
from footnote.models.cache import default_cache
from footnote.models.embedding import MiniLM
from footnote.models.errors import ModelError
from footnote.models.minilm.fetch import verify
from footnote.retrieval.errors import RetrievalError

ENOUGH_BYTES = 500_000_000
"""Free space that the embedder, while it is fetched, and the index of a small team take."""


async def checks(path: Path) -> AsyncIterator[Check]:
    """Look at everything, one after another; without settings there is nothing to go on with.

    Args:
        path: The settings file.
    """
    try:
        settings = load_settings(path)
        connectors = open_connectors(settings)
    except FootnoteError as error:
        yield Check("settings", fine=False, text=str(error))
        yield await _model()
        return
    yield _sources_named(settings)
    for name, connector in connectors.items():
        yield await _source(name, connector)
    async for check in _finding(settings):
        yield check
    yield await examine_generator(settings)
    async for check in _state(settings):
        yield check
    async for check in _adapter(settings):
        yield check
    for name, kind in platform_kinds().items():
        if lacks := kind.lacks(settings):
            yield Check(name, fine=True, text=f"not set up. {lacks}")
        else:
            for check in await kind.examine(settings):
                yield check
    yield _space(settings)


def _sources_named(settings: Settings) -> Check:
    if settings.sources:
        return Check("settings", fine=True, text=str(settings.file.path))
    return Check(
        "settings",
        fine=False,
        text=f"{settings.file.path.name} names no source: add a table [sources.NAME].",
    )


async def _source(name: str, connector: Connector) -> Check:
    title = f"source {name}"
    try:
        listed = [ref async for ref in connector.list()]
    except ConnectorError as error:
        return Check(title, fine=False, text=str(error))
    if listed:
        return Check(title, fine=True, text=f"{counted(len(listed), 'document')} found")
    return Check(
        title,
        fine=False,
        text="nothing found that can be read: check its path, include and ignore in the settings.",
    )


async def _finding(settings: Settings) -> AsyncIterator[Check]:
    """The embedder, the index that has to be made with it, and the reranker if there is one."""
    try:
        minilm = names_minilm(settings)
    except SettingsError as error:
        yield Check("embedder", fine=False, text=str(error))
        return
    if minilm:
        yield await _model()
        model_id: str | None = MiniLM.model_id
    else:
        embedder, model_id = await examine_embedding_file(settings)
        yield embedder
    yield await _index(settings, model_id)
    if reranker := await examine_reranker(settings):
        yield reranker


async def _model() -> Check:
    try:
        await asyncio.to_thread(verify, default_cache())
    except ModelError as error:
        return Check("embedder", fine=False, text=str(error))
    return Check("embedder", fine=True, text=f"{MiniLM.model_id}, every file as it should be")


async def _index(settings: Settings, model_id: str | None) -> Check:
    """The index; without an id it is not said whether it was made with the embedder."""
    if not has_index(settings):
        return Check("index", fine=False, text="there is none yet: run `footnote sync`.")
    try:
        async with open_index(settings) as store:
            stats = await store.stats()
    except (RetrievalError, SettingsError) as error:
        return Check("index", fine=False, text=str(error))
    if model_id and stats.model_id not in {"", model_id}:
        return Check(
            "index",
            fine=False,
            text=f"it was made with the embedder {stats.model_id}, not with {model_id}: "
            "run `footnote sync --rebuild`.",
        )
    if not stats.documents:
        return Check("index", fine=False, text="it holds no document yet: run `footnote sync`.")
    documents, passages = counted(stats.documents, "document"), counted(stats.passages, "passage")
    return Check("index", fine=True, text=f"{documents} in {passages}")


async def _state(settings: Settings) -> AsyncIterator[Check]:
    if settings.state != SQLITE:
        for check in await health(settings.state):
            yield replace(check, name=f"state, {check.name}")
        return
    path = settings.folder / STATE_FILE
    if not path.exists():
        yield Check("state", fine=True, text="there is none yet: `footnote serve` makes it")
        return
    try:
        async with open_state(settings) as state:
            waiting = await state.queue.waiting()
    except StateError as error:
        yield Check("state", fine=False, text=str(error))
    else:
        yield Check("state", fine=True, text=f"{path}, {counted(waiting, 'question')} waiting")


async def _adapter(settings: Settings) -> AsyncIterator[Check]:
    """The adapter that answers are written with; nothing where none was ever promoted."""
    if not has_state(settings):
        return
    try:
        async with open_state(settings) as state:
            found = await standing(settings, state)
    except StateError:
        return
    except FootnoteError as error:
        yield Check("adapter", fine=False, text=str(error))
        return
    if found and found.trouble:
        yield Check("adapter", fine=False, text=found.trouble)
    elif found:
        adapter = found.current
        text = (
            f"{adapter.id} of the run {adapter.run}" if adapter else "none: the bare model writes"
        )
        yield Check("adapter", fine=True, text=text)


def _space(settings: Settings) -> Check:
    folder = settings.index.parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    shown = f"{free / 1_000_000_000:,.1f} GB free in {folder}"
    if free >= ENOUGH_BYTES:
        return Check("disk", fine=True, text=shown)
    return Check(
        "disk",
        fine=False,
        text=f"only {shown}: free some, or set data in the settings to another disk.",
    )
