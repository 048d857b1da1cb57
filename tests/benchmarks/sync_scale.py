"""What syncs of many documents take: first, unchanged, slightly changed, and killed in between.

    python -m tests.benchmarks.sync_scale --json
    python -m tests.benchmarks.sync_scale --documents 20 --sections 8 --minilm --json

With `--minilm` first syncs take turns with the bare embedder, given the same texts in one call;
without it, vectors are hashed, and what is left is the sync's own work.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from footnote.connectors.files import FilesConnector
from footnote.models.cache import default_cache
from footnote.models.embedding import open_minilm
from footnote.retrieval.chunking.cutter import RECIPE, Cutter
from footnote.retrieval.embedder import Embedder, Vectors
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.sync import Sync, SyncProgress
from footnote.retrieval.text import Analyzer
from tests.benchmarks.sync import walk
from tests.benchmarks.timing import Writer, resident_bytes, say, show
from tests.hashing import HashEmbedder

SOURCE = "made"
TURNS = 9
BARE_TURNS = 3
CHANGED_SHARE = 0.01
KILLED_AT = 0.4


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock and by the processor."""

    clock: float
    processor: float


class Watch:
    """Measures what happens until it is read."""

    def __init__(self) -> None:
        self._clock, self._processor = perf_counter(), process_time()

    def spent(self) -> Spent:
        """Seconds since it was made."""
        return Spent(perf_counter() - self._clock, process_time() - self._processor)


class Remembering:
    """An embedder that keeps the texts it was given, until they are taken away."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_id = embedder.model_id
        self.dimension = embedder.dimension
        self.max_tokens = embedder.max_tokens
        self.texts: list[str] = []

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """The embedder's vectors."""
        self.texts += texts
        return await self._embedder.embed(texts, urgent=urgent, progress=progress)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """The embedder's tokens."""
        return list(self._embedder.token_spans(text))


def write(folder: Path, documents: int, sections: int, seed: int) -> None:
    """Make the documents, a hundred a folder."""
    writer = Writer(seed)
    for number in range(documents):
        file = folder / f"{number // 100:03}" / f"{number:05}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        parts = [f"## {writer.text(3)}\n\n{writer.text(100)}." for _ in range(sections)]
        file.write_text("\n\n".join((f"# {writer.text(4)}", *parts)))


def sync_of(store: PassageStore, embedder: Embedder, folder: Path) -> Sync:
    """The product's sync."""
    return Sync(
        store,
        embedder,
        cut=Cutter(embedder.token_spans).cut,
        index_terms=Analyzer().terms,
        recipe=RECIPE,
        locks=FileLocks(folder),
    )


@asynccontextmanager
async def embedder_of(threads: int) -> AsyncIterator[Embedder]:
    """The product's embedder with so many threads, or with none hashes."""
    if not threads:
        yield HashEmbedder(dimension=384)
        return
    async with open_minilm(default_cache(), threads) as embedder:
        yield embedder


async def measure(
    folder: Path, documents: int, sections: int, threads: int, seed: int
) -> dict[str, object]:
    """Sync made-up documents in every way."""
    docs = folder / "docs"
    say(f"Writing {documents} documents…")
    write(docs, documents, sections, seed)
    connector = FilesConnector(SOURCE, docs)
    if threads:
        async with embedder_of(threads) as bare:
            return await _beside_bare(folder, connector, bare)
    memory: list[int] = []
    async with embedder_of(0) as embedder, open_store(folder / "index.db") as store:
        assert isinstance(embedder, HashEmbedder)

        def tell(progress: SyncProgress) -> None:
            # It remembers every text, which is not the sync's memory.
            embedder.texts.clear()
            if progress.done % max(1, documents // 20) == 0:
                memory.append(resident_bytes())

        sync = sync_of(store, embedder, folder)
        say("Syncing for the first time…")
        watch = Watch()
        report = await sync.run(connector, SOURCE, progress=tell)
        first = watch.spent()
        found: dict[str, object] = {
            "documents": documents,
            "passages": report.passages,
            "first_s": round(first.clock, 2),
            "first_processor_s": round(first.processor, 2),
            "memory_half_way_to_end": round(memory[-1] / memory[len(memory) // 2], 3),
        }
        found |= await _unchanged(sync, connector, docs)
        found |= await _changed(sync, connector, docs, documents, first)
    found |= await _killed(folder, documents)
    return found


async def _beside_bare(
    folder: Path, connector: FilesConnector, bare: Embedder
) -> dict[str, object]:
    """First syncs into new indexes, and the bare embedder over what they embedded, by turns."""
    embedder = Remembering(bare)
    ours, theirs = [], []
    for turn in range(BARE_TURNS):
        say(f"Syncing for the first time, and embedding the same texts, turn {turn + 1}…")
        embedder.texts.clear()
        async with open_store(folder / f"index{turn}.db") as store:
            watch = Watch()
            report = await sync_of(store, embedder, folder).run(connector, SOURCE)
            ours.append(watch.spent())
        watch = Watch()
        await bare.embed(embedder.texts)
        theirs.append(watch.spent())
    clock = [alone.clock / first.clock for alone, first in zip(theirs, ours, strict=True)]
    processor = [
        alone.processor / first.processor for alone, first in zip(theirs, ours, strict=True)
    ]
    return {
        "documents": report.new,
        "passages": report.passages,
        "first_s": round(median(each.clock for each in ours), 2),
        "first_processor_s": round(median(each.processor for each in ours), 2),
        "embedding_of_bare": round(median(clock), 3),
        "embedding_of_bare_processor": round(median(processor), 3),
    }


async def _unchanged(sync: Sync, connector: FilesConnector, docs: Path) -> dict[str, object]:
    say("Syncing with nothing changed…")
    ours, theirs = [], []
    for _ in range(TURNS):
        watch = Watch()
        await sync.run(connector, SOURCE)
        ours.append(watch.spent())
        watch = Watch()
        walk(docs)
        theirs.append(watch.spent())
    return {
        "unchanged_s": round(median(each.clock for each in ours), 3),
        "unchanged_to_walk": round(
            median(each.clock for each in ours) / median(each.clock for each in theirs), 2
        ),
        "unchanged_to_walk_processor": round(
            median(each.processor for each in ours) / median(each.processor for each in theirs), 2
        ),
    }


async def _changed(
    sync: Sync, connector: FilesConnector, docs: Path, documents: int, first: Spent
) -> dict[str, object]:
    say("Syncing with 1 % changed…")
    shares = []
    for turn in range(3):
        step = round(1 / CHANGED_SHARE)
        for number in range(turn, documents, step):
            with (docs / f"{number // 100:03}" / f"{number:05}.md").open("a") as file:
                file.write(f"\n\nChanged in turn {turn}.\n")
        watch = Watch()
        report = await sync.run(connector, SOURCE)
        spent = watch.spent()
        if report.changed != len(range(turn, documents, step)):
            raise SystemExit(f"{report.changed} documents were found changed: run this again.")
        shares.append((spent.clock / first.clock, spent.processor / first.processor))
    return {
        "changed_of_first": round(median(share[0] for share in shares), 4),
        "changed_of_first_processor": round(median(share[1] for share in shares), 4),
    }


async def _killed(folder: Path, documents: int) -> dict[str, object]:
    """Kill a first sync on its way, and see that nothing done is done again."""
    say("Killing a sync on its way, and going on…")
    again = folder / "again"
    again.mkdir()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.sync_scale", "--child", str(folder)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout
    told = 0
    async for line in child.stdout:
        told = int(line)
        if told >= documents * KILLED_AT:
            break
    child.send_signal(signal.SIGKILL)
    await child.communicate()
    async with embedder_of(0) as embedder, open_store(again / "index.db") as store:
        done = (await store.stats()).documents
        sync = sync_of(store, embedder, again)
        report = await sync.run(FilesConnector(SOURCE, folder / "docs"), SOURCE)
        missing = [
            document_id
            for document_id in await store.manifest(SOURCE)
            if await store.document(document_id, ADMIN) is None
        ]
    return {
        "killed_when_told": told,
        "done_when_killed": done,
        "done_again": report.new - (documents - done),
        "missing_in_the_end": len(missing),
    }


async def _child(folder: Path) -> None:
    def tell(progress: SyncProgress) -> None:
        sys.stdout.write(f"{progress.done if progress.total else 0}\n")
        sys.stdout.flush()

    again = folder / "again"
    async with embedder_of(0) as embedder, open_store(again / "index.db") as store:
        connector = FilesConnector(SOURCE, folder / "docs")
        await sync_of(store, embedder, again).run(connector, SOURCE, progress=tell)


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--sections", type=int, default=3)
    parser.add_argument("--minilm", action="store_true")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.child:
        asyncio.run(_child(chosen.child))
        return
    threads = chosen.threads if chosen.minilm else 0
    with tempfile.TemporaryDirectory() as folder:
        work = measure(Path(folder), chosen.documents, chosen.sections, threads, chosen.seed)
        show(asyncio.run(work), as_json=chosen.json)


if __name__ == "__main__":
    main()
