"""What the vector store found, as the file ranks it: what is there and may be seen, by cosine."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import Hit
from footnote.retrieval.stores.sqlite_reads import NOBODY, audiences, restrictions_of
from footnote.retrieval.stores.sqlite_schema import snapshot
from footnote.retrieval.stores.sqlite_writes import FLOAT

Ordinals = Mapping[int, Collection[int] | None]
"""Revisions, each with the places of the passages that count, or None for all of them."""

HELD = """
SELECT document_id, source, restrictions, passages, matrix
FROM documents JOIN vectors USING (revision) WHERE revision = ?
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted.

    Attributes:
        unit: The question's vector, of length 1 or 0.
        readers: Who asks; nothing that they may not see is given back.
        limit: How many passages, above 0.
        newest: Revisions that came after this one count too, with all their passages.
    """

    unit: Vectors
    readers: Readers
    limit: int
    newest: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best of some passages, and the revisions among theirs that are no more."""

    hits: list[Hit]
    dead: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    revision: int
    ordinal: int
    document_id: str


def ranked(connection: sqlite3.Connection, asked: Asked, found: Ordinals) -> Ranked:
    """The best of the passages that were found; equals by passage id."""
    with snapshot(connection):
        rows = connection.execute(
            "SELECT revision FROM documents WHERE revision > ?", (asked.newest,)
        )
        wanted: Ordinals = {**found, **{revision: None for (revision,) in rows}}
        scored: list[_Scored] = []
        dead: list[int] = []
        audience = audiences(connection)
        for revision, ordinals in wanted.items():
            row = connection.execute(HELD, (revision,)).fetchone()
            if row is None:
                dead.append(revision)
                continue
            document_id, source, restrictions, passages, matrix = row
            seen = asked.readers.may_see(
                audience.get(source, NOBODY), restrictions_of(restrictions)
            )
            if not seen or not passages:
                continue
            cosines = np.frombuffer(matrix, FLOAT).reshape(passages, len(asked.unit)) @ asked.unit
            places = range(passages) if ordinals is None else ordinals
            scored += [
                _Scored(float(cosines[place]), revision, place, document_id) for place in places
            ]
        hits = _best(connection, scored, asked.limit)
    return Ranked(hits, frozenset(dead))


def all_of(connection: sqlite3.Connection) -> Ordinals:
    """Every passage of every document."""
    return {revision: None for (revision,) in connection.execute("SELECT revision FROM documents")}


def _best(connection: sqlite3.Connection, scored: list[_Scored], limit: int) -> list[Hit]:
    scored.sort(key=lambda one: -one.score)
    # Ids, which tell equals apart, are read of no more passages than can be needed.
    least = scored[limit - 1].score if limit <= len(scored) else -math.inf
    hits = [
        Hit(_passage_id(connection, one), one.document_id, one.score)
        for one in scored
        if one.score >= least
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]


def _passage_id(connection: sqlite3.Connection, one: _Scored) -> str:
    (id_,) = connection.execute(
        "SELECT id FROM passages WHERE revision = ? AND ordinal = ?", (one.revision, one.ordinal)
    ).fetchone()
    return str(id_)
