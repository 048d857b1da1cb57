"""Which question may be taken next, and how many wait before one.

The `rank` of a question that is not finished says what it waits for:

    0  it is loose, and waits for no other
    1  it is the first of its thread that is not loose
    2  another of its thread comes before it

So the next question stands at the head of an index, however many wait behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing

LOOSE, FIRST, BEHIND = 0, 1, 2

# A question that was released later than now had its delay from a clock that was put back since.
_WAITING = """
SELECT rank, seq, thread FROM questions INDEXED BY questions_next
WHERE state = 'waiting' AND rank < 2 AND (ready_at <= ?1 OR released_at > ?1) ORDER BY rank, seq
"""
_WAITING_LOOSE = """
SELECT rank, seq, thread FROM questions INDEXED BY questions_next
WHERE state = 'waiting' AND rank < 2 AND rank = 0 AND (ready_at <= ?1 OR released_at > ?1)
ORDER BY rank, seq
"""
_WAITING_DECIDED = """
SELECT rank, seq, thread FROM questions INDEXED BY questions_decided
WHERE state = 'waiting' AND rank < 2 AND decided_outcome IS NOT NULL
    AND (ready_at <= ?1 OR released_at > ?1)
ORDER BY rank, seq
"""
_LAPSED = """
SELECT rank, seq, thread FROM questions
WHERE state = 'held' AND lease_until <= ?1 AND rank < 2 ORDER BY rank, seq
"""
_LAPSED_QUICK = """
SELECT rank, seq, thread FROM questions
WHERE state = 'held' AND lease_until <= ?1 AND rank < 2
    AND (rank = 0 OR decided_outcome IS NOT NULL)
ORDER BY rank, seq
"""


def next_in_line(connection: sqlite3.Connection, now: float, *, quick: bool) -> int | None:
    """The `seq` of the question that is to be taken next, if there is one."""
    held = {
        thread
        for (thread,) in connection.execute(
            "SELECT thread FROM questions WHERE state = 'held' AND lease_until > ?", (now,)
        )
    }
    lines = (_WAITING_LOOSE, _WAITING_DECIDED, _LAPSED_QUICK) if quick else (_WAITING, _LAPSED)
    heads = []
    for line in lines:
        with closing(connection.execute(line, (now,))) as candidates:
            for rank, seq, thread in candidates:
                if rank == LOOSE or thread not in held:
                    heads.append((rank, seq))
                    break
    return min(heads)[1] if heads else None


def settle(connection: sqlite3.Connection, thread: str) -> None:
    """Make the oldest question of a thread that is neither finished nor loose its first."""
    connection.execute(
        "UPDATE questions SET rank = 2 WHERE thread = ? AND state <> 'finished' AND rank = 1",
        (thread,),
    )
    connection.execute(
        "UPDATE questions SET rank = 1 WHERE seq = (SELECT seq FROM questions "
        "WHERE thread = ? AND state <> 'finished' AND rank = 2 ORDER BY seq LIMIT 1)",
        (thread,),
    )


def last_rank(connection: sqlite3.Connection, thread: str) -> int:
    """The rank of a question that comes after all others of its thread, without `settle`."""
    row = connection.execute(
        "SELECT 1 FROM questions WHERE thread = ? AND state <> 'finished' AND rank > 0 LIMIT 1",
        (thread,),
    ).fetchone()
    return FIRST if row is None else BEHIND


def waiting(connection: sqlite3.Connection, now: float) -> int:
    """How many questions wait, those with a lease that ran out among them."""
    (count,) = connection.execute(
        "SELECT waiting + (SELECT count(*) FROM questions WHERE state = 'held' "
        "AND lease_until <= ?) FROM totals",
        (now,),
    ).fetchone()
    return int(count)


def positions(
    connection: sqlite3.Connection, now: float, question_ids: Sequence[str]
) -> Mapping[str, int]:
    """How many waiting questions were accepted before each of these that waits itself."""
    asked = []
    for question_id in dict.fromkeys(question_ids):
        row = connection.execute(
            "SELECT seq FROM questions WHERE id = ? "
            "AND (state = 'waiting' OR state = 'held' AND lease_until <= ?)",
            (question_id, now),
        ).fetchone()
        if row is not None:
            asked.append((row[0], question_id))
    found: dict[str, int] = {}
    before, counted_to = 0, 0
    for seq, question_id in sorted(asked):
        before += connection.execute(
            "SELECT (SELECT count(*) FROM questions "
            "WHERE state = 'waiting' AND seq >= ?1 AND seq < ?2) "
            "+ (SELECT count(*) FROM questions "
            "WHERE state = 'held' AND lease_until <= ?3 AND seq >= ?1 AND seq < ?2)",
            (counted_to, seq, now),
        ).fetchone()[0]
        found[question_id], counted_to = before, seq
    return found


def pending(connection: sqlite3.Connection, question_id: str) -> str | None:
    """The content of a question that is waiting or held."""
    row = connection.execute(
        "SELECT body FROM questions WHERE id = ? AND state <> 'finished'", (question_id,)
    ).fetchone()
    return row and str(row[0])


def idle(connection: sqlite3.Connection, _now: float) -> bool:
    """Whether every question is finished."""
    row = connection.execute("SELECT 1 FROM questions WHERE state <> 'finished' LIMIT 1").fetchone()
    return row is None
