"""What comes in from outside: questions, their edits, and what their askers want of them."""

from __future__ import annotations

import sqlite3

from footnote.bot.state.entries import Acceptance, Accepted, Filing, Remains, Wish
from footnote.bot.state.sqlite_conversations import engage, engaged
from footnote.bot.state.sqlite_order import LOOSE, last_rank, positions, settle, waiting

_DUPLICATE = Accepted(Acceptance.DUPLICATE)
_IGNORED = Accepted(Acceptance.IGNORED)


def accept(
    connection: sqlite3.Connection, now: float, filing: Filing, limit: int, engaged_s: float
) -> Accepted:
    """Claim and queue a question that is new."""
    if _known(connection, now, filing.id) is not None:
        return _DUPLICATE
    if not filing.mentioned and not engaged(connection, now, filing.thread):
        return _IGNORED
    ahead = waiting(connection, now)
    busy = ahead >= limit
    connection.execute(
        "INSERT INTO questions (id, thread, state, rank, revision, busy, accepted_at, body) "
        "VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?)",
        (
            filing.id,
            filing.thread,
            LOOSE if busy else last_rank(connection, filing.thread),
            filing.revision,
            busy,
            now,
            filing.body,
        ),
    )
    engage(connection, now, filing.thread, engaged_s)
    return Accepted(Acceptance.NEW, ahead=ahead, busy=busy)


def revise(
    connection: sqlite3.Connection, now: float, filing: Filing, limit: int, engaged_s: float
) -> Accepted:
    """Put an edited question in the place of what it was."""
    known = _known(connection, now, filing.id)
    if known is not None and filing.revision <= known[2]:
        return _DUPLICATE
    if known is None or not known[1]:
        if not filing.mentioned:
            return _IGNORED
        connection.execute("DELETE FROM questions WHERE id = ?", (filing.id,))
        return accept(connection, now, filing, limit, engaged_s)
    seq, thread, *_ = known
    connection.execute(
        "UPDATE questions SET body = ?, revision = ?, rank = 2, wish = 'none', busy = 0, "
        "decided_outcome = NULL, decided_revision = NULL, decided_body = NULL, "
        "attempts = 0, state = CASE state WHEN 'held' THEN 'held' ELSE 'waiting' END WHERE seq = ?",
        (filing.body, filing.revision, seq),
    )
    settle(connection, thread)
    engage(connection, now, thread, engaged_s)
    ahead = positions(connection, now, [filing.id]).get(filing.id, 0)
    return Accepted(Acceptance.NEW, ahead=ahead)


def wish(
    connection: sqlite3.Connection, now: float, question_id: str, wanted: Wish, revision: int
) -> bool:
    """Cancel or withdraw a question."""
    match wanted:
        case Wish.CANCEL:
            return _cancel(connection, question_id)
        case Wish.WITHDRAW:
            return _withdraw(connection, now, question_id, revision)
        case Wish.NONE:
            return False


def _cancel(connection: sqlite3.Connection, question_id: str) -> bool:
    cancelled = connection.execute(
        "UPDATE questions SET wish = 'cancel', rank = 0, ready_at = 0 WHERE id = ? "
        "AND state <> 'finished' AND decided_outcome IS NULL AND wish = 'none' RETURNING thread",
        (question_id,),
    ).fetchall()
    for (thread,) in cancelled:
        settle(connection, thread)
    return bool(cancelled)


def _withdraw(connection: sqlite3.Connection, now: float, question_id: str, revision: int) -> bool:
    known = _known(connection, now, question_id)
    if known is None:
        connection.execute(
            "INSERT INTO questions "
            "(id, thread, state, rank, revision, wish, accepted_at, kept_until, body) "
            "VALUES (?, '', 'finished', 0, ?, 'withdraw', ?, ?, '')",
            (question_id, revision, now, now + Remains().kept_s),
        )
        return False
    seq, thread, before, wished = known
    if revision <= before:
        return False
    connection.execute("UPDATE questions SET revision = ? WHERE seq = ?", (revision, seq))
    if wished == Wish.WITHDRAW:
        return False
    connection.execute(
        "UPDATE questions SET wish = 'withdraw', rank = 0, ready_at = 0, "
        "decided_outcome = NULL, decided_revision = NULL, decided_body = NULL, "
        "state = CASE state WHEN 'held' THEN 'held' ELSE 'waiting' END WHERE seq = ?",
        (seq,),
    )
    settle(connection, thread)
    return True


def _known(
    connection: sqlite3.Connection, now: float, question_id: str
) -> tuple[int, str, int, str] | None:
    row = connection.execute(
        "SELECT seq, thread, revision, wish, kept_until, state FROM questions WHERE id = ?",
        (question_id,),
    ).fetchone()
    if row is None:
        return None
    seq, thread, revision, wished, kept_until, state = row
    if state == "finished" and kept_until <= now:
        connection.execute("DELETE FROM questions WHERE seq = ?", (seq,))
        return None
    return seq, thread, revision, wished
