"""Threads: the turns that are remembered of each, and whether the bot takes part in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from footnote.bot.state.entries import Remains


def turns(
    connection: sqlite3.Connection, now: float, thread: str, before: str = ""
) -> Sequence[str]:
    """The turns of a thread, in the order in which its questions were accepted."""
    limit = connection.execute(
        "SELECT seq FROM questions WHERE id = ? AND (state <> 'finished' OR kept_until > ?)",
        (before, now),
    ).fetchone()
    rows = connection.execute(
        "SELECT turn FROM turns JOIN threads USING (thread) "
        "WHERE thread = ? AND turns_until > ? AND (?3 IS NULL OR seq < ?3) ORDER BY seq",
        (thread, now, limit and limit[0]),
    )
    return tuple(turn for (turn,) in rows)


def remember(
    connection: sqlite3.Connection,
    now: float,
    thread: str,
    question_id: str,
    remains: Remains,
) -> None:
    """Put the turn of a question in its place, or take away what was there."""
    connection.execute("DELETE FROM turns WHERE question_id = ?", (question_id,))
    if remains.turn is None:
        return
    connection.execute(
        "DELETE FROM turns WHERE thread = ?1 "
        "AND NOT EXISTS (SELECT 1 FROM threads WHERE thread = ?1 AND turns_until > ?2)",
        (thread, now),
    )
    connection.execute(
        "INSERT INTO turns (thread, seq, question_id, turn) "
        "SELECT thread, seq, id, ? FROM questions WHERE id = ?",
        (remains.turn, question_id),
    )
    connection.execute(
        "DELETE FROM turns WHERE thread = ?1 AND seq NOT IN "
        "(SELECT seq FROM turns WHERE thread = ?1 ORDER BY seq DESC LIMIT ?2)",
        (thread, remains.turns),
    )
    connection.execute(
        "INSERT INTO threads (thread, turns_until) VALUES (?, ?) "
        "ON CONFLICT (thread) DO UPDATE SET turns_until = excluded.turns_until",
        (thread, now + remains.turns_s),
    )


def forget(connection: sqlite3.Connection, _now: float, thread: str) -> None:
    """Forget all turns of a thread."""
    connection.execute("DELETE FROM turns WHERE thread = ?", (thread,))


def engage(connection: sqlite3.Connection, now: float, thread: str, engaged_s: float) -> None:
    """Take part in a thread from now on."""
    connection.execute(
        "INSERT INTO threads (thread, engaged_until) VALUES (?, ?) "
        "ON CONFLICT (thread) DO UPDATE SET engaged_until = excluded.engaged_until",
        (thread, now + engaged_s),
    )


def engaged(connection: sqlite3.Connection, now: float, thread: str) -> bool:
    """Whether the bot takes part in a thread."""
    row = connection.execute(
        "SELECT 1 FROM threads WHERE thread = ? AND engaged_until > ?", (thread, now)
    ).fetchone()
    return row is not None
