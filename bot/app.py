"""The one place where the parts are put together, and the one `async with` that owns them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from footnote.bot.answerer import Answerer, AnswerOptions
from footnote.bot.gate import Gate, Strictness, load_parameters
from footnote.bot.generators.quote import QuoteGenerator
from footnote.bot.sentences import SentenceScorer
from footnote.bot.settings import Settings
from footnote.bot.verification import Verifier
from footnote.connectors.base import Connector
from footnote.retrieval.embedder import Embedder
from footnote.retrieval.search import Search
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.sync import Sync
from footnote.retrieval.text import Analyzer


@dataclass(frozen=True, slots=True)
class Core:
    """What answers questions over one store."""

    search: Search
    scorer: SentenceScorer
    gate: Gate
    generator: QuoteGenerator
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


def assemble(
    store: PassageStore,
    embedder: Embedder,
    options: AnswerOptions | None = None,
    strictness: Strictness = Strictness.BALANCED,
) -> Core:
    """Put together what answers questions over `store`."""
    analyzer = Analyzer()
    scorer = SentenceScorer(store, embedder, analyzer)
    search = Search(store, embedder, analyzer)
    gate = Gate(scorer, analyzer, load_parameters(embedder.model_id), strictness)
    generator = QuoteGenerator(scorer)
    verifier = Verifier(scorer, analyzer)
    answerer = Answerer(search, gate, generator, verifier, options)
    return Core(search, scorer, gate, generator, verifier, answerer)
