"""The file of the SQLite state: what is wrong with it is told, and what expired leaves it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from footnote.bot.state.base import Noted
from footnote.bot.state.entries import Accepted, Filing, Remains, Wish
from footnote.bot.state.errors import StateError, StateUnavailableError
from footnote.bot.state.sqlite import SqliteState, open_state
from footnote.bot.state.sqlite_lane import ThreadLane
from footnote.bot.state.sqlite_schema import FORMAT
from tests.bot.state.acts import LONG, ROOM, answered, ask, filing
from tests.bot.state.bench import FakeClock


def _other_program(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()


def _other_format(path: Path) -> None:
    asyncio.run(_opened(path))
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()


async def _opened(path: Path) -> None:
    async with open_state(path):
        pass


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b"no database " * 1000), "is damaged or not a database"),
        (lambda path: path.mkdir(), "cannot be opened"),
        (lambda path: path.parent.joinpath("file").touch(), "check the disk"),
        (_other_program, "is a database of another program"),
        (_other_format, rf"has format {FORMAT + 1}, but .* reads format {FORMAT}"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    """What is no state of this version is left as it is, and named in one sentence."""
    path = tmp_path / "state.db"
    make(path)
    if said == "check the disk":
        path = tmp_path / "file" / "state.db"
    with pytest.raises(StateUnavailableError, match=said) as caught:
        asyncio.run(_opened(path))
    assert str(path) in str(caught.value)
    assert re.fullmatch(r"[^\n]+\.", str(caught.value))


async def test_the_file_is_made_with_its_folder(tmp_path: Path) -> None:
    """A new state needs nothing but a place, and is found again there."""
    path = tmp_path / "a" / "b" / "state.db"
    async with open_state(path) as state:
        await ask(state, "a")
    async with open_state(path) as state:
        assert await state.queue.waiting() == 1


async def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Replicas that start at the same time agree on one new file."""

    async def start(name: str) -> None:
        async with open_state(tmp_path / "state.db") as state:
            await ask(state, name)

    await asyncio.gather(*(start(str(number)) for number in range(8)))
    async with open_state(tmp_path / "state.db") as state:
        assert await state.queue.waiting() == 8


async def test_a_file_locked_by_another_process_is_named(tmp_path: Path) -> None:
    """Who cannot get the lock is told so, and gets on when it is free again."""
    path = tmp_path / "state.db"
    await _opened(path)
    lane = ThreadLane(path, FakeClock(), busy_seconds=0.01)
    state = SqliteState(lane)
    other = sqlite3.connect(path, isolation_level=None)
    try:
        assert await state.queue.idle()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateUnavailableError, match="is locked by another process"):
            await ask(state, "a")
        other.execute("ROLLBACK")
        await ask(state, "a")
    finally:
        other.close()
        await lane.close()


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """What cannot be written is refused, what was accepted stays, and space helps."""
    lane = ThreadLane(tmp_path / "state.db", FakeClock())
    state = SqliteState(lane)
    try:
        await lane.run(
            lambda c, _: c.execute(
                f"PRAGMA max_page_count = {c.execute('PRAGMA page_count').fetchone()[0] + 20}"
            )
        )
        bodies = ["x" * 5000] * 100
        accepts = [
            state.queue.accept(Filing(str(at), "t", body), limit=ROOM, engaged_s=LONG)
            for at, body in enumerate(bodies)
        ]
        results = [await asyncio.gather(accept, return_exceptions=True) for accept in accepts]
        refused = [one for (one,) in results if isinstance(one, StateUnavailableError)]
        accepted = len(bodies) - len(refused)
        assert "the disk is full: free some space" in str(refused[0])
        assert accepted > 1
        assert all(isinstance(one, Accepted | StateUnavailableError) for (one,) in results)
        assert await state.queue.waiting() == accepted
        await lane.run(lambda c, _: c.execute("PRAGMA max_page_count = 100000"))
        await ask(state, "after")
        assert await state.queue.waiting() == accepted + 1
    finally:
        await lane.close()


async def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Where nothing may be written, that is said, and what to look at."""
    lane = ThreadLane(tmp_path / "state.db", FakeClock())
    state = SqliteState(lane)
    try:
        await ask(state, "a")
        await lane.run(lambda c, _: c.execute("PRAGMA query_only = ON"))
        with pytest.raises(StateUnavailableError, match="check its folder and its permissions"):
            await ask(state, "b")
    finally:
        await lane.close()


async def test_text_that_is_no_unicode_is_refused(tmp_path: Path) -> None:
    """Half a surrogate pair is the sender's fault, not the state's."""
    async with open_state(tmp_path / "state.db") as state:
        with pytest.raises(StateError, match="not valid Unicode") as caught:
            await ask(state, "\ud800")
        assert not isinstance(caught.value, StateUnavailableError)
        await ask(state, "a")


async def test_tidying_leaves_no_row_behind(tmp_path: Path) -> None:
    """What expired is removed, more of it than is removed at once, and what is for ever stays."""
    clock = FakeClock()
    lane = ThreadLane(tmp_path / "state.db", clock)
    state = SqliteState(lane)
    try:
        for question_id in "abc":
            remains = Remains("turn", turns_s=1.0, kept_s=1.0)
            await answered(state, question_id, f"of {question_id}", remains)
        await state.queue.wish("unknown", Wish.WITHDRAW)
        await asyncio.gather(
            *(state.records.put("n", str(number), "", ttl_s=1.0) for number in range(1200))
        )
        await state.queue.accept(filing("d", "t"), limit=ROOM, engaged_s=1.0)
        await state.journal.note(Noted("n", "a", "said"))
        await clock.advance(40 * 86400.0)
        await state.tidy()
        rows = await lane.run(
            lambda c, _: {
                table: c.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  literals
                for table in ("questions", "turns", "threads", "records", "notes")
            }
        )
    finally:
        await lane.close()
    assert rows == {"questions": 1, "turns": 0, "threads": 0, "records": 0, "notes": 1}
