"""One thread for a vector store of LlamaIndex, whose methods may block: the event loop goes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
)

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.errors import StoreError
from footnote.retrieval.stores.llamaindex_nodes import LABEL
from footnote.retrieval.stores.llamaindex_options import (
    VectorStoreOptions,
    make_vector_store,
    told,
)

T = TypeVar("T")

AT_ONCE = 500
"""So many nodes are added by one call."""

MOST_LABELS = 200
"""More values than this go into no filter."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is to be deleted: a document's name, and those of its nodes."""

    document: str
    nodes: tuple[str, ...]


class VectorLink:
    """A vector store that is asked on a thread of its own.

    Args:
        options: Which one.
    """

    def __init__(self, options: VectorStoreOptions) -> None:
        self.options = options
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vector-store")
        self._store: BasePydanticVectorStore | None = None
        self._filters = True

    async def open(self) -> None:
        """Make the vector store now, so that what is wrong with it shows now.

        Raises:
            StoreError: It cannot be made.
        """
        await self._call(lambda _: None)

    async def remake(self) -> None:
        """Make it anew, for one that holds all in memory."""

        def forget() -> None:
            self._store = None

        await self._run(forget)
        await self.open()

    async def add(self, nodes: Sequence[TextNode]) -> list[str]:
        """Add nodes, over those of the same names.

        Returns:
            The name by which each is found, in order.
        """
        names: list[str] = []
        for start in range(0, len(nodes), AT_ONCE):
            part = list(nodes[start : start + AT_ONCE])
            names += await self._call(lambda store, part=part: store.add(part) or _names(part))  # type: ignore[misc]  # a lambda with a default
        return names

    async def query(
        self, vector: Vectors, limit: int, labels: Sequence[str] | None = None
    ) -> list[str]:
        """The names of the nearest nodes.

        Args:
            vector: Of length 1, shape (dimension,).
            limit: How many.
            labels: Only nodes with one of these, where the vector store can tell; None for all.
        """
        asked = [float(number) for number in vector]
        if labels is not None and len(labels) > MOST_LABELS:
            labels = None
        return await self._call(lambda store: self._query(store, asked, limit, labels))

    async def delete(self, deletions: Iterable[Deletion]) -> None:
        """Delete all nodes of documents.

        Raises:
            StoreError: Also where it cannot delete.
        """
        for one in deletions:
            await self._call(lambda store, one=one: _delete(store, one))  # type: ignore[misc]  # a lambda with a default

    async def clear(self) -> bool:
        """Empty it altogether; false where it does not know how, or only how while it holds any."""

        def clear(store: BasePydanticVectorStore) -> bool:
            try:
                store.clear()
            except (NotImplementedError, ValueError):
                return False
            return True

        return await self._call(clear)

    async def close(self) -> None:
        """End the thread once it is done, without waiting for a call that hangs."""
        with contextlib.suppress(StoreError, RuntimeError):
            await self._run(self._disconnect)
        self._thread.shutdown(wait=False)

    def _disconnect(self) -> None:
        client = getattr(self._store, "client", None)
        self._store = None
        if callable(close := getattr(client, "close", None)):
            close()

    async def _call(self, work: Callable[[BasePydanticVectorStore], T]) -> T:
        def asked() -> T:
            if self._store is None:
                self._store = make_vector_store(self.options)
            return work(self._store)

        return await self._run(asked)

    async def _run(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(
                loop.run_in_executor(self._thread, work), self.options.timeout_s
            )
        except StoreError:
            raise
        except TimeoutError as error:
            raise StoreError(
                f"The vector store {self.options.name} did not answer in "
                f"{self.options.timeout_s:g} s: see whether it is overloaded, or raise timeout_s "
                "under [llamaindex]."
            ) from error
        except Exception as error:
            raise StoreError(_sentence(error, self.options)) from error

    def _query(
        self,
        store: BasePydanticVectorStore,
        vector: list[float],
        limit: int,
        labels: Sequence[str] | None,
    ) -> list[str]:
        if labels is None or not self._filters:
            return _query(store, vector, limit, None)
        try:
            return _query(store, vector, limit, _filter(labels))
        except (NotImplementedError, ValueError):
            # Where it fails without a filter too, the filter was not to blame.
            found = _query(store, vector, limit, None)
            self._filters = False
            return found


def _query(
    store: BasePydanticVectorStore,
    vector: list[float],
    limit: int,
    filters: MetadataFilters | None,
) -> list[str]:
    found = store.query(
        VectorStoreQuery(query_embedding=vector, similarity_top_k=limit, filters=filters)
    )
    # Some give ids that begin with the document's; the nodes then have their own.
    return [node.node_id for node in found.nodes] if found.nodes else list(found.ids or ())


def _filter(labels: Sequence[str]) -> MetadataFilters:
    which = MetadataFilter(key=LABEL, operator=FilterOperator.IN, value=list(labels))
    return MetadataFilters(filters=[which])


def _names(nodes: Sequence[TextNode]) -> list[str]:
    return [node.node_id for node in nodes]


def _delete(store: BasePydanticVectorStore, one: Deletion) -> None:
    try:
        store.delete(one.document)
    except (NotImplementedError, ValueError):
        if one.nodes:
            store.delete_nodes(list(one.nodes))


def _sentence(error: Exception, options: VectorStoreOptions) -> str:
    said = told(error, options)
    start = f"The vector store {options.name}"
    if isinstance(error, NotImplementedError):
        return (
            f"{start} cannot do what is needed of it ({said}): set keeps = false under "
            "[llamaindex] where it holds all in memory, or choose another one."
        )
    if isinstance(error, AssertionError) or "dim" in said.lower():
        return (
            f"{start} takes vectors of another length than the embedder gives ({said}): correct "
            "arguments under [llamaindex], and run `footnote sync --rebuild`."
        )
    return (
        f"{start} does not work ({said}): see whether it runs and what [llamaindex] says of it; "
        "where it has lost what it held, run `footnote sync --rebuild`."
    )
