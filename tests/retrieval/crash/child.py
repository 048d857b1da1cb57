"""The process that is killed: syncs one edition of a source into an index when told to.

Run as `python -m tests.retrieval.crash.child FOLDER EDITION`; it starts at a line on its input,
and writes a line with the number of documents done after each one.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.sync import SyncProgress
from tests.retrieval.sync_fakes import SOURCE, ScriptedConnector, make_sync

DOCUMENTS = 60
LINES = 4


def text(document: int, edition: int) -> str:
    """A document's text; no line and few words are the same in two editions."""
    words = [f"w{document}x{edition}y{number}" for number in range(80)]
    return "\n".join(f"edition {edition} line {line} {' '.join(words)}" for line in range(LINES))


def source(edition: int) -> ScriptedConnector:
    """A source of one edition."""
    return ScriptedConnector({f"{number}.md": text(number, edition) for number in range(DOCUMENTS)})


async def sync(folder: Path, edition: int) -> None:
    """Bring the index in `folder` to an edition."""
    async with open_store(folder / "index.db") as store:
        await make_sync(store, folder).run(source(edition), SOURCE, progress=tell)


def tell(progress: SyncProgress) -> None:
    """Write how many documents are done."""
    sys.stdout.write(f"{progress.done}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.stdin.readline()
    asyncio.run(sync(Path(sys.argv[1]), int(sys.argv[2])))
