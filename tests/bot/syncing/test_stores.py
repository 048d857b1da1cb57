"""The stores that come with Footnote, opened as the settings name them."""

from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core.vector_stores.simple import SimpleVectorStore

from footnote.bot.app import open_app, open_index
from footnote.bot.errors import SettingsError
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.syncing.stores import has_index, index_place
from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.search import Query
from footnote.retrieval.stores.llamaindex import LlamaIndexStore
from tests.hashing import HashEmbedder

SIMPLE = "llama_index.core.vector_stores.simple.SimpleVectorStore"
SOURCE = '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'


def settings_in(folder: Path, text: str) -> Settings:
    """A folder with one document, and settings."""
    (folder / "docs").mkdir()
    (folder / "docs" / "leave.md").write_text("# Leave\n\nThere are 30 days of leave a year.\n")
    (folder / "footnote.toml").write_text(text + SOURCE, encoding="utf-8")
    return load_settings(folder / "footnote.toml")


async def test_a_vector_store_by_its_class_path_serves_the_nearest(tmp_path: Path) -> None:
    """What a sync gave the index is found by it, and it was the vector store that was asked."""
    settings = settings_in(
        tmp_path,
        f'store = "llamaindex"\n[llamaindex]\nvector_store = "{SIMPLE}"\nkeeps = false\n',
    )
    assert not has_index(settings)
    async with open_app(settings, report=print, embedder=HashEmbedder()) as app:
        await app.sync.run(app.connectors["docs"], "docs")
        found = await app.core.search.find(Query("days of leave"), PUBLIC, limit=3)
        assert [one.passage.document_id for one in found.found] == ["docs:leave.md"]
        assert isinstance(app.store, LlamaIndexStore)
        made = app.store._link._store
        assert isinstance(made, SimpleVectorStore)
        assert len(made.data.embedding_dict) == 1
    assert has_index(settings)
    assert index_place(settings) == f"{settings.index}, beside {SIMPLE}"


async def test_without_a_class_path_it_is_asked_for(tmp_path: Path) -> None:
    """The sentence names the line and an example."""
    with pytest.raises(SettingsError, match=r"line 1: store is .* names no vector_store: set it"):
        async with open_index(settings_in(tmp_path, 'store = "llamaindex"\n')):
            pass


async def test_a_missing_package_is_named(tmp_path: Path) -> None:
    """So that it can be installed."""
    path = "llama_index.vector_stores.nowhere.NowhereVectorStore"
    text = f'store = "llamaindex"\n[llamaindex]\nvector_store = "{path}"\n'
    with pytest.raises(StoreError, match="pip install llama-index-vector-stores-nowhere"):
        async with open_index(settings_in(tmp_path, text)):
            pass
