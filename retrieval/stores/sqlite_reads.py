"""What the SQLite store reads from its file; searching happens in memory (`sqlite_memory.py`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from footnote.connectors.base import Document, Mark, Syntax
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import ManifestEntry, SourceStats, StoreStats
from footnote.retrieval.stores.sqlite_schema import snapshot
from footnote.retrieval.stores.sqlite_writes import FLOAT

PASSAGES = """
SELECT p.id, d.source, d.restrictions, d.document_id, d.title, p.heading, p.text, p.first, p.last,
       p.ordinal, p.url, p.place
FROM passages p JOIN documents d USING (revision)
WHERE p.id IN (SELECT value FROM json_each(?))
"""
VECTOR = """
SELECT substr(v.matrix, 1 + p.ordinal * :size, :size)
FROM passages p JOIN vectors v USING (revision) WHERE p.id = :id
"""
NOBODY: frozenset[str] = frozenset()

Audiences = dict[str, frozenset[str]]


def audiences(connection: sqlite3.Connection) -> Audiences:
    """Who may see each source; one that is not named, unrestricted readers alone."""
    rows = connection.execute("SELECT name, audience FROM sources")
    return {name: frozenset(json.loads(labels)) for name, labels in rows}


def restrictions_of(labels: str | None) -> frozenset[str] | None:
    """A document's own restrictions as the file keeps them."""
    return None if labels is None else frozenset(json.loads(labels))


def passages(
    connection: sqlite3.Connection, passage_ids: Sequence[str], readers: Readers
) -> list[Passage]:
    """The visible ones of these passages, in the order asked."""
    with snapshot(connection):
        audience = audiences(connection)
        rows = connection.execute(PASSAGES, (json.dumps(list(passage_ids)),)).fetchall()
    found = {passage.id: passage for passage in map(_passage, rows)}
    return [
        passage
        for passage in map(found.get, passage_ids)
        if passage and readers.may_see(audience.get(passage.source, NOBODY), passage.restrictions)
    ]


def vectors(connection: sqlite3.Connection, passage_ids: Sequence[str]) -> Vectors:
    """The vector of each of these passages, zeros for one that is gone."""
    with snapshot(connection):
        bound = connection.execute("SELECT dimension FROM embedder").fetchone()
        found = np.zeros((len(passage_ids), bound[0] if bound else 0), FLOAT)
        size = found.shape[1] * FLOAT.itemsize
        for place, id_ in enumerate(passage_ids):
            row = connection.execute(VECTOR, {"size": size, "id": id_}).fetchone()
            if row is not None:
                found[place] = np.frombuffer(row[0], FLOAT)
    return found


def _passage(row: tuple[Any, ...]) -> Passage:
    id_, source, restrictions, document_id, title, heading, text, *rest = row
    start, end, ordinal, url, place = rest
    return Passage(
        id=id_,
        document_id=document_id,
        source=source,
        title=title,
        heading=tuple(json.loads(heading)),
        text=text,
        start=start,
        end=end,
        ordinal=ordinal,
        url=url,
        place=place,
        restrictions=restrictions_of(restrictions),
    )


def document(connection: sqlite3.Connection, document_id: str, readers: Readers) -> Document | None:
    """One document with its text, or None where it is unknown or invisible."""
    with snapshot(connection):
        audience = audiences(connection)
        row = connection.execute(
            "SELECT source, restrictions, version, title, syntax, url, author, modified_at, marks,"
            " text FROM documents WHERE document_id = ?",
            (document_id,),
        ).fetchone()
    if row is None:
        return None
    source, restrictions, version, title, syntax, url, author, modified_at, marks, text = row
    restricted = restrictions_of(restrictions)
    if not readers.may_see(audience.get(source, NOBODY), restricted):
        return None
    return Document(
        id=document_id,
        source=source,
        version=version,
        text=text,
        title=title,
        syntax=Syntax(syntax),
        url=url,
        author=author,
        modified_at=modified_at and datetime.fromisoformat(modified_at),
        restrictions=restricted,
        marks=tuple(Mark(*mark) for mark in json.loads(marks)),
    )


def manifest(connection: sqlite3.Connection, source: str) -> dict[str, ManifestEntry]:
    """Every manifest entry of a source, by document id."""
    rows = connection.execute(
        "SELECT document_id, version, content_hash, recipe, passages, failure, indexed_at"
        " FROM manifest WHERE source = ?",
        (source,),
    )
    return {
        id_: ManifestEntry(id_, version, hash_, recipe, passages, failure, _time(indexed_at))
        for id_, version, hash_, recipe, passages, failure, indexed_at in rows
    }


def stats(connection: sqlite3.Connection, path: Path) -> StoreStats:
    """Counts of the whole index and of each source that was ever synced."""
    with snapshot(connection):
        model_id, dimension = connection.execute(
            "SELECT model_id, dimension FROM embedder"
        ).fetchone() or ("", 0)
        indexed = {
            source: (documents, passages)
            for source, documents, passages in connection.execute(
                "SELECT source, count(*), sum(passages) FROM documents GROUP BY source"
            )
        }
        failed = dict(
            connection.execute(
                "SELECT source, count(*) FROM manifest WHERE failure <> '' GROUP BY source"
            )
        )
        times = dict(
            connection.execute("SELECT name, synced_at FROM sources WHERE synced_at IS NOT NULL")
        )
    sources = tuple(
        SourceStats(
            source=name,
            documents=indexed.get(name, (0, 0))[0],
            passages=indexed.get(name, (0, 0))[1],
            failed=failed.get(name, 0),
            last_sync=_time(times[name]) if name in times else None,
        )
        for name in sorted(indexed.keys() | failed.keys() | times.keys())
    )
    return StoreStats(
        model_id=model_id,
        dimension=dimension,
        documents=sum(source.documents for source in sources),
        passages=sum(source.passages for source in sources),
        bytes=_bytes(path),
        sources=sources,
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _bytes(path: Path) -> int:
    """Size of the file with its journal."""
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
