"""The border to LlamaIndex: its users can take any piece of Footnote, and the other way round.

LlamaIndex is imported when a piece is asked for, since it costs seconds and 100 MB.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import (
    Document as LlamaDocument,
)
from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from pydantic import PrivateAttr

from footnote.connectors.base import Document, Syntax
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import PUBLIC, Readers
from footnote.retrieval.search import Query, Search

if TYPE_CHECKING:
    from footnote.retrieval.embedder import Embedder


def to_llama_document(document: Document) -> LlamaDocument:
    """A document as LlamaIndex knows it; title, link and author are metadata."""
    metadata = {
        "title": document.title,
        "source": document.source,
        "version": document.version,
        "syntax": str(document.syntax),
        "url": document.url,
        "author": document.author,
    }
    return LlamaDocument(
        id_=document.id,
        text=document.text,
        metadata={key: value for key, value in metadata.items() if value is not None},
    )


def from_llama_document(document: LlamaDocument, source: str) -> Document:
    """A LlamaIndex document as one of `source`; its id becomes the key within the source."""
    metadata = document.metadata
    key = document.id_.removeprefix(f"{source}:")
    return Document(
        id=f"{source}:{key}",
        source=source,
        version=str(metadata.get("version") or document.hash),
        text=document.text,
        title=str(metadata.get("title") or metadata.get("file_name") or key),
        syntax=Syntax(metadata.get("syntax", Syntax.TEXT)),
        url=metadata.get("url"),
        author=metadata.get("author"),
    )


def to_text_node(passage: Passage) -> TextNode:
    """A passage as a node: its exact text, its span, and its document as the source."""
    return TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "title": passage.title,
            "heading": " > ".join(passage.heading),
            "url": passage.url,
            "source": passage.source,
        },
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.document_id)},
    )


class FootnoteRetriever(BaseRetriever):
    """Footnote's search as a LlamaIndex retriever."""

    def __init__(self, search: Search, *, readers: Readers = PUBLIC, limit: int = 8) -> None:
        """Retrieve at most `limit` passages that `readers` may see."""
        super().__init__()
        self._search = search
        self._readers = readers
        self._limit = limit

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        result = await self._search.find(
            Query(query_bundle.query_str), self._readers, limit=self._limit
        )
        return [
            NodeWithScore(node=to_text_node(found.passage), score=found.score)
            for found in result.found
        ]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return asyncio.run(self._aretrieve(query_bundle))


class FootnoteEmbedding(BaseEmbedding):
    """Footnote's embedder as a LlamaIndex embedding."""

    _embedder: Any = PrivateAttr()

    def __init__(self, embedder: Embedder) -> None:
        """Embed with this embedder."""
        super().__init__(model_name=embedder.model_id)
        self._embedder = embedder

    async def _embed(self, texts: Sequence[str], *, urgent: bool) -> list[list[float]]:
        vectors = await self._embedder.embed(texts, urgent=urgent)
        return [[float(value) for value in vector] for vector in vectors]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return (await self._embed([query], urgent=True))[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self._embed([text], urgent=False))[0]

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await self._embed(texts, urgent=False)

    def _get_query_embedding(self, query: str) -> list[float]:
        return asyncio.run(self._aget_query_embedding(query))

    def _get_text_embedding(self, text: str) -> list[float]:
        return asyncio.run(self._aget_text_embedding(text))
