"""The thread of the SQLite state: what waits together is committed together."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from footnote.bot.state.base import State
from footnote.bot.state.entries import Lease, Remains, Wish
from footnote.bot.state.errors import ConflictError, StateUnavailableError
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_lane import T, ThreadLane
from tests.bot.state.acts import LONG, POSTED, ROOM, ask, decide, filing, take
from tests.bot.state.bench import FakeClock

NORMAL, FULL = 1, 2
"""What SQLite calls these settings of `synchronous`."""


@pytest.fixture
async def lane(tmp_path: Path) -> AsyncIterator[ThreadLane]:
    """A lane over a new file."""
    opened = ThreadLane(tmp_path / "state.db", FakeClock())
    yield opened
    await opened.close()


class Busy:
    """Keeps a lane busy, so that whatever is begun meanwhile waits together."""

    def __init__(self, lane: ThreadLane) -> None:
        self._lane = lane
        self._begun = threading.Event()
        self._ended = threading.Event()

    async def __aenter__(self) -> None:
        self._work = asyncio.ensure_future(self._lane.run(self._wait, durable=False))
        await asyncio.to_thread(self._begun.wait)

    def _wait(self, _connection: sqlite3.Connection, _now: float) -> None:
        self._begun.set()
        self._ended.wait()

    async def __aexit__(self, *_: object) -> None:
        # What was begun meanwhile reaches the lane first.
        await asyncio.sleep(0)
        self._ended.set()
        await self._work


def _synchronous(connection: sqlite3.Connection, _now: float) -> int:
    return int(connection.execute("PRAGMA synchronous").fetchone()[0])


async def test_what_waits_together_is_committed_once(lane: ThreadLane) -> None:
    """Sixty-four accepts that wait at the same time cost one commit."""
    state = SqliteState(lane)
    ran: list[str] = []
    async with Busy(lane):
        tracing = asyncio.ensure_future(
            lane.run(lambda connection, _: connection.set_trace_callback(ran.append))
        )
        accepts = [asyncio.ensure_future(ask(state, str(number))) for number in range(64)]
    await asyncio.gather(tracing, *accepts)
    assert ran.count("COMMIT") == 1
    assert await state.queue.waiting() == 64


async def test_what_fails_is_undone_alone(lane: ThreadLane) -> None:
    """Work that raises half-way leaves nothing behind, and what waits with it is kept."""

    def half(connection: sqlite3.Connection, _now: float) -> None:
        connection.execute("UPDATE totals SET versions = 100")
        raise KeyError("half")

    state = SqliteState(lane)
    async with Busy(lane):
        first = asyncio.ensure_future(ask(state, "a"))
        failing = asyncio.ensure_future(lane.run(half))
        conflict = asyncio.ensure_future(state.records.put("n", "k", "", version=7))
        last = asyncio.ensure_future(ask(state, "b"))
    await asyncio.gather(first, last)
    with pytest.raises(KeyError, match="half"):
        await failing
    with pytest.raises(ConflictError):
        await conflict
    assert await state.queue.waiting() == 2
    assert await state.records.put("n", "k", "") == 1


async def test_nobody_is_told_of_what_is_not_committed(lane: ThreadLane) -> None:
    """Where the common transaction is lost, all that waited in it fail, and nothing is kept."""
    state = SqliteState(lane)

    def lose(connection: sqlite3.Connection, _now: float) -> None:
        connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")

    async with Busy(lane):
        works = [
            asyncio.ensure_future(ask(state, "a")),
            asyncio.ensure_future(lane.run(lose)),
            asyncio.ensure_future(ask(state, "b")),
        ]
    for work in works:
        with pytest.raises(StateUnavailableError, match="disk I/O error"):
            await work
    assert await state.queue.waiting() == 0
    await ask(state, "a")
    assert await state.queue.waiting() == 1


async def test_only_what_must_last_waits_for_the_disk(lane: ThreadLane) -> None:
    """Work that need not survive a power cut is flushed only along with work that must."""
    assert await lane.run(_synchronous, durable=False) == NORMAL
    assert await lane.run(_synchronous) == FULL
    assert await lane.run(_synchronous, durable=False) == NORMAL
    async with Busy(lane):
        both = [
            asyncio.ensure_future(lane.run(_synchronous, durable=durable))
            for durable in (False, True)
        ]
    assert await asyncio.gather(*both) == [FULL, FULL]


class Listening:
    """A lane that remembers which work has to last."""

    def __init__(self, lane: ThreadLane) -> None:
        self._lane = lane
        self.durable: list[bool] = []

    async def run(
        self, work: Callable[[sqlite3.Connection, float], T], *, durable: bool = True
    ) -> T:
        """Do the work."""
        self.durable.append(durable)
        return await self._lane.run(work, durable=durable)


LASTING: dict[str, Callable[[State, Lease], Awaitable[object]]] = {
    "accept": lambda state, _: ask(state, "new"),
    "revise": lambda state, _: state.queue.revise(
        filing("a", revision=1), limit=ROOM, engaged_s=LONG
    ),
    "wish": lambda state, _: state.queue.wish("a", Wish.WITHDRAW),
    "record": lambda state, lease: state.queue.record(lease, POSTED),
    "decide": decide,
    "finish": lambda state, lease: state.queue.finish(lease, POSTED, Remains()),
    "forget": lambda state, _: state.conversations.forget("t"),
    "acquire": lambda state, _: state.locks.acquire("lock", ttl_s=LONG),
    "erase": lambda state, _: state.journal.erase("a"),
    "put": lambda state, _: state.records.put("n", "k", ""),
    "delete": lambda state, _: state.records.delete("n", "k"),
    "blob": lambda state, _: state.blobs.put(b""),
    "no blob": lambda state, _: state.blobs.delete("0" * 64),
}


@pytest.mark.parametrize("operation", LASTING.values(), ids=LASTING)
async def test_what_people_were_promised_lasts(
    lane: ThreadLane, operation: Callable[[State, Lease], Awaitable[object]]
) -> None:
    """Whatever is acknowledged to somebody outside is flushed to the disk first."""
    listening = Listening(lane)
    state = SqliteState(listening)
    await ask(state, "a")
    lease = await take(state)
    await decide(state, lease)
    listening.durable.clear()
    await operation(state, lease)
    assert listening.durable == [True]


async def test_what_was_not_begun_can_be_cancelled(lane: ThreadLane) -> None:
    """A caller that gives up while it waits leaves nothing behind, and disturbs no other."""
    state = SqliteState(lane)
    async with Busy(lane):
        cancelled = asyncio.ensure_future(ask(state, "a"))
        accepted = asyncio.ensure_future(ask(state, "b"))
        await asyncio.sleep(0)
        cancelled.cancel()
    await accepted
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert await state.queue.positions(["a", "b"]) == {"b": 0}


async def test_what_was_begun_is_done(lane: ThreadLane) -> None:
    """A caller that gives up during its work gets no answer, but the work is whole."""
    begun, ended = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection, _now: float) -> None:
        connection.execute("UPDATE totals SET versions = versions + 10")
        begun.set()
        ended.wait()
        connection.execute("UPDATE totals SET versions = versions + 10")

    cancelled = asyncio.ensure_future(lane.run(work))
    await asyncio.to_thread(begun.wait)
    cancelled.cancel()
    ended.set()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert await SqliteState(lane).records.put("n", "k", "") == 21


async def test_closing_finishes_what_was_begun(tmp_path: Path) -> None:
    """Work that waits when the lane is closed is done and answered; later work is refused."""
    lane = ThreadLane(tmp_path / "state.db", FakeClock())
    state = SqliteState(lane)
    async with Busy(lane):
        accepts = [asyncio.ensure_future(ask(state, str(number))) for number in range(5)]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(lane.close())
    await asyncio.gather(*accepts, closing)
    with pytest.raises(StateUnavailableError, match="was closed: open it again"):
        await ask(state, "late")
    await lane.close()
    again = ThreadLane(tmp_path / "state.db", FakeClock())
    assert await SqliteState(again).queue.waiting() == 5
    await again.close()
