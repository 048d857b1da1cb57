"""How long a search takes over many passages, the embedding of the question apart.

The baseline is what one would write by hand: the vectors in one numpy matrix, `bm25s` over the same
stems, the best of both scaled to 0…1 and added up in plain Python. It fuses two lists of passages
and reads no passage; the product also scores three more kinds of terms, weighs the two sides by
question, ranks documents, filters by readers and reads the passages from its file.

The sides take turns: one is asked every question, then the other. Every question is asked several
times on both sides, and its quickest time counts; `first_time_asked` is ours before what its terms
add is known. With a rest before each question both find the processor's caches cold, as the first
question after a while does. On a machine that does other work, the times of the processor say more
than those of the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter, process_time

import bm25s
import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.search import Query, Search
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.stores.sqlite_vectors import coded
from footnote.retrieval.text import Analyzer
from tests.benchmarks.made_index import DIMENSION, PER_DOCUMENT, MadeIndex, PreparedEmbedder
from tests.benchmarks.timing import percentiles, resident_bytes, say, show

Times = NDArray[np.float64]

POOL = 300
FOUND = 8
ASKED_WORDS = 9
RECALLED = 10
TURNS = 3
SETTLE_S = 0.25
"""NumPy's threads go on at full speed for a while after a product, which must not count as ours."""


class ByHand:
    """numpy and bm25s, fused in plain Python."""

    def __init__(self, stems: list[list[str]], vectors: np.ndarray) -> None:
        self._vectors = vectors
        self._bm25 = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        self._bm25.index(stems, show_progress=False)

    def find(self, stems: list[str], vector: np.ndarray) -> list[int]:
        """Rows of the best passages."""
        lexical = _best(self._bm25.get_scores(stems))
        nearest = _best(self._vectors @ vector)
        fused = {
            row: lexical.get(row, 0.0) / 2 + nearest.get(row, 0.0) / 2
            for row in {**lexical, **nearest}
        }
        return sorted(fused, key=lambda row: -fused[row])[:FOUND]


def _best(scores: np.ndarray) -> dict[int, float]:
    rows = np.argpartition(scores, -POOL)[-POOL:]
    low, high = float(scores[rows].min()), float(scores[rows].max())
    return {int(row): (float(scores[row]) - low) / (high - low or 1.0) for row in rows}


async def _recall(store: PassageStore, vectors: np.ndarray, asked: np.ndarray) -> dict[str, float]:
    """Which share of the truly nearest passages is found: by the store, and by its codes alone."""
    codes, steps, _ = coded(vectors)
    rounded = codes * steps[:, np.newaxis]
    found = near = 0
    for vector in asked:
        hits = await store.nearest(vector, PUBLIC, limit=RECALLED)
        exact = set(np.argsort(-(vectors @ vector))[:RECALLED].tolist())
        code, step, _ = coded(vector[np.newaxis])
        near += len(exact & set(np.argsort(-(rounded @ (code[0] * step[0])))[:RECALLED].tolist()))
        ids = {f"{row - row % PER_DOCUMENT}.{row % PER_DOCUMENT}" for row in exact}
        found += len(ids & {hit.passage_id for hit in hits})
    every = RECALLED * len(asked)
    return {
        f"recall_at_{RECALLED}": round(found / every, 4),
        f"recall_at_{RECALLED}_first_pass": round(near / every, 4),
    }


async def _asked(ask: Callable[[int], Awaitable[object]], questions: int, rest: float) -> Times:
    """Seconds of the clock and of the processor for each question, shape (questions, 2)."""
    await asyncio.sleep(SETTLE_S)
    times = np.empty((questions, 2))
    for number in range(questions):
        if rest:
            await asyncio.sleep(rest)
        before = np.array((perf_counter(), process_time()))
        await ask(number)
        times[number] = np.array((perf_counter(), process_time())) - before
    return times


async def measure(passages: int, questions: int, seed: int, rest: float) -> dict[str, object]:
    """Fill both sides with the same, and ask them in turn."""
    made, analyzer, embedder = MadeIndex(seed), Analyzer(), PreparedEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "index.db") as store:
            say(f"Writing {passages} passages…")
            await made.open(store)
            await made.grow(store, passages)
            vectors = np.concatenate(made.vectors)
            asked = [made.writer.text(ASKED_WORDS) for _ in range(questions)]
            drawn = made.writer.unit_vectors(questions, DIMENSION)
            embedder.vectors = dict(zip(asked, drawn, strict=True))
            search = Search(store, embedder, analyzer)

            async def ours(number: int) -> None:
                await search.find(Query(asked[number]), PUBLIC, limit=FOUND)

            async def theirs(number: int) -> None:
                by_hand.find(analyzer.stems(asked[number]), drawn[number])

            before, start = resident_bytes(), perf_counter()
            await ours(0)
            first_s, memory = perf_counter() - start, resident_bytes() - before
            say("Building the baseline…")
            by_hand = ByHand(made.stems, vectors)
            say(f"Asking {questions} questions…")
            times = [
                [await _asked(side, questions, rest) for side in (ours, theirs)]
                for _ in range(TURNS)
            ]
            quickest = np.min(times, axis=0)
            recall = await _recall(store, vectors, drawn)
    return {
        "passages": passages,
        "questions": questions,
        "seed": seed,
        "rest_s": rest,
        "clock": _compared(quickest[:, :, 0]),
        "processor": _compared(quickest[:, :, 1]),
        "first_time_asked": percentiles(times[0][0][:, 0]),
        **recall,
        "first_question_s": round(first_s, 2),
        "bytes_a_passage": round(memory / passages),
    }


def _compared(seconds: Times) -> dict[str, object]:
    """Both sides, given the seconds of each side and question."""
    ours, theirs = map(percentiles, seconds)
    return {
        "search": ours,
        "baseline": theirs,
        "ratio_p95": round(ours["p95_ms"] / theirs["p95_ms"], 3),
    }


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rest", type=float, default=0.0, help="seconds before each question")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    measured = measure(chosen.passages, chosen.questions, chosen.seed, chosen.rest)
    show(asyncio.run(measured), as_json=chosen.json)


if __name__ == "__main__":
    main()
