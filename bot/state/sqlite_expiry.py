"""Removing what has expired, a little at a time, so that no question waits for it."""

from __future__ import annotations

import sqlite3

AT_ONCE = 500

_REMOVALS = (
    """
    DELETE FROM questions WHERE seq IN
    (SELECT seq FROM questions WHERE state = 'finished' AND kept_until <= ?1 LIMIT ?2)
    """,
    """
    DELETE FROM turns WHERE question_id IN
    (SELECT question_id FROM turns JOIN threads USING (thread) WHERE turns_until <= ?1 LIMIT ?2)
    """,
    """
    DELETE FROM threads WHERE thread IN
    (SELECT thread FROM threads WHERE turns_until <= ?1 AND engaged_until <= ?1 LIMIT ?2)
    """,
    """
    DELETE FROM records WHERE (namespace, key) IN
    (SELECT namespace, key FROM records
     WHERE expires_at IS NOT NULL AND expires_at <= ?1 LIMIT ?2)
    """,
)


def remove_some(connection: sqlite3.Connection, now: float) -> bool:
    """Remove some of what has expired.

    Returns:
        Whether there may be more.
    """
    return any(connection.execute(removal, (now, AT_ONCE)).rowcount for removal in _REMOVALS)
