"""Sync: whatever happened before, one good sync makes the index equal to the listing."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from footnote.connectors.base import DocumentError, SourceError
from footnote.retrieval.errors import RetrievalError, StoreError
from footnote.retrieval.stores.sqlite import SqliteStore
from tests.retrieval.sync_fakes import (
    SOURCE,
    FailingStore,
    HashEmbedder,
    ScriptedConnector,
    contents,
    make_sync,
)

T = TypeVar("T")

names = st.sampled_from([f"{name}.md" for name in "abcd"])
lines = st.lists(st.sampled_from(("leave", "days of leave", "größe", "poison")), max_size=3)
texts = lines.map("\n".join)


class CrashError(BaseException):
    """Stands for a process that dies."""


class SyncMachine(RuleBasedStateMachine):
    """A source that changes, and syncs of it that may break off anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.store = SqliteStore(Path(self.folder.name) / "index.db")
        self.connector = ScriptedConnector()
        self.embedder = HashEmbedder()
        self.stamps = itertools.count()
        self.ever: dict[str, set[str]] = {}
        self.indexed: dict[str, str] = {}

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives."""
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        """Start with an empty index."""
        self.wait(self.store.open())

    @rule(name=names, text=texts)
    def write(self, name: str, text: str) -> None:
        """Add a document, or edit it, perhaps to what it was."""
        self.connector.texts[name] = text
        self.connector.versions.pop(name, None)
        self.ever.setdefault(name, set()).add(text)

    @rule(old=names, new=names)
    def rename(self, old: str, new: str) -> None:
        """Give a document another name, perhaps one that is taken."""
        text = self.connector.texts.pop(old, None)
        if isinstance(text, str):
            self.write(new, text)

    @rule(name=names)
    def remove(self, name: str) -> None:
        """Take a document away."""
        self.connector.texts.pop(name, None)

    @rule(name=names)
    def touch(self, name: str) -> None:
        """Give a document a new version, whatever its text."""
        self.connector.versions[name] = str(next(self.stamps))

    @rule(name=names, error=st.sampled_from((DocumentError("it", "is locked"), RuntimeError("x"))))
    def break_document(self, name: str, error: Exception) -> None:
        """Make a document unreadable."""
        self.connector.texts[name] = error
        self.touch(name)

    @rule(
        calls=st.integers(0, 12),
        late=st.booleans(),
        error=st.sampled_from((CrashError, StoreError)),
        recipe=st.sampled_from(("words 1", "words 2")),
    )
    def sync_that_breaks_off(
        self, calls: int, error: type[BaseException], recipe: str, *, late: bool
    ) -> None:
        """Sync until the store fails at one of its calls, before or after it did its work."""
        failing = FailingStore(self.store, error(), calls, late=late)
        self.sync(failing, recipe)

    @rule()
    def sync_of_a_broken_listing(self) -> None:
        """Sync while the source breaks off its listing."""
        before = self.indexed
        self.connector.broken = SourceError("gone")
        self.sync(self.store)
        self.connector.broken = None
        assert self.indexed == before

    @rule()
    def sync_with_a_choosy_embedder(self) -> None:
        """Sync while some texts cannot be embedded."""

        def spoil(text: str) -> None:
            if "poison" in text:
                raise RuntimeError(text)

        self.embedder.spoil = spoil
        self.sync(self.store)
        self.embedder.spoil = lambda _: None

    @rule(recipe=st.sampled_from(("words 1", "words 2")))
    def good_sync(self, recipe: str) -> None:
        """Sync without trouble; then the index is the listing."""
        before = self.indexed
        self.sync(self.store, recipe)
        expected = {
            name: before.get(name) if isinstance(text, Exception) else text
            for name, text in self.connector.texts.items()
        }
        assert self.indexed == {name: text for name, text in expected.items() if text is not None}
        known = self.wait(self.store.manifest(SOURCE))
        assert set(known) == {f"{SOURCE}:{name}" for name in self.connector.texts}

    def sync(self, store: Any, recipe: str = "words 1") -> None:
        """Sync, then see that each document is wholly one of its texts."""
        sync = make_sync(store, Path(self.folder.name), self.embedder, recipe=recipe)
        with contextlib.suppress(CrashError, RetrievalError, SourceError):
            self.wait(sync.run(self.connector, SOURCE, confirm=True))
        self.indexed = self.wait(contents(self.store))
        for name, text in self.indexed.items():
            assert text in self.ever[name]

    def teardown(self) -> None:
        """A last good sync ends every story well."""
        self.good_sync("words 1")
        self.wait(self.store.close())
        self.runner.close()
        self.folder.cleanup()


TestSyncMachine = SyncMachine.TestCase
TestSyncMachine.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
