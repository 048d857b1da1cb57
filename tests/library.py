"""Small indexes of Markdown pages, cut and indexed as the product does."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from footnote.connectors.base import Document, Syntax
from footnote.retrieval.chunking.cutter import RECIPE, Cutter
from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import IndexedDocument, PassageStore
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.text import Analyzer
from tests.hashing import HashEmbedder

EVERYONE = frozenset({"everyone"})


@dataclass(frozen=True, slots=True)
class Page:
    """A document to index."""

    name: str
    text: str
    source: str = "handbook"
    restrictions: frozenset[str] | None = None
    syntax: Syntax = Syntax.MARKDOWN

    @property
    def document(self) -> Document:
        """The page as a connector would give it."""
        return Document(
            id=f"{self.source}:{self.name}.md",
            source=self.source,
            version="1",
            text=self.text,
            title=self.name.capitalize(),
            syntax=self.syntax,
            url=f"https://docs.example/{self.name}",
            restrictions=self.restrictions,
        )


HANDBOOK = (
    Page(
        "leave",
        "# Leave\n\n"
        "Every employee gets 28 days of annual leave in a calendar year. "
        "Ask your team lead before you book a trip. "
        "Unused annual leave expires at the end of March.\n",
    ),
    Page(
        "travel",
        "# Travel\n\nBook trains with the travel desk. A hotel costs at most 140 euros a night.\n\n"
        "## Receipts\n\nFor every journey:\n\n"
        "- Keep the receipt of each taxi ride.\n"
        "- Send all receipts to the finance office within 30 days.\n",
    ),
    Page(
        "laptops",
        "# Laptops\n\nThe service desk orders a new laptop every four years. "
        "Report a stolen laptop to the security officer at once.\n\n"
        "```sh\nmake setup\nmake encrypt\n```\n",
    ),
    Page("parking", "# Parking\n\nThe garage in Mill Street has twelve places for bicycles.\n"),
)
"""Four pages that share few words."""


@dataclass(frozen=True, slots=True)
class Library:
    """An open index with what indexed it."""

    store: PassageStore
    embedder: HashEmbedder
    analyzer: Analyzer
    texts: Mapping[str, str]


@asynccontextmanager
async def library(
    pages: Iterable[Page] = HANDBOOK,
    *,
    audiences: Mapping[str, frozenset[str]] | None = None,
    embedder: HashEmbedder | None = None,
) -> AsyncIterator[Library]:
    """An index of these pages in a folder of its own; all sources are public unless said."""
    embedder = embedder or HashEmbedder()
    analyzer = Analyzer()
    pages = tuple(pages)
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "index.db") as store:
            await store.claim(embedder.model_id, embedder.dimension)
            public = dict.fromkeys({page.source for page in pages}, EVERYONE)
            await store.set_audiences(public if audiences is None else audiences)
            for page in pages:
                await store.put(await _indexed(page.document, embedder, analyzer))
            texts = {page.document.id: page.text for page in pages}
            embedder.texts.clear()
            yield Library(store, embedder, analyzer, texts)


def cut(page: Page) -> tuple[Passage, ...]:
    """The passages of a page."""
    return Cutter(HashEmbedder().token_spans).cut(page.document)


async def _indexed(
    document: Document, embedder: HashEmbedder, analyzer: Analyzer
) -> IndexedDocument:
    passages = Cutter(embedder.token_spans).cut(document)
    vectors = (
        await embedder.embed([passage.searched for passage in passages])
        if passages
        else np.zeros((0, embedder.dimension), dtype=np.float32)
    )
    terms = tuple(analyzer.terms(passage) for passage in passages)
    return IndexedDocument(document, passages, vectors, terms, RECIPE)
