"""Locks, budgets, records and blobs."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping

from footnote.bot.state.base import Record
from footnote.bot.state.errors import ConflictError, LeaseLostError

FULL_ENOUGH = 1e-6
"""What part of a bucket may be missing: the clock's own resolution comes to less."""


def acquire(connection: sqlite3.Connection, now: float, name: str, ttl_s: float) -> int | None:
    """Hold a lock, unless it is held."""
    # Where the clock was put back, a lock would else outlive its holder by as much.
    connection.execute(
        "UPDATE locks SET held_until = ?1 + ttl_s WHERE name = ?2 AND held_until > ?1 + ttl_s",
        (now, name),
    )
    row = connection.execute(
        "INSERT INTO locks (name, fence, ttl_s, held_until) VALUES (?1, 1, ?2, ?3 + ?2) "
        "ON CONFLICT (name) DO UPDATE SET fence = fence + 1, ttl_s = ?2, held_until = ?3 + ?2 "
        "WHERE held_until IS NULL OR held_until <= ?3 RETURNING fence",
        (name, ttl_s, now),
    ).fetchone()
    return row and int(row[0])


def renew(connection: sqlite3.Connection, now: float, name: str, fence: int, ttl_s: float) -> None:
    """Hold a lock from now on, even if it had run out."""
    renewed = connection.execute(
        "UPDATE locks SET ttl_s = ?1, held_until = ?2 + ?1 "
        "WHERE name = ?3 AND fence = ?4 AND held_until IS NOT NULL",
        (ttl_s, now, name, fence),
    )
    if not renewed.rowcount:
        raise LeaseLostError(
            f"The lock {name} is no longer held under this number: stop what it protects."
        )


def release(connection: sqlite3.Connection, _now: float, name: str, fence: int) -> None:
    """Let go of a lock; its row stays, so that its numbers keep growing."""
    connection.execute(
        "UPDATE locks SET held_until = NULL WHERE name = ? AND fence = ?", (name, fence)
    )


def spend(  # noqa: PLR0913, PLR0917  as `Budgets.spend` has it
    connection: sqlite3.Connection,
    now: float,
    name: str,
    amount: float,
    capacity: float,
    per_s: float,
) -> float:
    """Take from a bucket, or say when that will be possible."""
    row = connection.execute(
        "SELECT level, level_at FROM budgets WHERE name = ?", (name,)
    ).fetchone()
    level, level_at = row or (capacity, now)
    level = min(capacity, level + max(0.0, now - level_at) * capacity / per_s)
    missing = min(amount, capacity) - level
    taken = missing <= FULL_ENOUGH * capacity
    connection.execute(
        "INSERT OR REPLACE INTO budgets (name, level, level_at) VALUES (?, ?, ?)",
        (name, max(0.0, level - amount) if taken else level, now),
    )
    return 0.0 if taken else missing * per_s / capacity


def get(connection: sqlite3.Connection, now: float, namespace: str, key: str) -> Record | None:
    """A record that has not expired."""
    row = connection.execute(
        "SELECT value, version FROM records WHERE namespace = ? AND key = ? "
        "AND (expires_at IS NULL OR expires_at > ?)",
        (namespace, key, now),
    ).fetchone()
    return row and Record(*row)


def all_of(connection: sqlite3.Connection, now: float, namespace: str) -> Mapping[str, Record]:
    """Every record of a namespace that has not expired."""
    rows = connection.execute(
        "SELECT key, value, version FROM records WHERE namespace = ? "
        "AND (expires_at IS NULL OR expires_at > ?) ORDER BY key",
        (namespace, now),
    )
    return {key: Record(value, version) for key, value, version in rows}


def put(  # noqa: PLR0913, PLR0917  as `Records.put` has it
    connection: sqlite3.Connection,
    now: float,
    namespace: str,
    key: str,
    value: str,
    version: int,
    ttl_s: float | None,
) -> int:
    """Write a record, if it is the one that was read."""
    present = get(connection, now, namespace, key)
    if version != (present.version if present else 0):
        raise ConflictError(
            f"The record {key} in {namespace} was changed by somebody else: read it again."
        )
    # One count for all records: no key ever gets a version again that it had before.
    (written,) = connection.execute(
        "UPDATE totals SET versions = versions + 1 RETURNING versions"
    ).fetchone()
    connection.execute(
        "INSERT OR REPLACE INTO records (namespace, key, value, version, expires_at) "
        "VALUES (?, ?, ?, ?, ?)",
        (namespace, key, value, written, None if ttl_s is None else now + ttl_s),
    )
    return int(written)


def delete(connection: sqlite3.Connection, _now: float, namespace: str, key: str) -> None:
    """Remove a record."""
    connection.execute("DELETE FROM records WHERE namespace = ? AND key = ?", (namespace, key))


def keep(connection: sqlite3.Connection, _now: float, content: bytes) -> str:
    """Keep bytes under their hash."""
    digest = hashlib.sha256(content).hexdigest()
    connection.execute(
        "INSERT OR IGNORE INTO blobs (digest, content) VALUES (?, ?)", (digest, content)
    )
    return digest


def fetch(connection: sqlite3.Connection, _now: float, digest: str) -> bytes | None:
    """The bytes of a hash."""
    row = connection.execute("SELECT content FROM blobs WHERE digest = ?", (digest,)).fetchone()
    return row and bytes(row[0])


def drop(connection: sqlite3.Connection, _now: float, digest: str) -> None:
    """Remove the bytes of a hash."""
    connection.execute("DELETE FROM blobs WHERE digest = ?", (digest,))
