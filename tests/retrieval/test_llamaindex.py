"""Footnote's pieces inside LlamaIndex, and LlamaIndex's documents inside Footnote."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from footnote.connectors.base import Document, Syntax
from footnote.retrieval.chunking.cutter import RECIPE, Cutter
from footnote.retrieval.embedder import Embedder
from footnote.retrieval.llamaindex import (
    FootnoteEmbedding,
    FootnoteRetriever,
    from_llama_document,
    to_llama_document,
    to_text_node,
)
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.search import Search
from footnote.retrieval.stores.base import IndexedDocument, PassageStore
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.text import Analyzer
from tests.hashing import HashEmbedder

DOCUMENT = Document(
    id="docs:coffee.md",
    source="docs",
    version="1",
    text="# Coffee\n\nThe machine is descaled every Friday.\n",
    title="Coffee",
    url="https://example.com/coffee",
)


async def _indexed(store: PassageStore, embedder: Embedder) -> Search:
    analyzer = Analyzer()
    passages = Cutter(embedder.token_spans).cut(DOCUMENT)
    await store.claim(embedder.model_id, embedder.dimension)
    vectors = await embedder.embed([passage.searched for passage in passages])
    terms = tuple(analyzer.terms(passage) for passage in passages)
    await store.put(IndexedDocument(DOCUMENT, passages, vectors, terms, RECIPE))
    return Search(store, embedder, analyzer)


async def test_the_retriever_gives_passages_as_nodes(tmp_path: Path) -> None:
    """LlamaIndex retrieves the passage with its span, its link and its document."""
    async with open_store(tmp_path / "index.db") as store:
        search = await _indexed(store, HashEmbedder())
        nodes = await FootnoteRetriever(search, readers=ADMIN).aretrieve("descaled machine")
    node = nodes[0].node
    assert node.ref_doc_id == DOCUMENT.id
    assert node.metadata["url"].startswith(DOCUMENT.url)
    assert node.get_content() in DOCUMENT.text


async def test_the_embedding_gives_the_embedders_vectors() -> None:
    """Questions and texts get the vectors that Footnote itself would use."""
    embedder = HashEmbedder()
    embedding = FootnoteEmbedding(embedder)
    expected = (await embedder.embed(["coffee machine"]))[0]
    assert np.allclose(await embedding.aget_query_embedding("coffee machine"), expected)
    assert np.allclose(await embedding.aget_text_embedding("coffee machine"), expected)


def test_a_document_survives_the_way_there_and_back() -> None:
    """A document turned into LlamaIndex's and back is the same where both know a field."""
    assert from_llama_document(to_llama_document(DOCUMENT), "docs") == DOCUMENT


def test_a_foreign_document_gets_an_id_of_its_source() -> None:
    """A LlamaIndex reader's document becomes one of the source, titled by its file."""
    from llama_index.core.schema import Document as LlamaDocument  # noqa: PLC0415  slow to import

    foreign = LlamaDocument(id_="a.txt", text="Hello", metadata={"file_name": "a.txt"})
    document = from_llama_document(foreign, "wiki")
    assert (document.id, document.title, document.syntax) == ("wiki:a.txt", "a.txt", Syntax.TEXT)


def test_a_node_knows_its_exact_span() -> None:
    """The node's character indices cut its text out of the document."""
    passage = Cutter(HashEmbedder().token_spans).cut(DOCUMENT)[0]
    node = to_text_node(passage)
    assert DOCUMENT.text[node.start_char_idx : node.end_char_idx] == node.text
