"""What remains of finished questions, and what people said of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from footnote.bot.questions import Outcome
from footnote.bot.state.base import Noted
from footnote.bot.state.entries import Kept
from footnote.bot.state.sqlite_leases import read_sent


def kept(connection: sqlite3.Connection, now: float, question_id: str) -> Kept | None:
    """What remains of a finished question."""
    row = connection.execute(
        "SELECT id, thread, decided_outcome, decided_body, sent, finished_at FROM questions "
        "WHERE id = ? AND state = 'finished' AND finished_at IS NOT NULL AND kept_until > ?",
        (question_id, now),
    ).fetchone()
    return row and _kept(row)


def finished(
    connection: sqlite3.Connection, now: float, after: float, limit: int
) -> Sequence[Kept]:
    """Finished questions, oldest first."""
    rows = connection.execute(
        "SELECT id, thread, decided_outcome, decided_body, sent, finished_at FROM questions "
        "WHERE state = 'finished' AND finished_at > ? AND kept_until > ? "
        "ORDER BY finished_at LIMIT ?",
        (after, now, limit),
    )
    return tuple(_kept(row) for row in rows)


def note(connection: sqlite3.Connection, now: float, noted: Noted) -> None:
    """Keep feedback."""
    connection.execute(
        "INSERT OR REPLACE INTO notes (id, question_id, body, noted_at) VALUES (?, ?, ?, ?)",
        (noted.id, noted.question_id, noted.body, now),
    )


def notes(connection: sqlite3.Connection, _now: float, question_id: str) -> Sequence[Noted]:
    """Feedback on one question, or all there is."""
    if question_id:
        rows = connection.execute(
            "SELECT id, question_id, body, noted_at FROM notes WHERE question_id = ? ORDER BY seq",
            (question_id,),
        )
    else:
        rows = connection.execute("SELECT id, question_id, body, noted_at FROM notes ORDER BY seq")
    return tuple(Noted(*row) for row in rows)


def erase(connection: sqlite3.Connection, now: float, question_id: str, left: str) -> bool:
    """Remove the answer, the turn and the notes of a question."""
    if left:
        connection.execute(
            "UPDATE questions SET body = ? WHERE id = ? AND state = 'finished'",
            (left, question_id),
        )
    removed = (
        connection.execute(
            "UPDATE questions SET decided_body = '' "
            "WHERE id = ? AND state = 'finished' AND decided_body <> '' AND kept_until > ?",
            (question_id, now),
        ),
        connection.execute(
            "DELETE FROM turns WHERE question_id = ? "
            "AND thread IN (SELECT thread FROM threads WHERE turns_until > ?)",
            (question_id, now),
        ),
        connection.execute("DELETE FROM notes WHERE question_id = ?", (question_id,)),
    )
    return any(done.rowcount for done in removed)


def _kept(row: tuple[str, str, str, str, str, float]) -> Kept:
    question_id, thread, outcome, body, sent, finished_at = row
    return Kept(question_id, thread, Outcome(outcome), body, read_sent(sent), finished_at)
