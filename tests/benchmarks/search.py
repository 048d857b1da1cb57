"""How long a search takes over many passages, the embedding of the question apart.

The baseline is what one would write by hand: the vectors in one numpy matrix, `bm25s` over the same
stems, the best of both scaled to 0…1 and added up in plain Python. It fuses two lists of passages
and reads no passage; the product also scores three more kinds of terms, weighs the two sides by
question, ranks documents, filters by readers and reads the passages from its file.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import bm25s
import numpy as np

from footnote.connectors.base import Document, Syntax
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import EVERYONE, PUBLIC
from footnote.retrieval.search import Query, Search
from footnote.retrieval.stores.base import IndexedDocument, PassageStore
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.text import Analyzer
from tests.benchmarks.timing import Writer, percentiles, say, show

DIMENSION = 384
PER_DOCUMENT = 10
WORDS = 110
POOL = 300
FOUND = 8


class PreparedEmbedder:
    """Gives each question the vector that was drawn for it."""

    model_id = "prepared"
    dimension = DIMENSION
    max_tokens = 256

    def __init__(self) -> None:
        self.vectors: dict[str, np.ndarray] = {}

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> np.ndarray:
        """What was prepared."""
        del urgent, progress
        return np.stack([self.vectors[text] for text in texts])

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Nothing is cut here."""
        del text
        return []


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


async def _fill(
    store: PassageStore, writer: Writer, vectors: np.ndarray, analyzer: Analyzer
) -> list[list[str]]:
    """Put documents of ten passages each; gives back the stems of every passage."""
    await store.claim(PreparedEmbedder.model_id, DIMENSION)
    await store.set_audiences({"made": frozenset({EVERYONE})})
    stems: list[list[str]] = []
    for first in range(0, len(vectors), PER_DOCUMENT):
        rows = vectors[first : first + PER_DOCUMENT]
        document = Document(
            f"made:{first}", "made", "1", "", title=writer.text(4), syntax=Syntax.TEXT
        )
        passages = tuple(
            Passage(f"{first}.{n}", document.id, "made", document.title, (), text, 0, len(text), n)
            for n, text in enumerate(writer.text(WORDS) for _ in rows)
        )
        terms = tuple(analyzer.terms(passage) for passage in passages)
        stems += [analyzer.stems(passage.searched) for passage in passages]
        await store.put(IndexedDocument(document, passages, rows, terms, "made"))
    return stems


async def measure(passages: int, questions: int, seed: int) -> dict[str, object]:
    """Fill both sides with the same, and ask them in turn."""
    writer, analyzer, embedder = Writer(seed), Analyzer(), PreparedEmbedder()
    vectors = writer.unit_vectors(passages, DIMENSION)
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "index.db") as store:
            say(f"Writing {passages} passages…")
            stems = await _fill(store, writer, vectors, analyzer)
            by_hand = ByHand(stems, vectors)
            search = Search(store, embedder, analyzer)
            asked = [writer.text(9) for _ in range(questions)]
            embedder.vectors = dict(
                zip(asked, writer.unit_vectors(questions, DIMENSION), strict=True)
            )
            await search.find(Query(asked[0]), PUBLIC, limit=FOUND)
            say(f"Asking {questions} questions…")
            ours, theirs = [], []
            for text in asked:
                start = perf_counter()
                await search.find(Query(text), PUBLIC, limit=FOUND)
                between = perf_counter()
                by_hand.find(analyzer.stems(text), embedder.vectors[text])
                theirs.append(perf_counter() - between)
                ours.append(between - start)
    product, baseline = percentiles(ours), percentiles(theirs)
    return {
        "passages": passages,
        "questions": questions,
        "seed": seed,
        "search": product,
        "baseline": baseline,
        "ratio_p95": round(product["p95_ms"] / baseline["p95_ms"], 3),
    }


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    show(asyncio.run(measure(chosen.passages, chosen.questions, chosen.seed)), as_json=chosen.json)


if __name__ == "__main__":
    main()
