"""One document as the SQLite store holds it, for whoever moves the index elsewhere."""

from __future__ import annotations

import sqlite3

import numpy as np

from footnote.retrieval.moving import WholeDocument
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores import sqlite_reads
from footnote.retrieval.stores.sqlite_writes import FLOAT


def whole(connection: sqlite3.Connection, document_id: str) -> WholeDocument | None:
    """The document with its passages and vectors, or None where it is unknown."""
    document = sqlite_reads.document(connection, document_id, ADMIN)
    if document is None:
        return None
    rows = connection.execute(
        "SELECT p.id FROM passages p JOIN documents d USING (revision) WHERE d.document_id = ?"
        " ORDER BY p.ordinal",
        (document_id,),
    )
    passages = sqlite_reads.passages(connection, [id_ for (id_,) in rows], ADMIN)
    matrix, dimension = connection.execute(
        "SELECT v.matrix, e.dimension FROM vectors v JOIN documents d USING (revision), embedder e"
        " WHERE d.document_id = ?",
        (document_id,),
    ).fetchone()
    vectors = np.frombuffer(matrix, FLOAT).reshape(len(passages), dimension)
    return WholeDocument(document, tuple(passages), vectors)
