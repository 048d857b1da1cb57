"""The stores that come with Footnote, as the entry points of the group `footnote.stores` name them.

A store's client is imported when the store is opened, so that whoever uses another one does not
wait for it.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from footnote.bot.settings.schema import SQLITE, WEAVIATE, Settings
from footnote.retrieval.stores.base import PassageStore


def sqlite(settings: Settings) -> AbstractAsyncContextManager[PassageStore]:
    """The index in one file."""
    from footnote.retrieval.stores.sqlite import open_store  # noqa: PLC0415  see above

    return open_store(settings.index)


def weaviate(settings: Settings) -> AbstractAsyncContextManager[PassageStore]:
    """The index on a Weaviate server."""
    from footnote.retrieval.stores.weaviate import open_store  # noqa: PLC0415  see above

    return open_store(settings.weaviate.options)


def has_index(settings: Settings) -> bool:
    """Whether there may be an index, so that looking does not have to make a file first."""
    return settings.store != SQLITE or settings.index.exists()


def index_place(settings: Settings) -> str:
    """Where the index is, for a person."""
    if settings.store == SQLITE:
        return str(settings.index)
    if settings.store == WEAVIATE:
        return f"Weaviate at {settings.weaviate.url}"
    return settings.store
