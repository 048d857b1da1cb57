"""Search and import on a real Weaviate, beside the client's own batch insert.

    python -m tests.benchmarks.weaviate --passages 100000

A server is started from the `weaviate` on PATH. Import is told as a share of what `insert_many`
alone, with the same objects in batches of 500, does on the same server; the two take turns. Of a
search it tells the time by the clock, and what it takes of the server's processor and of ours,
which does not depend on what else the machine does. The first questions meet a server that has
counted nothing yet, so each question is asked in two rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from footnote.connectors.base import Document, Syntax
from footnote.retrieval.moving import SIDE_BY_SIDE
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.search import Query, Search
from footnote.retrieval.stores.base import IndexedDocument
from footnote.retrieval.stores.weaviate import WeaviateStore, open_store
from footnote.retrieval.stores.weaviate_link import chunks
from footnote.retrieval.stores.weaviate_objects import passage_objects
from footnote.retrieval.stores.weaviate_options import VectorIndex, WeaviateOptions
from footnote.retrieval.text import Analyzer
from tests.benchmarks.made_index import DIMENSION, PreparedEmbedder
from tests.benchmarks.timing import Writer, percentiles, say, show
from tests.servers.weaviate_server import running_weaviate, weaviate_executable

FOUND = 8
PER_DOCUMENT, WORDS, BATCH, ROUND = 10, 120, 500, 5_000


def documents(writer: Writer, count: int, first: int) -> Iterator[IndexedDocument]:
    """Made-up documents of ten passages each."""
    analyzer = Analyzer()
    for place in range(first, first + count, PER_DOCUMENT):
        document = Document(f"made:{place}", "made", "1", "", writer.text(4), Syntax.TEXT)
        passages = tuple(
            Passage(f"{place}.{n}", document.id, "made", document.title, (), text, 0, len(text), n)
            for n, text in enumerate(writer.text(WORDS) for _ in range(PER_DOCUMENT))
        )
        vectors = writer.unit_vectors(PER_DOCUMENT, DIMENSION)
        terms = tuple(analyzer.terms(passage) for passage in passages)
        yield IndexedDocument(document, passages, vectors, terms, "made")


async def put_all(store: WeaviateStore, items: list[IndexedDocument]) -> float:
    """Seconds that the store takes, with several documents under way as in a move."""
    turns = asyncio.Semaphore(SIDE_BY_SIDE)

    async def put(item: IndexedDocument) -> None:
        async with turns:
            await store.put(item)

    start = perf_counter()
    await asyncio.gather(*(put(item) for item in items))
    return perf_counter() - start


async def insert_all(store: WeaviateStore, items: list[IndexedDocument]) -> float:
    """Seconds that the bare client takes for the same passages."""
    objects = [
        found
        for item in items
        for found in passage_objects(item, item.vectors, secrets.token_hex(8))
    ]
    start = perf_counter()
    for batch in chunks(objects, BATCH):
        await store.link.passages.data.insert_many(batch)
    return perf_counter() - start


async def measure(
    options: WeaviateOptions, process: Path, passages: int, questions: int, seed: int
) -> dict[str, object]:
    """Import in turns into two indexes, then ask.

    Args:
        options: How to reach the server.
        process: Its folder in /proc.
        passages: How many go into each index.
        questions: How many are asked.
        seed: Of the draw.
    """
    writer, embedder = Writer(seed), PreparedEmbedder()
    bare_options = replace(options, prefix=f"{options.prefix}Bare")
    ours = theirs = 0.0
    async with open_store(options) as store, open_store(bare_options) as bare:
        for opened in (store, bare):
            await opened.claim(embedder.model_id, DIMENSION)
        await store.set_audiences({"made": frozenset({"everyone"})})
        for first in range(0, passages, ROUND):
            items = list(documents(writer, min(ROUND, passages - first), first))
            ours += await put_all(store, items)
            theirs += await insert_all(bare, items)
            say(f"{first + ROUND} passages: {theirs / ours:.2f} of the bare client's speed")
        search = Search(store, embedder, Analyzer())
        asked = [writer.text(9) for _ in range(questions)]
        embedder.vectors = dict(zip(asked, writer.unit_vectors(questions, DIMENSION), strict=True))
        rounds = [await ask_all(search, asked, process) for _ in range(2)]
    resident = [line for line in _status(process) if line.startswith("VmRSS")]
    return {
        "passages": passages,
        "index": str(options.index),
        "seed": seed,
        "search": rounds[0],
        "search_again": rounds[1],
        "passages_a_second": round(passages / ours, 1),
        "share_of_bare": round(theirs / ours, 3),
        "server_memory_of_both": resident[0].split()[1:],
    }


async def ask_all(search: Search, asked: Sequence[str], process: Path) -> dict[str, float]:
    """How long a search takes, and what of the processors, in milliseconds."""
    times = []
    theirs, ours = _processor_s(process), process_time()
    for text in asked:
        start = perf_counter()
        await search.find(Query(text), PUBLIC, limit=FOUND)
        times.append(perf_counter() - start)
    theirs, ours = _processor_s(process) - theirs, process_time() - ours
    return {
        **percentiles(times),
        "server_processor_ms": round(theirs / len(asked) * 1000, 1),
        "processor_ms": round(ours / len(asked) * 1000, 1),
    }


def _status(process: Path) -> list[str]:
    return (process / "status").read_text(encoding="ascii").splitlines()


def _processor_s(process: Path) -> float:
    """What the server has used of the processors so far; the fields are those of proc(5)."""
    fields = (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--index", type=VectorIndex, default=VectorIndex.HNSW)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        running_weaviate(weaviate_executable(), Path(folder) / "data") as server,
    ):
        options = WeaviateOptions(
            url=server.url, grpc=server.grpc, index=chosen.index, timeout_s=300
        )
        process = Path(f"/proc/{server.pid}")
        result = asyncio.run(
            measure(options, process, chosen.passages, chosen.questions, chosen.seed)
        )
    show(result, as_json=chosen.json)


if __name__ == "__main__":
    main()
