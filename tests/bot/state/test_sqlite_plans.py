"""The queue in SQLite stays quick, however many questions wait or are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import pytest

from footnote.bot.questions import Outcome
from footnote.bot.state import (
    sqlite_filing,
    sqlite_journal,
    sqlite_leases,
    sqlite_order,
    sqlite_schema,
)
from footnote.bot.state.entries import Decision, Filing, Owner, Remains, Sent, Wish
from tests.bot.state.bench import START

OWNER = Owner("one", "first")
SENT = (Sent("k", "m"),)
MANY = 5000

# Each number gives one question that is the first of its thread, one behind it in a long thread,
# and one that is finished.
_MANY_WAITING = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
INSERT INTO questions (id, thread, state, rank, revision, accepted_at, body)
SELECT 'waiting ' || n, 'thread ' || n, 'waiting', 1, 0, 0, 'body' FROM numbers
"""
_MANY_IN_ONE_THREAD = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
INSERT INTO questions (id, thread, state, rank, revision, accepted_at, body)
SELECT 'behind ' || n, 'long', 'waiting', 2, 0, 0, 'body' FROM numbers
"""
_MANY_FINISHED = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
INSERT INTO questions (
    id, thread, state, rank, revision, accepted_at, body, finished_at, kept_until,
    decided_outcome, decided_revision, decided_body
)
SELECT 'finished ' || n, 'long', 'finished', 0, 0, 0, 'body', n, 1e12, 'answered', 0, ''
FROM numbers
"""


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """An empty state in memory."""
    opened = sqlite3.connect(":memory:", isolation_level=None)
    sqlite_schema.create(opened)
    yield opened
    opened.close()


def _life_of_a_question(connection: sqlite3.Connection, question_id: str) -> None:
    """Everything that may happen to a question, in a thread where others wait."""
    now = START
    filing = Filing(question_id, "long", "body")
    sqlite_filing.accept(connection, now, filing, 10**9, 60.0)
    sqlite_leases.take(connection, now, OWNER, 60.0, quick=True)
    lease = sqlite_leases.take(connection, now, OWNER, 60.0, quick=False)
    assert lease is not None
    sqlite_leases.renew(connection, now, lease, 60.0)
    sqlite_leases.record(connection, now, lease, SENT)
    sqlite_leases.decide(connection, now, lease, Decision(Outcome.ANSWERED, "answer"), SENT)
    sqlite_leases.finish(connection, now, lease, SENT, Remains("turn"))
    sqlite_filing.wish(connection, now, question_id, Wish.CANCEL, 1)
    sqlite_filing.accept(connection, now, filing, 10**9, 60.0)
    sqlite_journal.kept(connection, now, lease.id)
    sqlite_journal.finished(connection, now, now - 1.0, 100)
    sqlite_order.waiting(connection, now)
    sqlite_order.idle(connection, now)
    sqlite_leases.reclaim(connection, now, OWNER)


def _steps(connection: sqlite3.Connection, work: Callable[[], None]) -> int:
    """How many hundreds of instructions of SQLite's machine it takes."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.set_progress_handler(count, 100)
    work()
    connection.set_progress_handler(None, 100)
    return steps


def test_the_work_does_not_grow_with_the_queue(connection: sqlite3.Connection) -> None:
    """Thousands that wait, in one thread or in many, or are kept cost no further steps."""
    for number in range(3):
        _life_of_a_question(connection, f"warm {number}")
    before = _steps(connection, lambda: _life_of_a_question(connection, "before"))
    for many in (_MANY_WAITING, _MANY_IN_ONE_THREAD, _MANY_FINISHED):
        connection.execute(many, (MANY,))
    _life_of_a_question(connection, "between")
    after = _steps(connection, lambda: _life_of_a_question(connection, "after"))
    assert after <= 2 * before
    assert sqlite_order.waiting(connection, START) > MANY


def test_no_statement_reads_every_question(connection: sqlite3.Connection) -> None:
    """All that is done in the life of a question finds its rows by an index."""
    ran: dict[str, None] = {}
    connection.set_trace_callback(ran.setdefault)
    _life_of_a_question(connection, "a")
    sqlite_filing.wish(connection, START, "a", Wish.WITHDRAW, 1)
    sqlite_filing.revise(connection, START, Filing("b", "t", "", 1), 9, 60.0)
    connection.set_trace_callback(None)
    plans = {
        statement: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        for statement in ran
        if not statement.startswith("--")
    }
    assert len(plans) > 20
    for statement, plan in plans.items():
        for line in plan:
            whole = line.startswith("SCAN ") and "INDEX" not in line
            assert not whole or line in {"SCAN totals", "SCAN CONSTANT ROW"}, (statement, line)
            assert "TEMP B-TREE" not in line or "'held'" in statement, (statement, line)
