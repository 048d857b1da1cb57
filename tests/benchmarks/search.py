"""How long a search takes over many passages, the embedding of the question apart.

The baseline is what one would write by hand: the vectors in one numpy matrix, `bm25s` over the same
stems, the best of both scaled to 0…1 and added up in plain Python. It fuses two lists of passages
and reads no passage; the product also scores three more kinds of terms, weighs the two sides by
question, ranks documents, filters by readers and reads the passages from its file.

Every question is asked several times on both sides, and its quickest time counts. On a machine that
does other work, the times of the processor say more than those of the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import bm25s
import numpy as np

from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.search import Query, Search
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.stores.sqlite_vectors import coded
from footnote.retrieval.text import Analyzer
from tests.benchmarks.made_index import DIMENSION, PER_DOCUMENT, MadeIndex, PreparedEmbedder
from tests.benchmarks.timing import percentiles, resident_bytes, say, show

POOL = 300
FOUND = 8
ASKED_WORDS = 9
RECALLED = 10
TURNS = 3
REST_S = 0.25
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


async def measure(passages: int, questions: int, seed: int) -> dict[str, object]:
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
            before, start = resident_bytes(), perf_counter()
            await search.find(Query(asked[0]), PUBLIC, limit=FOUND)
            first_s, memory = perf_counter() - start, resident_bytes() - before
            say("Building the baseline…")
            by_hand = ByHand(made.stems, vectors)
            by_hand.find(analyzer.stems(asked[0]), drawn[0])
            say(f"Asking {questions} questions…")
            clock = np.empty((TURNS, questions, 2))
            processor = np.empty_like(clock)
            for turn in range(TURNS):
                for number, text in enumerate(asked):
                    await asyncio.sleep(REST_S)
                    at = perf_counter(), process_time()
                    await search.find(Query(text), PUBLIC, limit=FOUND)
                    then = perf_counter(), process_time()
                    by_hand.find(analyzer.stems(text), embedder.vectors[text])
                    end = perf_counter(), process_time()
                    clock[turn, number] = then[0] - at[0], end[0] - then[0]
                    processor[turn, number] = then[1] - at[1], end[1] - then[1]
            recall = await _recall(store, vectors, drawn)
    return {
        "passages": passages,
        "questions": questions,
        "seed": seed,
        "clock": _compared(clock),
        "processor": _compared(processor),
        **recall,
        "first_question_s": round(first_s, 2),
        "bytes_a_passage": round(memory / passages),
    }


def _compared(seconds: np.ndarray) -> dict[str, object]:
    """Both sides, given the seconds of each turn, question and side."""
    ours, theirs = (percentiles(side) for side in seconds.min(axis=0).T)
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
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    show(asyncio.run(measure(chosen.passages, chosen.questions, chosen.seed)), as_json=chosen.json)


if __name__ == "__main__":
    main()
