"""How search time and memory grow with the index, as a table and as a picture for the docs.

Times are those of the processor, which on a busy machine say more than those of the clock.

python -m tests.benchmarks.growth --picture docs/growth.svg
"""

from __future__ import annotations

import argparse
import asyncio
import math
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.search import Query, Search
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.text import Analyzer
from tests.benchmarks.made_index import DIMENSION, MadeIndex, PreparedEmbedder
from tests.benchmarks.search import ASKED_WORDS, FOUND
from tests.benchmarks.timing import percentiles, resident_bytes, say, show

SIZES: Final = (25_000, 50_000, 100_000, 200_000, 300_000)
WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP, GAP = 760, 300, 55, 20, 40, 40, 55
APART: Final = 32
"""Pixels between two labels at least."""

Row = dict[str, float]


async def measure(sizes: tuple[int, ...], questions: int, seed: int) -> list[Row]:
    """Let one index grow, and ask at each size."""
    made, embedder = MadeIndex(seed), PreparedEmbedder()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.db"
        for size in sizes:
            say(f"Writing up to {size} passages…")
            async with open_store(path) as writing:
                await made.open(writing)
                await made.grow(writing, size)
            made.stems, made.vectors = [], []
            asked = [made.writer.text(ASKED_WORDS) for _ in range(questions)]
            drawn = made.writer.unit_vectors(questions, DIMENSION)
            embedder.vectors = dict(zip(asked, drawn, strict=True))
            # In a process of its own, since memory that was freed here would be used again there.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
                ask = partial(_asked_apart, path, embedder, asked, size)
                rows.append(await asyncio.get_running_loop().run_in_executor(apart, ask))
            say(str(rows[-1]))
    return rows


def _asked_apart(path: Path, embedder: PreparedEmbedder, asked: list[str], size: int) -> Row:
    return asyncio.run(_asked(path, embedder, asked, size))


async def _asked(path: Path, embedder: PreparedEmbedder, asked: list[str], size: int) -> Row:
    before = resident_bytes()
    async with open_store(path) as store:
        search = Search(store, embedder, Analyzer())
        start = perf_counter()
        await search.find(Query(asked[0]), PUBLIC, limit=FOUND)
        first = perf_counter() - start
        seconds = []
        for text in asked:
            start = process_time()
            await search.find(Query(text), PUBLIC, limit=FOUND)
            seconds.append(process_time() - start)
        memory = resident_bytes() - before
    return {
        "passages": size,
        **percentiles(seconds),
        "first_question_s": round(first, 2),
        "memory_mb": round(memory / 1e6),
    }


def picture(rows: list[Row]) -> str:
    """Two charts side by side as SVG: milliseconds a search, and megabytes of memory."""
    width = (WIDTH - GAP) // 2
    charts = (
        _chart(
            rows, 0, width, "ms of the processor a search", {"p95_ms": "p95", "p50_ms": "median"}
        ),
        _chart(rows, width + GAP, width, "MB of memory", {"memory_mb": ""}),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "".join(charts) + "</svg>\n"
    )


def _chart(rows: list[Row], x: int, width: int, title: str, lines: dict[str, str]) -> str:
    most = max(1.0, *(row[key] for row in rows for key in lines)) * 1.1
    widest = rows[-1]["passages"]
    low, high = HEIGHT - BOTTOM, TOP

    def place(passages: float, value: float) -> tuple[float, float]:
        across = x + LEFT + (width - LEFT - RIGHT) * passages / widest
        return round(across, 1), round(low - (low - high) * value / most, 1)

    drawn = [f'<text x="{x + LEFT}" y="{TOP - 18}" font-weight="bold">{title}</text>\n']
    for part in range(5):
        value = most * part / 4
        at = place(0, value)[1]
        drawn.append(
            f'<path d="M{x + LEFT} {at}H{x + width - RIGHT}" stroke="#ddd"/>'
            f'<text x="{x + LEFT - 6}" y="{at + 4}" text-anchor="end">{value:.0f}</text>\n'
        )
    free = math.inf
    for row in reversed(rows):
        at = place(row["passages"], 0)[0]
        if at > free:
            continue
        free = at - APART
        label = f"{row['passages'] / 1000:.0f}k"
        drawn.append(f'<text x="{at}" y="{low + 18}" text-anchor="middle">{label}</text>\n')
    for (key, name), colour in zip(lines.items(), ("#b3261e", "#1a5fb4"), strict=False):
        places = [place(row["passages"], row[key]) for row in rows]
        path = "L".join(f"{across} {up}" for across, up in places)
        dots = "".join(f'<circle cx="{a}" cy="{u}" r="3" fill="{colour}"/>' for a, u in places)
        end = places[-1]
        drawn.append(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
            f'<text x="{end[0] - 8}" y="{end[1] - 8}" fill="{colour}" text-anchor="end">{name}'
            "</text>\n"
        )
    return "".join(drawn)


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", type=Path, help="Where to draw it, as SVG.")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows = asyncio.run(measure(tuple(chosen.sizes), chosen.questions, chosen.seed))
    show({"rows": rows}, as_json=chosen.json)
    if chosen.picture:
        chosen.picture.write_text(picture(rows))


if __name__ == "__main__":
    main()
