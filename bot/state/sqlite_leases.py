"""Working on questions: one lease at a time, and no write under a lease that was lost.

A lease is good as long as its question is held under its fence, even when it has run out: only
that another takes the question, or that it is let go of, ends it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from footnote.bot.questions import Outcome
from footnote.bot.state.entries import Decision, Lease, Owner, Remains, Sent, Wish
from footnote.bot.state.errors import ChangedError, LeaseLostError
from footnote.bot.state.sqlite_conversations import remember
from footnote.bot.state.sqlite_order import next_in_line, settle

TICK_S = 1e-6


def take(
    connection: sqlite3.Connection,
    now: float,
    owner: Owner,
    lease_s: float,
    *,
    quick: bool,
) -> Lease | None:
    """Hold the oldest question that may be worked on."""
    # Where the clock was put back, a lease would else outlive its holder by as much.
    connection.execute(
        "UPDATE questions SET lease_until = ?1 + lease_s "
        "WHERE state = 'held' AND lease_until > ?1 + lease_s",
        (now,),
    )
    seq = next_in_line(connection, now, quick=quick)
    if seq is None:
        return None
    (fence,) = connection.execute(
        "UPDATE totals SET fences = fences + 1 RETURNING fences"
    ).fetchone()
    (question_id,) = connection.execute(
        "UPDATE questions SET state = 'held', fence = ?, attempts = attempts + 1, "
        "quiet = quiet AND state = 'waiting', replica = ?, boot = ?, lease_s = ?, lease_until = ? "
        "WHERE seq = ? RETURNING id",
        (fence, owner.replica, owner.boot, lease_s, now + lease_s, seq),
    ).fetchone()
    return _read(connection, question_id, fence)


def renew(connection: sqlite3.Connection, now: float, lease: Lease, lease_s: float) -> Lease:
    """Hold it from now on, even if the lease had run out."""
    connection.execute(
        "UPDATE questions SET lease_s = ?, lease_until = ? "
        "WHERE id = ? AND state = 'held' AND fence = ?",
        (lease_s, now + lease_s, lease.id, lease.fence),
    )
    return _read(connection, lease.id, lease.fence)


def look(connection: sqlite3.Connection, _now: float, lease: Lease) -> Lease:
    """The question as it is now."""
    return _read(connection, lease.id, lease.fence)


def record(connection: sqlite3.Connection, _now: float, lease: Lease, sent: Sequence[Sent]) -> None:
    """Remember its messages."""
    written = connection.execute(
        "UPDATE questions SET sent = ? WHERE id = ? AND state = 'held' AND fence = ?",
        (write_sent(sent), lease.id, lease.fence),
    )
    if not written.rowcount:
        raise _lost(lease.id)


def decide(
    connection: sqlite3.Connection,
    _now: float,
    lease: Lease,
    decision: Decision,
    sent: Sequence[Sent],
) -> None:
    """Fix how it ends."""
    decided = connection.execute(
        "UPDATE questions SET decided_outcome = ?1, decided_body = ?2, decided_revision = ?3, "
        "sent = ?4 WHERE id = ?5 AND state = 'held' AND fence = ?6 AND revision = ?3 "
        "AND (wish <> 'withdraw' OR ?1 = 'withdrawn')",
        (
            decision.outcome.value,
            decision.body,
            decision.revision,
            write_sent(sent),
            lease.id,
            lease.fence,
        ),
    )
    if not decided.rowcount:
        if _holds(connection, lease):
            raise _changed(lease.id)
        raise _lost(lease.id)


def finish(
    connection: sqlite3.Connection,
    now: float,
    lease: Lease,
    sent: Sequence[Sent],
    remains: Remains,
) -> None:
    """End it as decided."""
    row = connection.execute(
        "SELECT seq, thread, state, decided_outcome FROM questions WHERE id = ? AND fence = ? "
        "AND (state = 'held' OR state = 'finished' AND kept_until > ?)",
        (lease.id, lease.fence, now),
    ).fetchone()
    if row is None:
        raise _lost(lease.id)
    seq, thread, state, outcome = row
    if state == "finished":
        return
    if outcome is None:
        raise _changed(lease.id)
    connection.execute(
        "UPDATE questions SET state = 'finished', sent = ?, quiet = 1, ready_at = 0, "
        "finished_at = ?, kept_until = ? WHERE seq = ?",
        (write_sent(sent), _after_the_last(connection, now), now + remains.kept_s, seq),
    )
    if outcome == Outcome.WITHDRAWN:
        connection.execute(
            "UPDATE questions SET wish = 'withdraw', body = '', decided_body = '' WHERE seq = ?",
            (seq,),
        )
    remember(connection, now, thread, lease.id, remains)
    settle(connection, thread)


def release(
    connection: sqlite3.Connection,
    now: float,
    lease: Lease,
    *,
    delay_s: float,
    quiet: bool,
) -> None:
    """Let go of it."""
    connection.execute(
        "UPDATE questions SET state = 'waiting', quiet = ?, released_at = ?, ready_at = ? "
        "WHERE id = ? AND state = 'held' AND fence = ?",
        (quiet, now, now + delay_s, lease.id, lease.fence),
    )


def reclaim(connection: sqlite3.Connection, _now: float, owner: Owner) -> int:
    """Let go of everything that earlier runs of this replica held."""
    return connection.execute(
        "UPDATE questions SET state = 'waiting', quiet = 0, ready_at = 0 "
        "WHERE state = 'held' AND replica = ? AND boot <> ?",
        (owner.replica, owner.boot),
    ).rowcount


def write_sent(sent: Sequence[Sent]) -> str:
    """Messages as JSON."""
    return json.dumps([[message.key, message.message] for message in sent])


def read_sent(text: str) -> tuple[Sent, ...]:
    """Messages from JSON."""
    return tuple(Sent(key, message) for key, message in json.loads(text))


def _read(connection: sqlite3.Connection, question_id: str, fence: int) -> Lease:
    row = connection.execute(
        "SELECT id, thread, body, revision, fence, sent, decided_outcome, decided_body, "
        "decided_revision, wish, busy, attempts, quiet, accepted_at "
        "FROM questions WHERE id = ? AND state = 'held' AND fence = ?",
        (question_id, fence),
    ).fetchone()
    if row is None:
        raise _lost(question_id)
    outcome, body, revision = row[6:9]
    return Lease(
        id=row[0],
        thread=row[1],
        body=row[2],
        revision=row[3],
        fence=row[4],
        sent=read_sent(row[5]),
        decision=Decision(Outcome(outcome), body, revision) if outcome else None,
        wish=Wish(row[9]),
        busy=bool(row[10]),
        attempts=row[11],
        quiet=bool(row[12]),
        accepted_at=row[13],
    )


def _after_the_last(connection: sqlite3.Connection, now: float) -> float:
    """A time that no finished question has, so that none is missed by who reads on from another."""
    (last,) = connection.execute(
        "SELECT max(finished_at) FROM questions WHERE state = 'finished'"
    ).fetchone()
    return now if last is None else max(now, last + TICK_S)


def _holds(connection: sqlite3.Connection, lease: Lease) -> bool:
    row = connection.execute(
        "SELECT 1 FROM questions WHERE id = ? AND state = 'held' AND fence = ?",
        (lease.id, lease.fence),
    ).fetchone()
    return row is not None


def _lost(question_id: str) -> LeaseLostError:
    return LeaseLostError(
        f"The question {question_id} is no longer held under this lease: leave it to its holder."
    )


def _changed(question_id: str) -> ChangedError:
    return ChangedError(
        f"The question {question_id} was edited or withdrawn since, or never decided: look again."
    )
