"""What each kind of source costs: `python -m tests.benchmarks.connectors [KIND ...] [--json]`.

Documents a second listed and read on a server on loopback that takes 50 ms for each answer,
against a bare client's loop over the same; requests and seconds of a listing where nothing changed;
and the memory of a process of its own that reads a quarter of the documents, and all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from footnote.bot.plugins import connector_kind
from footnote.connectors.base import Connector, Remembering
from footnote.retrieval.sync_reading import READ_AHEAD
from tests.benchmarks.connector_kinds import KINDS, Served
from tests.benchmarks.timing import say

LATENCY_S = 0.05
COLUMNS = (
    "bare client, documents/s",
    "Footnote, documents/s",
    "ratio",
    "requests where nothing changed",
    "seconds of that",
    "memory, MB",
)
_READ_HERE = "--read-here"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one kind.

    Attributes:
        documents: How many documents the speed was measured on.
        bare_per_s: Documents a second of a bare client's loop.
        footnote_per_s: Documents a second listed and read.
        ratio: The second to the first.
        requests: How many requests that made.
        listed: How many documents were listed where nothing had changed.
        unchanged_requests: Requests of that listing.
        unchanged_s: Its seconds, without latency.
        memory_mb: The most memory of a process that reads a quarter of the documents, and all.
    """

    documents: int
    bare_per_s: float
    footnote_per_s: float
    ratio: float
    requests: int
    listed: int
    unchanged_requests: int
    unchanged_s: float
    memory_mb: tuple[float, float]


async def measure(kind: str, documents: int, listed: int, flat: int) -> Measured:
    """Measure one kind.

    Args:
        kind: As `KINDS` names it.
        documents: How many documents the speed is measured on.
        listed: How many are listed where nothing changed.
        flat: How many are read at most where memory is looked at.
    """
    say(f"{kind}: speed…")
    await _speed(kind, 10)  # what is imported for the first document counts for none
    bare, own, requests = await _speed(kind, documents)
    say(f"{kind}: a listing where nothing changed…")
    unchanged, seconds = await _unchanged(kind, listed)
    say(f"{kind}: memory…")
    memory = (await _memory(kind, flat // 4), await _memory(kind, flat))
    return Measured(
        documents=documents,
        bare_per_s=round(documents / bare, 1),
        footnote_per_s=round(documents / own, 1),
        ratio=round(bare / own, 2),
        requests=requests,
        listed=listed,
        unchanged_requests=unchanged,
        unchanged_s=round(seconds, 2),
        memory_mb=memory,
    )


async def _speed(kind: str, count: int) -> tuple[float, float, int]:
    """Seconds of the bare loop, those of a first sync's reading, and the requests of that."""
    async with KINDS[kind](count) as served:
        served.delay(LATENCY_S)
        started = time.perf_counter()
        await served.bare()
        bare = time.perf_counter() - started
        before = served.requests()
        with tempfile.TemporaryDirectory() as folder, _environment(served):
            started = time.perf_counter()
            assert await read_all(_connector(kind, served.settings, folder)) == count
            return bare, time.perf_counter() - started, served.requests() - before


async def _unchanged(kind: str, count: int) -> tuple[int, float]:
    """Requests and seconds of a listing where nothing changed since what it knows has settled."""
    async with KINDS[kind](count) as served:
        with tempfile.TemporaryDirectory() as folder, _environment(served):
            for _ in range(3):
                before, started = served.requests(), time.perf_counter()
                refs = [ref async for ref in _connector(kind, served.settings, folder).list()]
                assert len(refs) == count
            return served.requests() - before, time.perf_counter() - started


async def _memory(kind: str, count: int) -> float:
    """Megabytes that a process of its own needs at most to list and read so many documents."""
    async with KINDS[kind](count) as served:
        with tempfile.TemporaryDirectory() as folder:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", __spec__.name, _READ_HERE, kind, folder),
                json.dumps(dict(served.settings)),
                env={**os.environ, **served.environment},
                stdout=asyncio.subprocess.PIPE,
            )
            said, _ = await process.communicate()
            found = json.loads(said)
            assert found["documents"] == count
            return float(found["mb"])


async def read_all(connector: Connector) -> int:
    """List a source and read it as a sync does; how many documents it gave."""
    room = asyncio.Semaphore(READ_AHEAD)
    refs = [ref async for ref in connector.list()]

    async def read(document_id: str) -> None:
        async with room:
            await connector.fetch(document_id)

    for start in range(0, len(refs), 100):
        await asyncio.gather(*(read(ref.id) for ref in refs[start : start + 100]))
    return len(refs)


def _connector(kind: str, settings: Mapping[str, Any], folder: str) -> Connector:
    """A connector as a new process would have it, which remembers in a folder."""
    model = connector_kind(kind)
    keys = model.settings_model.model_validate(dict(settings)).model_dump()
    made = model.from_settings("docs", keys, Path(folder))
    if isinstance(made, Remembering):
        made.remember_in(Path(folder) / "memory")
    return made


@contextmanager
def _environment(served: Served) -> Iterator[None]:
    with mock.patch.dict(os.environ, served.environment):
        yield


def _read_here(kind: str, folder: str, settings: str) -> None:
    """Read a source, and print how many documents it has and the most memory that it took."""
    count = asyncio.run(read_all(_connector(kind, json.loads(settings), folder)))
    sys.stdout.write(json.dumps({"documents": count, "mb": round(_most_megabytes(), 1)}))


def _most_megabytes() -> float:
    """The most memory that this process has had, on Linux; `ru_maxrss` would count its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def table(found: Mapping[str, Measured]) -> Sequence[str]:
    """The figures as rows of Markdown."""
    return [
        f"| | {' | '.join(COLUMNS)} |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {kind} | {one.bare_per_s:,} | {one.footnote_per_s:,} | {one.ratio} | "
            f"{one.unchanged_requests:,} | {one.unchanged_s} | "
            f"{one.memory_mb[0]:.0f} → {one.memory_mb[1]:.0f} |"
            for kind, one in found.items()
        ),
    ]


async def _measured(options: argparse.Namespace) -> dict[str, Measured]:
    return {
        kind: await measure(kind, options.documents, options.listed, options.flat)
        for kind in options.kinds or KINDS
    }


def main() -> None:
    """Run by hand."""
    if sys.argv[1:2] == [_READ_HERE]:
        _read_here(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], metavar="KIND")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--listed", type=int, default=10_000)
    parser.add_argument("--flat", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = asyncio.run(_measured(options))
    as_json = json.dumps({kind: asdict(one) for kind, one in found.items()}, indent=2)
    sys.stdout.write((as_json if options.json else "\n".join(table(found))) + "\n")


if __name__ == "__main__":
    main()
