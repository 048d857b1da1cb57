"""What the file knows of the vector store beside it.

Triggers write down which revisions of documents the vector store has yet to be given and which it
has yet to lose, in the transaction that puts or removes the document, whoever does that. So a
crash at any moment leaves a note of all that remains to be done, and what is not done yet can be
computed from the vectors in the file meanwhile.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from footnote.retrieval.sqlite_files import transaction
from footnote.retrieval.stores.llamaindex_nodes import INDEX_BITS, HeldRevision
from footnote.retrieval.stores.sqlite_schema import snapshot
from footnote.retrieval.stores.sqlite_writes import FLOAT

SCHEMA = """
CREATE TABLE vector_store (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    index_id INTEGER NOT NULL,
    fingerprint TEXT NOT NULL
);
CREATE TABLE to_give (revision INTEGER PRIMARY KEY);
CREATE TABLE to_take (revision INTEGER PRIMARY KEY, passages INTEGER NOT NULL);
"""
GIVES = """
CREATE TRIGGER gives AFTER INSERT ON documents BEGIN
    INSERT INTO to_give VALUES (new.revision);
END
"""
TAKES = """
CREATE TRIGGER takes AFTER DELETE ON documents BEGIN
    DELETE FROM to_give WHERE revision = old.revision;
    INSERT INTO to_take SELECT old.revision, old.passages WHERE old.passages > 0;
END
"""

NEW = (0, "")
"""What is known of an index that no vector store was ever beside."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The file at one moment.

    Attributes:
        dimension: Numbers of a vector, or 0 where the index is bound to no embedder.
        newest: The newest revision.
        to_give: Revisions that the vector store may not have yet.
        given: Whether it has any passage.
    """

    dimension: int
    newest: int
    to_give: tuple[int, ...]
    given: bool


def prepare(connection: sqlite3.Connection, fingerprint: str) -> int:
    """Make the tables where they are missing, and give all to a vector store that is new.

    Returns:
        The number that stands for this index.
    """
    index, known = _known(connection)
    if known == fingerprint:
        return index
    with transaction(connection):
        if _known(connection) == NEW:
            for statement in (*SCHEMA.split(";"), GIVES, TAKES):
                connection.execute(statement)
            row = (1, secrets.randbits(INDEX_BITS), "")
            connection.execute("INSERT INTO vector_store VALUES (?, ?, ?)", row)
        index, known = _known(connection)
        if known != fingerprint:
            connection.execute("UPDATE vector_store SET fingerprint = ?", (fingerprint,))
            _give_all(connection)
    return index


def _known(connection: sqlite3.Connection) -> tuple[int, str]:
    """The number of this index, and the vector store that it was given to."""
    made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'vector_store'")
    if made.fetchone() is None:
        return NEW
    index, fingerprint = connection.execute(
        "SELECT index_id, fingerprint FROM vector_store"
    ).fetchone()
    return int(index), str(fingerprint)


def give_all(connection: sqlite3.Connection) -> None:
    """Note that the vector store is empty."""
    with transaction(connection):
        _give_all(connection)


def _give_all(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM to_take")
    connection.execute("INSERT OR IGNORE INTO to_give SELECT revision FROM documents")


def moment(connection: sqlite3.Connection) -> Moment:
    """How far the vector store is behind."""
    with snapshot(connection):
        (newest,) = connection.execute("SELECT max(revision) FROM documents").fetchone()
        waiting = [row[0] for row in connection.execute("SELECT revision FROM to_give")]
        given = connection.execute(
            "SELECT 1 FROM documents WHERE passages > 0"
            " AND revision NOT IN (SELECT revision FROM to_give) LIMIT 1"
        )
        return Moment(
            dimension=dimension(connection),
            newest=newest or 0,
            to_give=tuple(waiting),
            given=given.fetchone() is not None,
        )


def dimension(connection: sqlite3.Connection) -> int:
    """Numbers of a vector, or 0 where the index is bound to no embedder."""
    bound = connection.execute("SELECT dimension FROM embedder").fetchone()
    return int(bound[0]) if bound else 0


def to_give(
    connection: sqlite3.Connection, *, documents: Collection[str] = (), source: str = ""
) -> list[int]:
    """What is to be given of these documents, or of a source."""
    if source:
        rows = connection.execute(
            "SELECT revision FROM to_give JOIN documents USING (revision) WHERE source = ?",
            (source,),
        )
        return [revision for (revision,) in rows]
    found = [
        connection.execute(
            "SELECT revision FROM to_give JOIN documents USING (revision) WHERE document_id = ?",
            (document_id,),
        ).fetchone()
        for document_id in documents
    ]
    return [row[0] for row in found if row]


def to_take(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """The revisions that are to be taken, each with its number of passages."""
    return connection.execute("SELECT revision, passages FROM to_take").fetchall()


def given(connection: sqlite3.Connection, revisions: Sequence[int]) -> None:
    """Note that the vector store has these."""
    rows = [(revision,) for revision in revisions]
    with transaction(connection):
        connection.executemany("DELETE FROM to_give WHERE revision = ?", rows)


def taken(connection: sqlite3.Connection, revisions: Sequence[int]) -> None:
    """Note that it has these no more."""
    rows = [(revision,) for revision in revisions]
    with transaction(connection):
        connection.executemany("DELETE FROM to_take WHERE revision = ?", rows)


def held(connection: sqlite3.Connection, revisions: Sequence[int]) -> list[HeldRevision]:
    """The vectors of these revisions; those that are no more are left out."""
    found = []
    with snapshot(connection):
        for revision in revisions:
            row = connection.execute(
                "SELECT source, restrictions, passages, matrix FROM documents JOIN vectors"
                " USING (revision) WHERE revision = ?",
                (revision,),
            ).fetchone()
            if row is not None:
                source, restrictions, passages, matrix = row
                vectors = np.frombuffer(matrix, FLOAT).reshape(passages, -1 if matrix else 0)
                found.append(HeldRevision(revision, (source, restrictions), vectors))
    return found


def living(connection: sqlite3.Connection) -> dict[int, int]:
    """Every revision with its number of passages."""
    return dict(connection.execute("SELECT revision, passages FROM documents"))
