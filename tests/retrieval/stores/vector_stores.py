"""Vector stores of LlamaIndex that need no server, as the settings would name them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from llama_index.core.schema import BaseNode
from llama_index.core.vector_stores.simple import SimpleVectorStore
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from llama_index.vector_stores.qdrant import QdrantVectorStore
from pydantic import PrivateAttr
from qdrant_client import QdrantClient

from footnote.retrieval.stores.llamaindex_options import VectorStoreOptions
from tests.retrieval.stores.corpus import DIMENSION


class _Shared(QdrantClient):
    """One that outlasts whoever closes it, as a server does."""

    def close(self, grpc_grace: float | None = None, **kwargs: Any) -> None:
        """Nothing."""


@cache
def qdrant_client(folder: str) -> QdrantClient:
    """What stands for a server: the same for all who name the same folder."""
    del folder
    return _Shared(":memory:")


def qdrant_store(folder: str) -> BasePydanticVectorStore:
    """A collection on that server."""
    return QdrantVectorStore("footnote", client=qdrant_client(folder), index_doc_id=False)


def qdrant(folder: Path) -> VectorStoreOptions:
    """A Qdrant that keeps what it is given."""
    return VectorStoreOptions(f"{__name__}.qdrant_store", {"folder": str(folder)})


def faiss(dimension: int = DIMENSION, *, keeps: bool = False) -> VectorStoreOptions:
    """A FAISS index in the memory of one process."""
    return VectorStoreOptions(
        "llama_index.vector_stores.faiss.FaissVectorStore",
        {"faiss_index": {"call": "faiss.IndexFlatIP", "positional": [dimension]}},
        keeps=keeps,
    )


class TroubledVectorStore(SimpleVectorStore):
    """A vector store in memory that can be put out of order."""

    _trouble: Exception | None = PrivateAttr(default=None)
    _sleeps_s: float = PrivateAttr(default=0.0)
    _heeds_filters: bool = PrivateAttr(default=True)
    _asked: list[VectorStoreQuery] = PrivateAttr(default_factory=list)

    def add(self, nodes: Sequence[BaseNode], **add_kwargs: Any) -> list[str]:
        """As ever, or trouble."""
        self._ready()
        return super().add(nodes, **add_kwargs)

    def delete(self, ref_doc_id: str, **delete_kwargs: Any) -> None:
        """As ever, or trouble."""
        self._ready()
        super().delete(ref_doc_id, **delete_kwargs)

    def query(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        """As ever, or trouble."""
        self._ready()
        self._asked.append(query)
        if not self._heeds_filters:
            query.filters = None
        return super().query(query, **kwargs)

    def _ready(self) -> None:
        time.sleep(self._sleeps_s)
        if self._trouble:
            raise self._trouble


@cache
def troubled_store(folder: str) -> TroubledVectorStore:
    """The same for all who name the same folder."""
    del folder
    return TroubledVectorStore()


def troubled(folder: Path, *, timeout_s: float = 60.0) -> VectorStoreOptions:
    """A vector store that keeps what it is given, and that can be put out of order."""
    path = f"{__name__}.troubled_store"
    return VectorStoreOptions(path, {"folder": str(folder)}, timeout_s=timeout_s)
