"""Sync: when the embedder, the store or the source breaks down, and how much is held at once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from footnote.connectors.base import Document, SourceError
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.errors import StoreError, SyncBusyError, SyncStoppedError
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.sync import BATCH_PASSAGES, HOPELESS, SyncProgress
from footnote.retrieval.sync_reading import READ_AHEAD
from tests.retrieval.sync_fakes import (
    SOURCE,
    FailingStore,
    HashEmbedder,
    ScriptedConnector,
    at_once,
    contents,
    make_sync,
)

HOLD = """
import asyncio, sys
from pathlib import Path
from footnote.retrieval.locks import FileLocks

async def main():
    async with FileLocks(Path(sys.argv[1])).hold("handbook"):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def numbered(count: int, text: str = "text") -> dict[str, str | Exception]:
    """So many documents of one passage each."""
    return {f"{number}.md": f"{text} {number}" for number in range(count)}


async def test_one_document_that_cannot_be_embedded_takes_no_other_with_it(
    index: PassageStore, tmp_path: Path
) -> None:
    """The rest of its batch is put, its old text stays, and it is tried again, last of all."""
    connector = ScriptedConnector({"bad.md": "old", **numbered(4)})
    embedder = HashEmbedder()
    sync = make_sync(index, tmp_path, embedder)
    await sync.run(connector, SOURCE)

    def spoil(text: str) -> None:
        if "bad" in text:
            raise RuntimeError("too long")

    embedder.spoil = spoil
    connector.texts |= {"bad.md": "new", **numbered(4, "changed")}
    report = await sync.run(connector, SOURCE)
    assert report.changed == 4
    (failure,) = report.failed
    assert failure.document_id == f"{SOURCE}:bad.md"
    assert "too long" in failure.reason
    assert await contents(index) == {**connector.texts, "bad.md": "old"}
    connector.fetched.clear()
    connector.texts["3.md"] = "changed again"
    embedder.spoil = lambda _: None
    assert (await sync.run(connector, SOURCE)).changed == 2
    assert connector.fetched == ["3.md", "bad.md"]
    assert await contents(index) == connector.texts


@pytest.mark.parametrize("value", [np.nan, np.inf])
async def test_vectors_that_are_no_numbers_cost_one_document(
    index: PassageStore, tmp_path: Path, value: float
) -> None:
    """NaN never reaches the index, and its document alone is reported."""

    def alter(texts: Sequence[str], vectors: Vectors) -> None:
        vectors[[text.startswith("1.md") for text in texts], 3] = value

    embedder = HashEmbedder()
    embedder.alter = alter
    connector = ScriptedConnector(numbered(3))
    report = await make_sync(index, tmp_path, embedder).run(connector, SOURCE)
    assert [failure.document_id for failure in report.failed] == [f"{SOURCE}:1.md"]
    assert set(await contents(index)) == {"0.md", "2.md"}


async def test_failures_here_and_there_stop_no_sync(index: PassageStore, tmp_path: Path) -> None:
    """Many documents that cannot be embedded, with others between them, are just reported."""
    connector = ScriptedConnector(numbered(4 * HOPELESS))
    embedder = HashEmbedder()

    def spoil(text: str) -> None:
        if int(text.rpartition(" ")[2]) % 2:
            raise RuntimeError("odd")

    embedder.spoil = spoil
    report = await make_sync(index, tmp_path, embedder).run(connector, SOURCE)
    assert (report.new, len(report.failed)) == (2 * HOPELESS, 2 * HOPELESS)


@pytest.mark.parametrize("passages", [1, BATCH_PASSAGES])
async def test_a_broken_embedder_stops_the_sync(
    index: PassageStore, tmp_path: Path, passages: int
) -> None:
    """It is given up soon, whatever the size of documents; nothing is lost, nothing deleted."""
    connector = ScriptedConnector(numbered(10))
    embedder = HashEmbedder()
    sync = make_sync(index, tmp_path, embedder)
    await sync.run(connector, SOURCE)
    before = dict(connector.texts)
    del connector.texts["9.md"]
    connector.texts |= {f"{number}.md": "line\n" * passages for number in range(8)}

    def spoil(_: str) -> None:
        raise ConnectionError("no route")

    embedder.spoil = spoil
    with pytest.raises(SyncStoppedError, match=r"0 of 8 .* fails on every .*no route") as stopped:
        await sync.run(connector, SOURCE)
    assert len(stopped.value.report.failed) == HOPELESS - 1
    assert await contents(index) == before
    embedder.spoil = lambda _: None
    assert (await sync.run(connector, SOURCE)).changed == 8
    assert await contents(index) == connector.texts


async def test_a_store_that_fails_on_the_way_keeps_what_was_done(
    index: PassageStore, tmp_path: Path
) -> None:
    """The error says how much is done; the next sync reads only the rest."""
    connector = ScriptedConnector(numbered(6))
    full = StoreError("The index cannot grow, since the disk is full: free some space.")
    failing = FailingStore(index, full, calls=5)
    with pytest.raises(SyncStoppedError, match=r"3 of 6 .* kept, .* disk is full") as stopped:
        await make_sync(failing, tmp_path).run(connector, SOURCE)
    assert failing.called == ["manifest", "claim", "put", "put", "put", "put"]
    assert (stopped.value.report.new, stopped.value.report.passages) == (3, 3)
    assert len(await contents(index)) == 3
    assert (await index.stats()).sources[0].last_sync is None
    connector.fetched.clear()
    assert (await make_sync(index, tmp_path).run(connector, SOURCE)).new == 3
    assert len(connector.fetched) == 3
    assert await contents(index) == connector.texts


async def test_a_source_that_goes_away_stops_the_sync(index: PassageStore, tmp_path: Path) -> None:
    """A source lost while documents are fetched deletes nothing; what came before is kept."""
    connector = ScriptedConnector({"gone.md": "text", **numbered(2)})
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    del connector.texts["gone.md"]
    connector.texts |= {"0.md": "line\n" * BATCH_PASSAGES, "1.md": SourceError("It is unplugged.")}
    with pytest.raises(SyncStoppedError, match=r"1 of 2 .*unplugged"):
        await sync.run(connector, SOURCE)
    assert await contents(index) == {"gone.md": "text", **connector.texts, "1.md": "text 1"}


async def test_a_cancelled_sync_leaves_no_work_and_no_lock_behind(
    index: PassageStore, tmp_path: Path
) -> None:
    """Its reading ahead is cancelled with it, and the next sync may start at once."""
    connector = ScriptedConnector(numbered(20))
    reading = asyncio.Event()

    async def never() -> None:
        reading.set()
        await asyncio.sleep(60)

    connector.before = never
    task = asyncio.create_task(make_sync(index, tmp_path).run(connector, SOURCE))
    await reading.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    connector.before = at_once
    assert (await make_sync(index, tmp_path).run(connector, SOURCE)).new == 20


async def test_small_documents_share_a_call_of_the_embedder(
    index: PassageStore, tmp_path: Path
) -> None:
    """Calls are as full as they can be, and no document is split between two."""
    connector = ScriptedConnector(numbered(2 * BATCH_PASSAGES + 10))
    embedder = HashEmbedder()
    await make_sync(index, tmp_path, embedder).run(connector, SOURCE)
    assert embedder.calls == [BATCH_PASSAGES, BATCH_PASSAGES, 10]


async def test_memory_holds_a_few_documents_whatever_the_source(
    index: PassageStore, tmp_path: Path
) -> None:
    """No more documents are fetched than one batch and those read ahead."""
    connector = ScriptedConnector(numbered(60, "line\n" * 32))
    held: list[int] = []

    def watch(progress: SyncProgress) -> None:
        held.append(len(connector.fetched) - progress.done)

    await make_sync(index, tmp_path).run(connector, SOURCE, progress=watch)
    assert max(held) <= BATCH_PASSAGES // 32 + READ_AHEAD + 1
    assert len(connector.fetched) == 60


async def test_documents_are_fetched_while_others_are_embedded(
    index: PassageStore, tmp_path: Path
) -> None:
    """The embedder waits for no connector: while it works, the next documents come in."""
    connector = ScriptedConnector(numbered(4, "line\n" * BATCH_PASSAGES))
    embedder = HashEmbedder()
    everything_came = asyncio.Event()

    def note(document: Document) -> Document:
        if len(connector.fetched) == 4:
            everything_came.set()
        return document

    async def wait() -> None:
        await asyncio.wait_for(everything_came.wait(), 10)

    connector.alter, embedder.before = note, wait
    assert (await make_sync(index, tmp_path, embedder).run(connector, SOURCE)).new == 4


async def test_two_syncs_of_one_source_never_run_at_once(
    index: PassageStore, tmp_path: Path
) -> None:
    """The second is told so; another source, and a dry run, may go on beside the first."""
    connector = ScriptedConnector(numbered(2))
    sync = make_sync(index, tmp_path)
    async with FileLocks(tmp_path / "locks").hold(SOURCE):
        with pytest.raises(SyncBusyError, match="handbook is being synced already"):
            await sync.run(connector, SOURCE)
        assert await index.manifest(SOURCE) == {}
        assert (await sync.run(connector, SOURCE, dry_run=True)).new == 2
        await sync.run(ScriptedConnector(), "a/b:c")
    assert (await sync.run(connector, SOURCE)).new == 2


async def test_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    """Whoever is killed while syncing keeps nobody from syncing."""
    locks = FileLocks(tmp_path)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLD, str(tmp_path)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"held\n"
    with pytest.raises(SyncBusyError):
        async with locks.hold(SOURCE):
            pass
    child.send_signal(signal.SIGKILL)
    await child.wait()
    async with locks.hold(SOURCE):
        pass


async def test_locks_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    """A file in the folder's place is one sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"check the folder .*file"):
        async with FileLocks(tmp_path / "file").hold(SOURCE):
            pass
