"""The one place where the parts are put together, and the one `async with` that owns them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from footnote.bot.answerer import Answerer, AnswerOptions
from footnote.bot.encoders import names_minilm, open_embedding_file, open_parts
from footnote.bot.errors import SettingsError, UnavailableError
from footnote.bot.fitting import Pace
from footnote.bot.gate import Gate, Strictness, is_fitted, load_parameters
from footnote.bot.generators.base import Generator
from footnote.bot.generators.gguf import GgufGenerator
from footnote.bot.generators.opening import open_generator
from footnote.bot.generators.quote import QuoteGenerator
from footnote.bot.plugins import OpenStore, UnknownPluginError, open_store
from footnote.bot.recalling import Recall
from footnote.bot.settings.schema import Settings
from footnote.bot.syncing.locks import source_locks
from footnote.bot.syncing.sources import open_connectors
from footnote.bot.tuning.swapping import begin_with_current
from footnote.bot.verifying.sentences import SentenceScorer
from footnote.bot.verifying.support import BY_WORDS, Verifier
from footnote.connectors.base import Connector
from footnote.models.cache import default_cache
from footnote.models.embedding import open_minilm
from footnote.models.minilm.fetch import pull
from footnote.retrieval.chunking.cutter import RECIPE, cutter_for
from footnote.retrieval.embedder import Embedder, TokenEmbedder
from footnote.retrieval.errors import IndexMismatchError
from footnote.retrieval.parts import Parts
from footnote.retrieval.search import Search
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.sync import Sync
from footnote.retrieval.text import Analyzer

Report = Callable[[str], None]
"""Gets a line for each step that takes a while, such as fetching the embedder."""


@dataclass(frozen=True, slots=True)
class Core:
    """What answers questions over one store."""

    search: Search
    scorer: SentenceScorer
    gate: Gate
    generator: Generator
    verifier: Verifier
    answerer: Answerer


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a command or a platform may use."""

    settings: Settings
    store: PassageStore
    embedder: Embedder
    core: Core
    sync: Sync
    connectors: Mapping[str, Connector]


def assemble(  # noqa: PLR0913  what a core is made of
    store: PassageStore,
    embedder: Embedder,
    options: AnswerOptions | None = None,
    strictness: Strictness = Strictness.BALANCED,
    generator: Generator | None = None,
    *,
    parts: Parts | None = None,
) -> Core:
    """Put together what answers questions over `store`; without a generator it quotes."""
    analyzer = Analyzer()
    scorer = SentenceScorer(store, embedder, analyzer)
    search = Search(store, embedder, analyzer, parts=parts)
    fitted = load_parameters(embedder.model_id, tokens=isinstance(embedder, TokenEmbedder))
    gate = Gate(scorer, analyzer, fitted, strictness)
    generator = generator or QuoteGenerator(scorer)
    verifier = Verifier(scorer, analyzer, None if is_fitted(embedder.model_id) else BY_WORDS)
    answerer = Answerer(search, gate, generator, verifier, options, recall=Recall(store))
    return Core(search, scorer, gate, generator, verifier, answerer)


def store_opener(settings: Settings) -> OpenStore:
    """What opens the store that the settings name.

    Raises:
        SettingsError: No installed package has it.
    """
    try:
        return open_store(settings.store)
    except UnknownPluginError as error:
        there = ", ".join(f'"{name}"' for name in error.known)
        choose = f"choose one of {there}" if there else "there is none, so reinstall Footnote"
        raise SettingsError(
            f'{settings.file.place(("store",))}: there is no store "{settings.store}": {choose}.'
        ) from error


@asynccontextmanager
async def open_index(settings: Settings) -> AsyncIterator[PassageStore]:
    """The index by itself, for what needs no embedder.

    Raises:
        RetrievalError: It cannot be opened.
        SettingsError: No installed package has the store that the settings name.
    """
    async with store_opener(settings)(settings) as store:
        await store.set_audiences(settings.audiences)
        yield store


@asynccontextmanager
async def open_app(  # noqa: PLR0913  each says what a command does not need
    settings: Settings,
    *,
    report: Report,
    embedder: Embedder | None = None,
    rebuild: bool = False,
    answers: bool = True,
    follows: bool = False,
) -> AsyncIterator[App]:
    """Everything, for as long as the block lasts.

    Args:
        settings: The settings.
        report: Told what takes a while.
        embedder: Used instead of the one that the settings name.
        rebuild: Throw the index away first, whatever embedder it was made with.
        answers: Open the generator and the reranker that the settings name; without them, answers
            are quotations, and the order of the search stands.
        follows: Whether somebody sees to it that answers are written with the current adapter;
            else they are written with the one that is current now.

    Raises:
        SettingsError: The settings of a source, the generator or another model are wrong.
        UnavailableError: The index belongs to another embedder.
        ModelError: The embedder or another model cannot be fetched or loaded.
        RetrievalError: The index cannot be opened.
    """
    connectors = open_connectors(settings)
    async with AsyncExitStack() as stack:
        generator, parts = None, None
        if answers:
            generator = await stack.enter_async_context(open_generator(settings))
            parts = await stack.enter_async_context(open_parts(settings))
            if isinstance(generator, GgufGenerator) and not follows:
                await begin_with_current(settings, generator)
        if embedder is None:
            embedder = await stack.enter_async_context(open_embedder(settings, report))
        store = await stack.enter_async_context(open_index(settings))
        if rebuild:
            await store.clear()
        await _claim(store, embedder)
        yield App(
            settings=settings,
            store=store,
            embedder=embedder,
            core=assemble(
                store,
                embedder,
                _options(settings),
                settings.answer.gate,
                generator,
                parts=parts,
            ),
            sync=_sync(settings, store, embedder),
            connectors=connectors,
        )


@asynccontextmanager
async def open_embedder(settings: Settings, report: Report) -> AsyncIterator[Embedder]:
    """The embedder that the settings name, fetched first where it is missing.

    Raises:
        SettingsError: What they say of it is wrong.
        ModelError: It cannot be fetched or loaded.
    """
    if not names_minilm(settings):
        async with open_embedding_file(settings) as file:
            yield file
        return
    cache = default_cache()
    await pull(cache, report=report)
    async with open_minilm(cache, settings.embedder.threads) as embedder:
        yield embedder


async def _claim(store: PassageStore, embedder: Embedder) -> None:
    try:
        await store.claim(embedder.model_id, embedder.dimension)
    except IndexMismatchError as error:
        bound = (await store.stats()).model_id
        raise UnavailableError(
            f"The index was made with the embedder {bound}, but the settings name "
            f"{embedder.model_id}: run `footnote sync --rebuild` to make it anew, or set that "
            "embedder again."
        ) from error


def _options(settings: Settings) -> AnswerOptions:
    return AnswerOptions(
        passages=settings.answer.passages,
        closest=settings.answer.closest,
        search_timeout_s=settings.answer.search_timeout_s,
        timeout_s=settings.answer.timeout_s,
        mark_unsupported=settings.answer.unsupported == "mark",
        pace=Pace(settings.gguf.target_first_block_s, settings.gguf.min_passage_tokens),
    )


def _sync(settings: Settings, store: PassageStore, embedder: Embedder) -> Sync:
    return Sync(
        store,
        embedder,
        cut=cutter_for(embedder).cut,
        index_terms=Analyzer().terms,
        recipe=RECIPE,
        locks=source_locks(settings),
        delete_share=settings.sync.delete_share,
    )
