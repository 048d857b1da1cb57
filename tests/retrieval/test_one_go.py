"""A question worked off in one go: found as step by step, for the same eyes, at any time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.errors import StoreError
from footnote.retrieval.feedback import Feedback
from footnote.retrieval.parts import Parts
from footnote.retrieval.readers import ADMIN, PUBLIC, Readers
from footnote.retrieval.reading import InProcess, Reading, finished
from footnote.retrieval.search import Query, Search, SearchResult
from footnote.retrieval.stores import sqlite_nearest, sqlite_postings, sqlite_scoring
from footnote.retrieval.stores.base import Field, FieldQuery, Hit, IndexedDocument, PassageStore
from footnote.retrieval.stores.sqlite import SqliteStore, open_store
from footnote.retrieval.stores.sqlite_memory import MemoryIndex
from footnote.retrieval.stores.sqlite_nearest import NearestRows
from footnote.retrieval.text import Analyzer
from tests.hashing import HashEmbedder
from tests.retrieval.stores.corpus import (
    AUDIENCES,
    DIMENSION,
    MODEL,
    VOCABULARY,
    corpora,
    document_of,
    queries,
    readers,
    simple,
    visible,
)

PATIENCE_S = 60.0
EVERY = [FieldQuery(Field.STEMS, VOCABULARY)]


class Busy(Executor):
    """Never comes to what it is given."""

    def submit(self, *_: object) -> Future[Any]:  # type: ignore[override]  # nothing is done with it
        """What can still be called off."""
        return Future()


class StepByStep:
    """A store that offers nothing beyond the seam."""

    def __init__(self, store: PassageStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        """What every store has."""
        if hasattr(InProcess, name):
            raise AttributeError(name)
        return getattr(self._store, name)


class Given(Analyzer):
    """Whatever is asked, these terms are looked for."""

    def __init__(self, asked: Sequence[FieldQuery]) -> None:
        super().__init__()
        self._asked = tuple(asked)

    def query(self, text: str) -> tuple[FieldQuery, ...]:
        """The terms that were given."""
        del text
        return self._asked


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """An empty index."""
    async with open_store(tmp_path / "index.db") as opened:
        await opened.claim(MODEL, DIMENSION)
        await opened.set_audiences(AUDIENCES)
        yield opened


@pytest.fixture(params=[False, True], ids=["plainly", "by every short cut"])
def short_cuts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search as a small index is searched, and as a large one is."""
    if request.param:
        monkeypatch.setattr(sqlite_nearest, "FEW_ROWS", 0)
        monkeypatch.setattr(sqlite_nearest, "PIECE", 2)
        monkeypatch.setattr(sqlite_postings, "FREQUENT", 3)
        monkeypatch.setattr(sqlite_scoring, "SAMPLED", 2)


async def find(
    store: PassageStore, who: Readers, asked: Sequence[FieldQuery], parts: Parts, pool: int
) -> SearchResult:
    """What a search finds, and what it tells of its way."""
    search = Search(store, HashEmbedder(dimension=DIMENSION), Given(asked), parts=parts, pool=pool)
    text = "where is the blue bike and what is the price of it?"
    return await search.find(Query(text), who, limit=4, traced=True)


parts_of_searches = st.builds(
    Parts,
    feedback=st.none() | st.builds(Feedback, st.integers(1, 3), st.sampled_from((0.5, 5.0))),
    compound_share=st.sampled_from((0.0, 0.8)),
    duplicate=st.sampled_from((None, 0.9)),
    diversity=st.sampled_from((0.0, 0.3)),
)


@pytest.mark.usefixtures("short_cuts")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    documents=corpora(),
    who=readers,
    asked=queries,
    parts=parts_of_searches,
    pool=st.sampled_from((1, 3, 300)),
)
async def test_both_ways_find_the_same(  # noqa: PLR0913, PLR0917  hypothesis draws each of them
    store: SqliteStore,
    documents: list[IndexedDocument],
    who: Readers,
    asked: list[FieldQuery],
    parts: Parts,
    pool: int,
) -> None:
    """To the last bit, after each write, whoever asks; and only what they may see is found."""
    step_by_step = cast("PassageStore", StepByStep(store))
    assert not isinstance(step_by_step, InProcess)
    await store.clear()
    await store.claim(MODEL, DIMENSION)
    model: dict[str, IndexedDocument] = {}
    for place, item in enumerate(documents):
        await store.put(item)
        model[item.document.id] = item
        if place % 3 == 2:
            await store.delete(item.document.source, [item.document.id])
            del model[item.document.id]
        at_once = await find(store, who, asked, parts, pool)
        in_steps = await find(step_by_step, who, asked, parts, pool)
        assert at_once.trace == in_steps.trace
        assert (at_once.found, at_once.documents) == (in_steps.found, in_steps.documents)
        assert at_once.weight == in_steps.weight
        assert at_once.trace
        seen = {each.passage_id for each in at_once.trace.candidates}
        there = {passage.id for each in model.values() for passage in each.passages}
        may_see = {id_ for id_ in there if visible(document_of(model, id_), who)}
        assert seen <= may_see
        assert {found.passage.id for found in at_once.found} <= may_see
        assert len(seen) == len(may_see) or pool < len(may_see)


async def test_another_audience_holds_at_the_next_question(store: SqliteStore) -> None:
    """What a source's readers may no longer see is found no longer, with nothing indexed anew."""
    for name in "abc":
        await store.put(simple(f"handbook:{name}", f"leave days {name}"))
    for audience in ("everyone", "group:hr", "everyone"):
        await store.set_audiences({"handbook": frozenset({audience})})
        found = await find(store, PUBLIC, EVERY, Parts(), 300)
        assert len(found.found) == (3 if audience == "everyone" else 0)
        assert len((await find(store, ADMIN, EVERY, Parts(), 300)).found) == 3


async def test_a_question_is_handed_over_once(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the event loop to the reading thread and back, once it is embedded."""
    for number in range(30):
        await store.put(simple(f"handbook:{number}", f"leave days number{number}"))
    handed = 0
    run = store._reader.run

    async def counted(work: Callable[..., Any]) -> object:
        nonlocal handed
        handed += 1
        return await run(work)

    monkeypatch.setattr(store._reader, "run", counted)
    assert len((await find(store, PUBLIC, EVERY, Parts(), 300)).found) == 4
    assert handed == 1


async def test_who_is_cancelled_waits_no_longer(store: SqliteStore) -> None:
    """What has not begun never begins, and what has begun ends without harm to the next."""
    await store.put(simple("handbook:a"))
    began, go_on, done = threading.Event(), threading.Event(), []

    async def slow(reading: Reading) -> None:
        began.set()
        go_on.wait(PATIENCE_S)
        done.append(len(reading.ids))

    async def second(reading: Reading) -> None:
        done.append(-len(reading.ids))

    first = asyncio.create_task(store.in_one_go(PUBLIC, slow))
    await asyncio.to_thread(began.wait, PATIENCE_S)
    behind = asyncio.create_task(store.in_one_go(PUBLIC, second))
    await asyncio.sleep(0)
    for task in (first, behind):
        task.cancel()
    await asyncio.gather(first, behind, return_exceptions=True)
    assert first.cancelled()
    assert behind.cancelled()
    assert done == []
    go_on.set()
    assert len((await find(store, PUBLIC, EVERY, Parts(), 300)).found) == 1
    assert done == [1]


async def test_work_that_waits_is_refused(store: SqliteStore) -> None:
    """It would hold up every other question, so it is an error and not a wait."""

    async def waits(_: Reading) -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waited"):
        await store.in_one_go(PUBLIC, waits)


def test_what_never_waits_is_finished_at_once() -> None:
    """With what it gives or raises."""

    async def seven() -> int:
        return 7

    async def fails() -> int:
        raise KeyError("gone")

    assert finished(seven()) == 7
    with pytest.raises(KeyError, match="gone"):
        finished(fails())


async def test_a_side_that_fails_takes_the_others_with_it(store: SqliteStore) -> None:
    """The question ends with the error, and nothing is left that nobody waits for."""
    await store.put(simple("handbook:a"))
    begun: list[str] = []

    async def work(reading: Reading) -> list[None]:
        async def side(name: str) -> None:
            begun.append(name)
            raise StoreError(f"The {name} failed.")

        sides: list[Coroutine[Any, Any, None]] = [side("first"), side("second")]
        return await reading.each(sides)

    with pytest.raises(StoreError, match="first"):
        await store.in_one_go(PUBLIC, work)
    assert begun == ["first"]


async def test_both_sides_are_looked_for_at_once(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terms wait here until another thread has begun with the vectors."""
    await store.put(simple("handbook:a"))
    begun = threading.Event()
    helps, matches = NearestRows.help, MemoryIndex.lexical
    threads: list[str] = []

    def helping(search: NearestRows) -> None:
        threads.append(threading.current_thread().name)
        begun.set()
        helps(search)

    def waiting(*asked: Any) -> object:
        assert begun.wait(PATIENCE_S)
        return matches(*asked)

    monkeypatch.setattr(NearestRows, "help", helping)
    monkeypatch.setattr(MemoryIndex, "lexical", waiting)
    assert len((await find(store, PUBLIC, EVERY, Parts(), 300)).found) == 1
    assert len(set(threads)) == 2


async def test_nobody_waits_for_a_thread_that_cannot_begin(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the second thread gets no chance, the first one does all of it."""
    await store.put(simple("handbook:a"))
    monkeypatch.setattr(store, "_beside", Busy())
    assert len((await find(store, PUBLIC, EVERY, Parts(), 300)).found) == 1


@pytest.mark.parametrize("side", ["the terms", "the vectors"])
async def test_a_side_that_fails_leaves_none_behind(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    """The question fails with it, when the other one has ended too."""
    await store.put(simple("handbook:a"))
    begun = threading.Event()
    ended: list[str] = []

    def helps(_: NearestRows) -> None:
        if not threading.current_thread().name.startswith("index-vectors"):
            return
        begun.set()
        if side == "the vectors":
            raise StoreError("The index failed.")
        time.sleep(0.05)
        ended.append("the other")

    def matches(*_: object) -> tuple[list[int], list[float]]:
        assert begun.wait(PATIENCE_S)
        if side == "the terms":
            raise StoreError("The index failed.")
        ended.append("the other")
        return [], []

    monkeypatch.setattr(NearestRows, "help", helps)
    monkeypatch.setattr(MemoryIndex, "lexical", matches)
    with pytest.raises(StoreError, match="failed"):
        await find(store, PUBLIC, EVERY, Parts(), 300)
    assert ended == ["the other"]


async def test_a_store_without_vectors_is_asked_step_by_step(tmp_path: Path) -> None:
    """Where another store has them, the file alone cannot answer."""
    asked: list[int] = []
    near = simple("handbook:b", "leave days b")

    class Elsewhere(SqliteStore):
        async def nearest(self, vector: Vectors, readers: Readers, *, limit: int) -> list[Hit]:
            del vector, readers
            asked.append(limit)
            return [Hit(near.passages[0].id, near.document.id, 0.5)]

        async def cosines(self, vector: Vectors, passage_ids: Sequence[str]) -> list[float]:
            del vector
            return [0.1] * len(passage_ids)

    elsewhere = Elsewhere(tmp_path / "index.db", holds_vectors=False)
    await elsewhere.claim(MODEL, DIMENSION)
    await elsewhere.set_audiences(AUDIENCES)
    await elsewhere.put(simple("handbook:a", "leave days a"))
    await elsewhere.put(near)
    assert isinstance(elsewhere, InProcess)
    result = await find(elsewhere, PUBLIC, EVERY, Parts(), 7)
    assert asked == [7]
    assert {found.passage.document_id: found.cosine for found in result.found} == {
        "handbook:a": 0.1,
        "handbook:b": 0.5,
    }
    await elsewhere.close()


async def test_a_closed_store_says_so(store: SqliteStore) -> None:
    """With one sentence, as for everything else."""
    await store.close()
    with pytest.raises(StoreError, match="was closed: open it again"):
        await find(store, PUBLIC, EVERY, Parts(), 300)
