"""What the SQLite store writes; each function is one transaction on the writer's connection."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Mapping

import numpy as np

from footnote.connectors.base import Document
from footnote.retrieval.errors import IndexMismatchError, StoreError
from footnote.retrieval.sqlite_files import transaction
from footnote.retrieval.stores.base import IndexedDocument
from footnote.retrieval.stores.fitting import check_passages, unit_rows
from footnote.retrieval.stores.sqlite_terms import encode_terms

FLOAT = np.dtype("<f4")


def put(connection: sqlite3.Connection, indexed: IndexedDocument) -> None:
    """Insert or replace one document with all that belongs to it."""
    document = indexed.document
    check_passages(indexed)
    terms = encode_terms(indexed.terms)
    with transaction(connection):
        matrix = unit_rows(indexed, _dimension(connection)).astype(FLOAT)
        connection.execute("DELETE FROM documents WHERE document_id = ?", (document.id,))
        revision = _insert_document(connection, document, len(indexed.passages))
        connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    p.id,
                    revision,
                    p.ordinal,
                    json.dumps(p.heading),
                    p.start,
                    p.end,
                    p.url,
                    p.place,
                    p.text,
                )
                for p in indexed.passages
            ],
        )
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (revision, matrix.tobytes()))
        connection.executemany(
            "INSERT INTO terms VALUES (?, ?, ?, ?, ?, ?)",
            [
                (revision, field, t.lengths, t.sizes, t.hashes, t.counts)
                for field, t in terms.items()
            ],
        )
        connection.execute(
            "INSERT OR REPLACE INTO manifest VALUES (?, ?, ?, ?, ?, ?, '', ?)",
            (
                document.id,
                document.source,
                document.version,
                document.content_hash,
                indexed.recipe,
                len(indexed.passages),
                time.time(),
            ),
        )


def _insert_document(connection: sqlite3.Connection, document: Document, passages: int) -> int:
    restrictions = document.restrictions
    cursor = connection.execute(
        "INSERT INTO documents (document_id, source, passages, restrictions, version, title,"
        " syntax, url, author, modified_at, marks, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.id,
            document.source,
            passages,
            None if restrictions is None else json.dumps(sorted(restrictions)),
            document.version,
            document.title,
            document.syntax,
            document.url,
            document.author,
            document.modified_at and document.modified_at.isoformat(),
            json.dumps([(mark.start, mark.anchor, mark.label) for mark in document.marks]),
            document.text,
        ),
    )
    return int(cursor.lastrowid or 0)


def put_failure(  # noqa: PLR0913, PLR0917  the seam's arguments and the connection
    connection: sqlite3.Connection,
    source: str,
    document_id: str,
    version: str,
    recipe: str,
    reason: str,
) -> None:
    """Remember that a version cannot be read; what was indexed stays."""
    with transaction(connection):
        # What another recipe indexed must not pass for this one's: without its hash it is put anew.
        connection.execute(
            "INSERT INTO manifest VALUES (?, ?, ?, '', ?, 0, ?, ?)"
            " ON CONFLICT (document_id) DO UPDATE SET"
            "  source = excluded.source, version = excluded.version, failure = excluded.failure,"
            "  content_hash = iif(recipe = excluded.recipe, content_hash, ''),"
            "  recipe = excluded.recipe, indexed_at = excluded.indexed_at",
            (document_id, source, version, recipe, reason, time.time()),
        )


def touch(connection: sqlite3.Connection, source: str, versions: Mapping[str, str]) -> None:
    """Set new versions of documents whose content is the same."""
    rows = [(version, source, document_id) for document_id, version in versions.items()]
    with transaction(connection):
        connection.executemany(
            "UPDATE manifest SET version = ?, failure = ''"
            " WHERE source = ? AND document_id = ? AND content_hash <> ''",
            rows,
        )
        connection.executemany(
            "UPDATE documents SET version = ? WHERE source = ? AND document_id = ?", rows
        )


def delete(connection: sqlite3.Connection, source: str, document_ids: Collection[str]) -> None:
    """Remove documents of a source and their manifest entries."""
    rows = [(source, document_id) for document_id in document_ids]
    with transaction(connection):
        connection.executemany("DELETE FROM documents WHERE source = ? AND document_id = ?", rows)
        connection.executemany("DELETE FROM manifest WHERE source = ? AND document_id = ?", rows)


def set_audiences(connection: sqlite3.Connection, audiences: Mapping[str, frozenset[str]]) -> None:
    """Set who may see each source, and take the audience of the sources not named."""
    wanted = {name: json.dumps(sorted(labels)) for name, labels in audiences.items() if labels}
    present = connection.execute("SELECT name, audience FROM sources WHERE audience <> '[]'")
    # Most starts change nothing, and then need not wait for another process that writes.
    if wanted == dict(present.fetchall()):
        return
    with transaction(connection):
        connection.execute("UPDATE sources SET audience = '[]'")
        connection.executemany(
            "INSERT INTO sources (name, audience) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET audience = excluded.audience",
            wanted.items(),
        )


def synced(connection: sqlite3.Connection, source: str) -> None:
    """Record that the source was just synced completely."""
    with transaction(connection):
        connection.execute(
            "INSERT INTO sources (name, synced_at) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET synced_at = excluded.synced_at",
            (source, time.time()),
        )


def claim(connection: sqlite3.Connection, model_id: str, dimension: int) -> None:
    """Bind an empty index to an embedder."""
    bound = connection.execute("SELECT model_id, dimension FROM embedder").fetchone()
    if bound is None:
        with transaction(connection):
            connection.execute(
                "INSERT OR IGNORE INTO embedder VALUES (1, ?, ?)", (model_id, dimension)
            )
        bound = connection.execute("SELECT model_id, dimension FROM embedder").fetchone()
    if bound != (model_id, dimension):
        raise IndexMismatchError(
            f"The index was made with the embedder {bound[0]} (dimension {bound[1]}), not with "
            f"{model_id} (dimension {dimension}): set that embedder again, or delete the index "
            "and sync anew."
        )


def clear(connection: sqlite3.Connection) -> None:
    """Remove everything but the audiences, which belong to the settings."""
    with transaction(connection):
        for table in ("documents", "manifest", "embedder"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608  names written above
        connection.execute("UPDATE sources SET synced_at = NULL")


def _dimension(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT dimension FROM embedder").fetchone()
    if row is None:
        raise StoreError(
            "The index belongs to no embedder yet: claim it before the first document."
        )
    return int(row[0])
