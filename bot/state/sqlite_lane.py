"""One thread that does all transactions, and commits those that wait at the same time together.

A commit with synchronous=FULL costs a flush of the disk, which takes longer than all the rest. So
everything that waits is done in one transaction, each piece of work in a savepoint of its own, and
its callers are woken when that is committed. Work that need not survive a power cut does without
the flush, unless it is committed with some that must; as the journal (WAL) is written in order, a
later flush covers it too.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar

from footnote.bot.state.errors import StateError, StateUnavailableError
from footnote.bot.state.sqlite_schema import BUSY_SECONDS, connect, state_error
from footnote.retrieval.sqlite_files import transaction

T = TypeVar("T")

MOST_AT_ONCE = 256


class Lane(Protocol):
    """Where the transactions of a state are done, one after the other."""

    async def run(
        self, work: Callable[[sqlite3.Connection, float], T], *, durable: bool = True
    ) -> T:
        """Do `work` as one transaction; where it raises, nothing of it is kept.

        Args:
            work: Given a connection inside a transaction, and the time now.
            durable: Whether it has to survive a power cut once this returns.

        Raises:
            StateUnavailableError: The state cannot be reached, read or written.
        """
        ...


@dataclass(eq=False, slots=True)
class _Job:
    work: Callable[[sqlite3.Connection, float], Any]
    durable: bool
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class ThreadLane:
    """A lane over a file, which is opened for the first work.

    Args:
        path: The file.
        clock: Tells the time, in seconds since the epoch.
        busy_seconds: How long a transaction waits for that of another process.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float], *, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self._path = path
        self._clock = clock
        self._busy_seconds = busy_seconds
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self._flushing = True
        self._closed = False
        self._thread = Thread(target=self._serve, name="state", daemon=True)
        self._thread.start()

    async def run(
        self, work: Callable[[sqlite3.Connection, float], T], *, durable: bool = True
    ) -> T:
        """Do `work` in the thread; cancelling the caller does not undo what was begun."""
        if self._closed:
            raise StateUnavailableError(f"The state {self._path} was closed: open it again.")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, durable, loop, answer))
        return await answer

    async def close(self) -> None:
        """Finish what was begun, then release the file and the thread."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def _serve(self) -> None:
        ended = False
        while not ended:
            batch, ended = self._waiting()
            self._do(batch)
            _answer(batch)
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()

    def _waiting(self) -> tuple[list[_Job], bool]:
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            if not job.answer.cancelled():
                batch.append(job)
            if len(batch) == MOST_AT_ONCE:
                return batch, False
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return batch, False
        return batch, True

    def _do(self, batch: Sequence[_Job]) -> None:
        if not batch:
            return
        try:
            connection = self._ready(flushing=any(job.durable for job in batch))
            with transaction(connection):
                for job in batch:
                    self._do_one(connection, job)
        except Exception as error:  # noqa: BLE001  its callers are told, whatever it is
            for job in batch:
                job.error = self._told(error)

    def _do_one(self, connection: sqlite3.Connection, job: _Job) -> None:
        connection.execute("SAVEPOINT job")
        try:
            job.result = job.work(connection, self._clock())
        except Exception as error:
            # SQLite itself gives up the whole transaction where the disk is full or broken.
            if not connection.in_transaction:
                raise
            connection.execute("ROLLBACK TO job")
            job.error = self._told(error)
        connection.execute("RELEASE job")

    def _ready(self, *, flushing: bool) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self._path, busy_seconds=self._busy_seconds)
            self._flushing = not flushing
        if flushing != self._flushing:
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if flushing else 'NORMAL'}")
            self._flushing = flushing
        return self._connection

    def _told(self, error: Exception) -> Exception:
        if isinstance(error, StateError):
            return error
        if isinstance(error, sqlite3.Error | OSError | UnicodeEncodeError):
            told = state_error(self._path, error)
            told.__cause__ = error
            return told
        return error


def _answer(batch: Sequence[_Job]) -> None:
    for loop in {job.loop for job in batch}:
        # A loop that was closed meanwhile waits for nothing.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_wake, [job for job in batch if job.loop is loop])


def _wake(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        if job.answer.done():
            continue
        if job.error is None:
            job.answer.set_result(job.result)
        else:
            job.answer.set_exception(job.error)
