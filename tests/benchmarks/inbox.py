"""What the inbox costs when search and generator cost nothing, on SQLite and on Redis.

`questions_per_s`: how many questions are accepted, answered and finished a second with 64 of them
unfinished at any time. The baseline writes durably twice a question, when it comes and when it is
finished, one write after the other.

`latency`: what the core adds to a question that comes alone, from the moment in which a platform
hands it in until it gets the first block back, and until the outcome is on record. The baseline is
one durable write.

`flat`: resident memory and the number of tasks after the first 1,000 questions and after the last,
on SQLite. Finished questions are kept in the file.

`accepts_per_s`: how many questions the state accepts a second, with one caller at a time and with
64 of them, on SQLite. The baseline is one INSERT a transaction. They take turns every 64 questions,
as disks are quick and slow by turns.

Durable is `synchronous=FULL` on SQLite and `appendfsync always` on Redis. The baselines write the
same question in the same folder, round by round in turn with the core, and each figure is the
median over the rounds. Redis is left out where there is no redis-server.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from redis.asyncio import Redis

from footnote.bot.questions import Question
from footnote.bot.records import question_to_json
from footnote.bot.state import redis, sqlite
from footnote.bot.state.base import State
from footnote.bot.state.entries import Filing
from tests.benchmarks.free_inbox import TEXT, THREADS, UNFINISHED, FreeInbox, running
from tests.benchmarks.timing import percentiles, say, show
from tests.servers.redis import find_redis, running_redis

STATM = Path("/proc/self/statm")
MEGABYTE = 1024 * 1024
WARM = 1000
PAUSE_S = 0.005
"""Between one question and the next where each comes alone."""

BODY = question_to_json(Question("C024BE91L:0000000000000001", TEXT, platform="free"))


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    Attributes:
        rounds: How often the core and its baseline are measured in turn.
        questions: How many questions a round has.
        flat: After how many questions memory and tasks are looked at for the last time.
    """

    rounds: int = 5
    questions: int = 600
    flat: int = 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A state, and the barest durable write to a store of the same kind.

    Attributes:
        state: The state.
        write: Writes a question, and waits until it is durable.
    """

    state: State
    write: Callable[[], Awaitable[object]]


@contextmanager
def bare_file(path: Path) -> Iterator[Callable[[], None]]:
    """One INSERT a transaction, with synchronous=FULL."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE questions (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
    numbers = count()

    def insert() -> None:
        row = (f"C024BE91L:{next(numbers)}", BODY)
        connection.execute("INSERT INTO questions VALUES (?, ?)", row)

    try:
        yield insert
    finally:
        connection.close()


@asynccontextmanager
async def on_sqlite(folder: Path) -> AsyncIterator[Kept]:
    """A file of its own."""
    with bare_file(folder / "bare.db") as insert:

        async def write() -> None:
            insert()

        async with sqlite.open_state(folder / "state.db") as state:
            yield Kept(state, write)


@asynccontextmanager
async def on_redis(folder: Path, executable: str) -> AsyncIterator[Kept]:
    """A server of its own."""
    with running_redis(executable, folder / "redis") as server:
        client = Redis.from_url(server.url)
        numbers = count()
        try:
            async with redis.open_state(server.url) as state:
                yield Kept(state, lambda: client.set(f"bare:{next(numbers)}", BODY))
        finally:
            await client.aclose()


async def throughput(free: FreeInbox, kept: Kept, sizes: Sizes) -> dict[str, float]:
    """Questions accepted and finished a second, beside two bare writes for each."""
    ours, bare = [], []
    for _ in range(sizes.rounds):
        ours.append(sizes.questions / await free.ask_many(sizes.questions))
        start = perf_counter()
        for _ in range(2 * sizes.questions):
            await kept.write()
        bare.append(sizes.questions / (perf_counter() - start))
    return compared(ours, bare)


async def latency(free: FreeInbox, kept: Kept, sizes: Sizes) -> dict[str, object]:
    """What the core adds to a question that comes alone, beside one bare write."""
    first, whole, bare = [], [], []
    for _ in range(sizes.questions // 2):
        await asyncio.sleep(PAUSE_S)
        shown, finished = await free.ask_one()
        first.append(shown)
        whole.append(finished)
        start = perf_counter()
        await kept.write()
        bare.append(perf_counter() - start)
    return {
        "first_block": percentiles(first),
        "all": percentiles(whole),
        "baseline": percentiles(bare),
        "ratio_p50": round(median(whole) / median(bare), 2),
    }


async def flatness(folder: Path, sizes: Sizes) -> dict[str, object]:
    """Memory and tasks early and late."""
    async with sqlite.open_state(folder / "flat.db") as state, running(state) as free:
        await free.ask_many(min(WARM, sizes.flat))
        early = await _held()
        await free.ask_many(sizes.flat - min(WARM, sizes.flat))
        late = await _held()
    return {
        "questions": [min(WARM, sizes.flat), sizes.flat],
        "memory_mb": [early[0], late[0]],
        "ratio": round(late[0] / early[0], 3) if early[0] else None,
        "tasks": [early[1], late[1]],
    }


async def accepts(folder: Path, sizes: Sizes) -> dict[str, object]:
    """Accepted questions a second, beside bare INSERTs of the same text."""
    found: dict[str, object] = {}
    numbers = count()
    async with sqlite.open_state(folder / "accepts.db") as state:

        async def accept(questions: int) -> None:
            for _ in range(questions):
                number = next(numbers)
                filing = Filing(f"C024BE91L:{number}", f"thread {number % THREADS}", BODY)
                await state.queue.accept(filing, limit=1_000_000, engaged_s=7 * 86400.0)

        with bare_file(folder / "inserts.db") as insert:
            for callers in (1, UNFINISHED):
                ours, bare = [], []
                for _ in range(sizes.rounds * sizes.questions // UNFINISHED or 1):
                    start = perf_counter()
                    each = UNFINISHED // callers
                    await asyncio.gather(*(accept(each) for _ in range(callers)))
                    between = perf_counter()
                    for _ in range(UNFINISHED):
                        insert()
                    bare.append(UNFINISHED / (perf_counter() - between))
                    ours.append(UNFINISHED / (between - start))
                found[f"callers_{callers}"] = compared(ours, bare)
    return found


def compared(ours: list[float], bare: list[float]) -> dict[str, float]:
    """Medians, and the median of what each round came to."""
    ratios = [core / baseline for core, baseline in zip(ours, bare, strict=True)]
    return {
        "core": round(median(ours), 1),
        "baseline": round(median(bare), 1),
        "ratio": round(median(ratios), 3),
    }


async def _held() -> tuple[float, int]:
    """Resident memory in MB and the number of tasks, when all is quiet."""
    await asyncio.sleep(1.0)
    gc.collect()
    return round(_resident() / MEGABYTE, 1), len(asyncio.all_tasks())


def _resident() -> int:
    """Bytes of memory that this process holds now; 0 where the system does not say."""
    if not STATM.exists():
        return 0
    return int(STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()


async def measure(folder: Path, sizes: Sizes) -> dict[str, object]:
    """Everything, one after the other."""
    say(f"Asking {sizes.flat} questions…")
    flat = await flatness(folder, sizes)
    say("Accepting…")
    accepted = await accepts(folder, sizes)
    rates: dict[str, object] = {}
    latencies: dict[str, object] = {}
    kinds = {"sqlite": on_sqlite(folder)}
    if executable := find_redis():
        kinds["redis"] = on_redis(folder, executable)
    for name, opening in kinds.items():
        say(f"Asking on {name}…")
        async with opening as kept, running(kept.state) as free:
            latencies[name] = await latency(free, kept, sizes)
            rates[name] = await throughput(free, kept, sizes)
    return {
        "questions_per_s": rates,
        "latency": latencies,
        "flat": flat,
        "accepts_per_s": accepted,
    }


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="On the disk to measure; temporary by default.")
    parser.add_argument("--rounds", type=int, default=Sizes().rounds)
    parser.add_argument("--questions", type=int, default=Sizes().questions)
    parser.add_argument("--flat", type=int, default=Sizes().flat)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    sizes = Sizes(chosen.rounds, chosen.questions, chosen.flat)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        show(asyncio.run(measure(Path(folder), sizes)), as_json=chosen.json)


if __name__ == "__main__":
    main()
