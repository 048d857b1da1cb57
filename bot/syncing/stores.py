"""The stores that come with Footnote, as the entry points of the group `footnote.stores` name them.

A store's client is imported when the store is opened, so that whoever uses another one does not
wait for it.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from footnote.bot.errors import SettingsError
from footnote.bot.settings.schema import LLAMAINDEX, SQLITE, WEAVIATE, Settings
from footnote.retrieval.stores.base import PassageStore


def sqlite(settings: Settings) -> AbstractAsyncContextManager[PassageStore]:
    """The index in one file."""
    from footnote.retrieval.stores.sqlite import open_store  # noqa: PLC0415  see above

    return open_store(settings.index)


def weaviate(settings: Settings) -> AbstractAsyncContextManager[PassageStore]:
    """The index on a Weaviate server."""
    from footnote.retrieval.stores.weaviate import open_store  # noqa: PLC0415  see above

    return open_store(settings.weaviate.options)


def llamaindex(settings: Settings) -> AbstractAsyncContextManager[PassageStore]:
    """The index in one file, beside which a vector store of LlamaIndex finds the nearest.

    Raises:
        SettingsError: The settings name no vector store.
    """
    from footnote.retrieval.stores.llamaindex import open_store  # noqa: PLC0415  see above
    from footnote.retrieval.stores.llamaindex_options import (  # noqa: PLC0415  see above
        VectorStoreOptions,
    )

    given = settings.llamaindex
    if given.vector_store is None:
        raise SettingsError(
            f'{settings.file.place(("store",))}: store is "llamaindex", but [llamaindex] names no '
            "vector_store: set it to the path of a class, such as "
            '"llama_index.vector_stores.qdrant.QdrantVectorStore".'
        )
    options = VectorStoreOptions(
        vector_store=given.vector_store,
        arguments=given.arguments,
        keeps=given.keeps,
        timeout_s=given.timeout_s,
    )
    return open_store(settings.index, options)


def has_index(settings: Settings) -> bool:
    """Whether there may be an index, so that looking does not have to make a file first."""
    return settings.store not in {SQLITE, LLAMAINDEX} or settings.index.exists()


def index_place(settings: Settings) -> str:
    """Where the index is, for a person."""
    if settings.store == SQLITE:
        return str(settings.index)
    if settings.store == LLAMAINDEX:
        return f"{settings.index}, beside {settings.llamaindex.vector_store}"
    if settings.store == WEAVIATE:
        return f"Weaviate at {settings.weaviate.url}"
    return settings.store
