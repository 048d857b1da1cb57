"""How long a sync takes that finds nothing changed, against a bare walk that stats every file."""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from footnote.connectors.files import FilesConnector
from footnote.retrieval.chunking.cutter import RECIPE, Cutter
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.sync import Sync
from footnote.retrieval.text import Analyzer
from tests.benchmarks.timing import say, show
from tests.hashing import HashEmbedder


def walk(folder: Path) -> int:
    """Stat every file; gives back how many there are."""
    files = 0
    for above, _, names in os.walk(folder):
        for name in names:
            os.stat(os.path.join(above, name))  # noqa: PTH116, PTH118  the barest walk there is
            files += 1
    return files


async def measure(folder: Path, turns: int) -> dict[str, object]:
    """Sync once, then again and again with nothing changed."""
    embedder = HashEmbedder()
    connector = FilesConnector("folder", folder)
    with tempfile.TemporaryDirectory() as name:
        async with open_store(Path(name) / "index.db") as store:
            await store.claim(embedder.model_id, embedder.dimension)
            sync = Sync(
                store,
                embedder,
                cut=Cutter(embedder.token_spans).cut,
                index_terms=Analyzer().terms,
                recipe=RECIPE,
                locks=FileLocks(Path(name)),
            )
            say("Syncing the folder for the first time…")
            first = await sync.run(connector, "folder")
            ours, theirs = [], []
            for _ in range(turns):
                start = perf_counter()
                again = await sync.run(connector, "folder")
                between = perf_counter()
                files = walk(folder)
                theirs.append(perf_counter() - between)
                ours.append(between - start)
                if again.new or again.changed or again.deleted:
                    raise SystemExit("The folder changed while it was measured: run this again.")
    return {
        "files": files,
        "documents": first.listed,
        "passages": first.passages,
        "sync_ms": round(median(ours) * 1000, 3),
        "baseline_ms": round(median(theirs) * 1000, 3),
        "ratio": round(median(ours) / median(theirs), 3),
    }


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="A folder of documents.")
    parser.add_argument("--turns", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    show(asyncio.run(measure(chosen.data, chosen.turns)), as_json=chosen.json)


if __name__ == "__main__":
    main()
