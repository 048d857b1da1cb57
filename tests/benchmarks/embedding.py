"""How many passages are embedded a second, against the plain loop of one text after another.

The plain loop uses the same model in the same runtime with the same number of threads, and embeds
each text as it comes. The passages are as long as those that the product cuts, and as unequal.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from time import perf_counter

import numpy as np
import onnxruntime
from tokenizers import BertWordPieceTokenizer

from footnote.models.cache import default_cache
from footnote.models.embedding import MAX_TOKENS, open_minilm
from footnote.models.minilm.fetch import FOLDER
from tests.benchmarks.timing import Writer, say, show

WORDS = (20, 150)


class PlainLoop:
    """One text, one run."""

    def __init__(self, threads: int) -> None:
        folder = default_cache() / FOLDER
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(folder / "model.onnx", options)
        self._tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, texts: list[str]) -> np.ndarray:
        """Vectors of texts, one after another."""
        rows = []
        for text in texts:
            ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
            inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            rows.append(self._session.run(["sentence"], inputs)[0][0])
        return np.stack(rows)


async def measure(passages: int, threads: int, seed: int) -> dict[str, object]:
    """Embed the same texts by both, in turns, and compare the best of three."""
    writer = Writer(seed)
    texts = [writer.text(int(words)) for words in writer.random.integers(*WORDS, passages)]
    loop = PlainLoop(threads)
    async with open_minilm(default_cache(), threads) as embedder:
        await embedder.embed(texts[:16])
        loop.embed(texts[:16])
        ours, theirs = [], []
        for turn in range(3):
            say(f"Turn {turn + 1} of 3…")
            start = perf_counter()
            batched = await embedder.embed(texts)
            between = perf_counter()
            plain = await asyncio.to_thread(loop.embed, texts)
            theirs.append(perf_counter() - between)
            ours.append(between - start)
    return {
        "passages": passages,
        "threads": threads,
        "seed": seed,
        "product_per_second": round(passages / min(ours), 1),
        "baseline_per_second": round(passages / min(theirs), 1),
        "ratio": round(min(theirs) / min(ours), 3),
        "least_cosine": round(float((batched * plain).sum(axis=1).min()), 6),
    }


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=256)
    parser.add_argument("--threads", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    show(asyncio.run(measure(chosen.passages, chosen.threads, chosen.seed)), as_json=chosen.json)


if __name__ == "__main__":
    main()
