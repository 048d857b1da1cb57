"""A corpus indexed by the product's own parts, to be measured and thrown away."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from footnote.bot import app
from footnote.bot.app import Core, assemble
from footnote.bot.encoders import open_parts
from footnote.bot.evaluation.corpus import SOURCE
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.evaluation.vectors import remembering
from footnote.bot.settings.schema import Settings
from footnote.connectors.base import Connector
from footnote.models.cache import default_cache
from footnote.models.embedding import open_minilm
from footnote.models.minilm.fetch import pull
from footnote.retrieval.chunking.cutter import RECIPE, cutter_for
from footnote.retrieval.embedder import Embedder
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.parts import Parts
from footnote.retrieval.readers import EVERYONE
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.sync import Sync, SyncProgress
from footnote.retrieval.text import Analyzer


@dataclass(frozen=True, slots=True)
class Workbench:
    """What the tasks measure.

    Attributes:
        store: Holds the corpus.
        analyzer: The one whose terms the store holds.
        embedder: The one that the store was filled with; it embeds no text twice.
        core: The product's search, gate and generator over the store.
    """

    store: PassageStore
    analyzer: Analyzer
    embedder: Embedder
    core: Core


@asynccontextmanager
async def open_workbench(
    connector: Connector,
    embedder: Embedder,
    *,
    parts: Parts | None = None,
    keep: Path | None = None,
    progress: Progress = silent,
) -> AsyncIterator[Workbench]:
    """Index a source in a folder of its own, which is removed at the end.

    Args:
        connector: Lists the corpus.
        embedder: Embeds it.
        parts: What the search is made of.
        keep: A folder in which the index and the vectors stay for the next run, or None. They are
            found again by the listing, the way of cutting and the embedder.
        progress: Told how far the indexing is.

    Raises:
        RetrievalError: The corpus cannot be indexed.
    """
    known = remembering(embedder)
    async with AsyncExitStack() as stack:
        if keep is None:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="footnote-eval-")))
        else:
            folder = keep / await _key(connector, embedder)
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread(known.load, folder / "vectors.npz")
        store = await stack.enter_async_context(open_store(folder / "index.db"))
        await _index(store, known, connector, folder, progress)
        try:
            core = assemble(store, known, parts=parts)
            yield Workbench(store, Analyzer(), known, core)
        finally:
            if keep is not None:
                await asyncio.to_thread(known.save, folder / "vectors.npz")


@asynccontextmanager
async def open_models(
    settings: Settings, report: Callable[[str], None]
) -> AsyncIterator[tuple[Embedder, Parts]]:
    """The embedder and the search that a team's settings name.

    Args:
        settings: The settings.
        report: Gets a line for each step of fetching the embedder.

    Raises:
        SettingsError: What they say of a model is wrong.
        ModelError: A model cannot be fetched or loaded.
    """
    async with app.open_embedder(settings, report) as embedder, open_parts(settings) as parts:
        yield embedder, parts


@asynccontextmanager
async def open_embedder(report: Callable[[str], None]) -> AsyncIterator[Embedder]:
    """The product's embedder, fetched first where it is missing.

    Args:
        report: Gets a line for each step of fetching it.

    Raises:
        ModelError: It cannot be fetched or loaded.
    """
    await pull(default_cache(), report=report)
    async with open_minilm(default_cache()) as embedder:
        yield embedder


async def _index(
    store: PassageStore, embedder: Embedder, connector: Connector, folder: Path, progress: Progress
) -> None:
    """Sync the source; where an earlier run kept the index, nothing is left to do."""

    def tell(state: SyncProgress) -> None:
        progress(f"{state.stage.capitalize()} the corpus", state.done, state.total)

    await store.claim(embedder.model_id, embedder.dimension)
    await store.set_audiences({SOURCE: frozenset({EVERYONE})})
    sync = Sync(
        store,
        embedder,
        cut=cutter_for(embedder).cut,
        index_terms=Analyzer().terms,
        recipe=RECIPE,
        locks=FileLocks(folder),
    )
    await sync.run(connector, SOURCE, progress=tell)


async def _key(connector: Connector, embedder: Embedder) -> str:
    """Names an index by all that it depends on."""
    listing = sorted([f"{ref.id}\x00{ref.version}" async for ref in connector.list()])
    content = "\x00".join((RECIPE, embedder.model_id, *listing))
    digest = hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{re.sub(r'[^a-zA-Z0-9-]+', '-', RECIPE)}-{digest}"
