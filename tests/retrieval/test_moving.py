"""An index is the same after it was moved, and a move that broke off is gone on with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from footnote.connectors.base import Document
from footnote.retrieval.errors import StoreError, SyncBusyError
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.moving import MovableStore, Move, MoveProgress, MoveReport, WholeDocument
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN, PUBLIC
from footnote.retrieval.stores.base import Field, FieldQuery, Hit, IndexedDocument
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, RECIPE, Terms, indexed
from tests.retrieval.stores.openers import OPENERS

FIND = [FieldQuery(Field.STEMS, ("find",)), FieldQuery(Field.TITLE, ("a", "b"))]


def terms_of(passage: Passage) -> Terms:
    """What a passage is indexed by: its words, and the last letter of its document."""
    return {Field.STEMS: passage.text.split(), Field.TITLE: [passage.document_id[-1]]}


class Stores:
    """Two stores, the first of which holds documents."""

    def __init__(self, old: MovableStore, new: MovableStore, folder: Path) -> None:
        """Take both."""
        self.old = old
        self.new = new
        self.locks = FileLocks(folder / "locks")
        self.told: list[MoveProgress] = []

    async def move(self) -> MoveReport:
        """Move from the old to the new."""
        return await Move(
            self.old, self.new, index_terms=terms_of, locks=self.locks, tell=self.told.append
        ).run()


@pytest.fixture(params=["sqlite to sqlite", "sqlite to fake", "fake to sqlite",
                        "sqlite to weaviate", "weaviate to sqlite"])  # fmt: skip
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    """Two stores of these kinds, the second one empty."""
    async with AsyncExitStack() as stack:
        opened: list[MovableStore] = []
        for place, kind in enumerate(request.param.split(" to ")):
            folder = tmp_path / str(place)
            folder.mkdir()
            opener = await stack.enter_async_context(OPENERS[kind](folder))
            store = await stack.enter_async_context(opener())
            await store.set_audiences(AUDIENCES)
            opened.append(cast("MovableStore", store))
        old, new = opened
        await fill(old)
        yield Stores(old, new, tmp_path)


async def fill(store: MovableStore) -> None:
    """Documents of all kinds: restricted, empty, failed, touched, and never read."""
    await store.claim(MODEL, DIMENSION)
    for name in ("handbook:a", "handbook:b", "people:c", "unlisted:d"):
        source = name.partition(":")[0]
        document = Document(name, source, "1", f"find the words of {name} here", name, url="u:/")
        restricted = replace(document, restrictions=frozenset({"group:hr"}))
        item = restricted if name == "people:c" else document
        await store.put(made(item, 3))
    await store.put(made(Document("handbook:empty", "handbook", "1", "", "Empty"), 0))
    await store.touch("handbook", {"handbook:b": "2"})
    await store.put_failure("people", "people:c", "9", RECIPE, "it is encrypted")
    await store.put_failure("unlisted", "unlisted:d", "9", "recipe 2", "it is broken")
    await store.put_failure("handbook", "handbook:new", "1", RECIPE, "it is empty")
    await store.synced("handbook")


def made(document: Document, passages: int) -> IndexedDocument:
    """A document with the terms that `terms_of` gives."""
    item = indexed(document, [{}] * passages)
    return replace(item, terms=tuple(terms_of(passage) for passage in item.passages))


async def same(old: MovableStore, new: MovableStore) -> None:
    """Both tell and find the same."""
    mine, theirs = await old.stats(), await new.stats()
    assert [replace(s, last_sync=None) for s in mine.sources] == [
        replace(s, last_sync=None) for s in theirs.sources
    ]
    assert (mine.model_id, mine.dimension) == (theirs.model_id, theirs.dimension)
    vector = np.ones(DIMENSION, np.float32)
    for readers in (ADMIN, PUBLIC):
        ranked = await old.lexical(FIND, readers, limit=99)
        assert rounded(ranked) == rounded(await new.lexical(FIND, readers, limit=99))
        near = await old.nearest(vector, readers, limit=99)
        assert rounded(near) == rounded(await new.nearest(vector, readers, limit=99))


def rounded(hits: Sequence[Hit]) -> list[Hit]:
    """Hits with scores that no longer show in which order numbers were added."""
    return [hit._replace(score=round(hit.score, 4)) for hit in hits]


async def test_everything_is_there_afterwards(stores: Stores) -> None:
    """Documents, passages, vectors, terms, failures and versions are those of the old index."""
    report = await stores.move()
    assert (report.copied, report.removed, report.documents) == (6, 0, 6)
    await same(stores.old, stores.new)
    for source in ("handbook", "people", "unlisted"):
        for key, entry in (await stores.old.manifest(source)).items():
            there = (await stores.new.manifest(source))[key]
            assert replace(entry, indexed_at=there.indexed_at) == there
    assert {progress.checking for progress in stores.told} == {False, True}


async def test_questions_are_answered_from_the_old_index_meanwhile(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each document that is copied, the old index finds all that it found before."""
    put, found = stores.new.put, []

    async def put_and_ask(item: IndexedDocument) -> None:
        found.append(rounded(await stores.old.lexical(FIND, PUBLIC, limit=99)))
        await put(item)

    before = rounded(await stores.old.lexical(FIND, PUBLIC, limit=99))
    monkeypatch.setattr(stores.new, "put", put_and_ask)
    await stores.move()
    assert before
    assert found
    assert all(hits == before for hits in found)


async def test_a_second_move_copies_only_what_changed(stores: Stores) -> None:
    """What is there is passed over; what is gone is removed; what is new is copied."""
    await stores.move()
    assert (await stores.move()).copied == 0
    await stores.old.delete("handbook", ["handbook:a"])
    document = Document("handbook:b", "handbook", "3", "find new words", "handbook:b")
    await stores.old.put(made(document, 2))
    report = await stores.move()
    assert (report.copied, report.removed) == (1, 1)
    await same(stores.old, stores.new)


async def test_a_move_that_broke_off_goes_on(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was copied before a crash is not copied again."""
    put, begun = stores.new.put, []

    async def dies(item: IndexedDocument) -> None:
        begun.append(item.document.id)
        if len(begun) == 3:
            message = "it died"
            raise StoreError(message)
        await put(item)

    with monkeypatch.context() as patch:
        patch.setattr(stores.new, "put", dies)
        with pytest.raises(StoreError, match="it died"):
            await stores.move()
    report = await stores.move()
    assert 0 < report.copied <= 6
    await same(stores.old, stores.new)


async def test_a_copy_that_differs_is_found(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number of a vector or a letter of a passage that is not the same ends the move."""
    await stores.move()
    whole = stores.new.whole

    async def other(document_id: str) -> WholeDocument | None:
        found = await whole(document_id)
        if found is None or not found.passages:
            return found
        vectors = found.vectors.copy()
        vectors[0, 0] += 0.001
        return replace(found, vectors=vectors)

    monkeypatch.setattr(stores.new, "whole", other)
    with pytest.raises(StoreError, match="is not the same in both indexes"):
        await stores.move()


async def test_a_source_that_is_being_synced_is_not_moved(stores: Stores) -> None:
    """A move waits for no sync, and lets none run meanwhile."""
    async with stores.locks.hold("people"):
        with pytest.raises(SyncBusyError):
            await stores.move()
    await stores.move()
    await same(stores.old, stores.new)
