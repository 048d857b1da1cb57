"""What a text takes with a model in a GGUF file, against MiniLM in ONNX Runtime.

The model has MiniLM's shape (six layers, 384 wide) and random weights, which take as long as
trained ones. Both read the same texts, one at a time and in turns, and the best of all turns
counts. A pair is a question of ten words with the text.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter

import gguf

from footnote.models.cache import default_cache
from footnote.models.embedding import open_minilm
from footnote.models.encoders.embedder import open_gguf_embedder
from footnote.models.encoders.options import EncoderOptions
from footnote.models.encoders.reranker import open_gguf_reranker
from footnote.retrieval.embedder import Embedder
from tests.benchmarks.timing import say, show
from tests.models.gguf_bert import Bert, write_bert

Work = Callable[[str], Awaitable[object]]
"""Reads one text."""

KINDS = ("F32", "F16", "Q8_0")
WORDS = (20, 213)
QUESTION = "the cat sat on the mat the cat sat on"


def text_of(words: int) -> str:
    """A text of so many words, each of which is one token to both vocabularies."""
    return " ".join(("the", "cat", "sat", "on", "mat")[index % 5] for index in range(words))


def written(folder: Path, kind: str, *, head: bool) -> Path:
    """A model of MiniLM's shape."""
    bert = Bert(
        layers=6,
        width=384,
        heads=12,
        wide=1536,
        context=512,
        head=head,
        kind=gguf.GGMLQuantizationType[kind],
    )
    return write_bert(folder / f"{kind}-{head}.gguf", bert)


async def measure(turns: int, threads: int) -> dict[str, object]:
    """Milliseconds a text by what reads it and by its length in tokens, and as a ratio."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        minilm = await stack.enter_async_context(open_minilm(default_cache(), threads))
        works = {"minilm": _embedding(minilm)}
        for kind in KINDS:
            options = EncoderOptions(written(folder, kind, head=False), "embed", threads=threads)
            embedder = await stack.enter_async_context(open_gguf_embedder(options))
            works[kind] = _embedding(embedder)
        options = EncoderOptions(written(folder, "Q8_0", head=True), "rank", threads=threads)
        reranker = await stack.enter_async_context(open_gguf_reranker(options))
        works["pair Q8_0"] = lambda text: reranker.scores(QUESTION, [text])
        result: dict[str, object] = {"turns": turns, "threads": threads}
        for words in WORDS:
            say(f"Texts of {words + 2} tokens…")
            best = await _best(works, text_of(words), turns)
            for name, seconds in best.items():
                result[f"{name}, {words + 2} tokens, ms"] = round(seconds * 1000, 1)
                result[f"{name}, {words + 2} tokens, ratio"] = round(seconds / best["minilm"], 2)
        return result


def _embedding(embedder: Embedder) -> Work:
    return lambda text: embedder.embed([text])


async def _best(works: dict[str, Work], text: str, turns: int) -> dict[str, float]:
    found = dict.fromkeys(works, float("inf"))
    for _ in range(turns):
        for name, work in works.items():
            start = perf_counter()
            await work(text)
            found[name] = min(found[name], perf_counter() - start)
    return found


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    show(asyncio.run(measure(chosen.turns, chosen.threads)), as_json=chosen.json)


if __name__ == "__main__":
    main()
