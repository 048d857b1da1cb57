"""The SQLite store's index in memory: vectors, postings and who may see what.

It is built at the first query and then follows the file: before each query `PRAGMA data_version`
tells whether any other connection, of this process or of another, has committed since. If so, the
revisions in the file say which documents came and which went.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import Field, FieldQuery, Hit, TermStatistics
from footnote.retrieval.stores.sqlite_columns import Column
from footnote.retrieval.stores.sqlite_postings import FieldIndex, Flags
from footnote.retrieval.stores.sqlite_reads import audiences, restrictions_of
from footnote.retrieval.stores.sqlite_schema import snapshot
from footnote.retrieval.stores.sqlite_terms import COUNT, HASH, LENGTH
from footnote.retrieval.stores.sqlite_writes import FLOAT

# Everything is loaded anew when more rows than this, and than half of the living, are dead.
DEAD_ROWS = 2000

Revisions = dict[int, slice]


class MemoryIndex:
    """Answers searches from memory; used by one thread alone.

    Args:
        connection: A connection that writes nothing, of the same thread.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._forget()

    def _forget(self) -> None:
        self._seen: int | None = None
        self._newest = 0
        self._revisions: Revisions = {}
        self._ids: list[str] = []
        self._documents: list[str] = []
        self._rows: dict[str, int] = {}
        self._living = 0
        self._alive = Column(np.dtype(np.bool_))
        self._label = Column(np.dtype(np.int32))
        self._labels: dict[tuple[str, str | None], int] = {}
        self._audiences: dict[str, frozenset[str]] = {}
        self._dimension = 0
        self._vectors = Column(FLOAT, 0)
        self._fields = {field: FieldIndex() for field in Field}

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays in memory."""
        columns = (self._alive, self._label, self._vectors)
        return sum(c.nbytes for c in columns) + sum(f.nbytes for f in self._fields.values())

    def refresh(self) -> None:
        """Bring memory in line with the file; costs microseconds where nothing was committed."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._seen:
            return
        try:
            with snapshot(self._connection):
                self._follow()
        except BaseException:
            self._forget()
            raise
        self._seen = version

    def _follow(self) -> None:
        bound = self._connection.execute("SELECT dimension FROM embedder").fetchone()
        dimension = bound[0] if bound else 0
        if dimension != self._dimension:
            self._forget()
            self._dimension, self._vectors = dimension, Column(FLOAT, dimension)
        self._audiences = audiences(self._connection)
        in_file = {row[0] for row in self._connection.execute("SELECT revision FROM documents")}
        gone = self._revisions.keys() - in_file
        for revision in gone:
            self._bury(revision)
        if len(self._ids) - self._living > max(DEAD_ROWS, self._living // 2):
            self._forget()
            self._follow()
            return
        came = [revision for revision in in_file if revision > self._newest]
        if came:
            self._load()
        if came or gone:
            for field in self._fields.values():
                field.count_living(self._alive.values)

    def _bury(self, revision: int) -> None:
        rows = self._revisions.pop(revision)
        self._alive.values[rows] = False
        self._living -= rows.stop - rows.start
        for id_ in self._ids[rows]:
            del self._rows[id_]

    def _load(self) -> None:
        """Load the documents that are newer than the newest in memory."""
        first = len(self._ids)
        came: Revisions = {}
        label: list[int] = []
        for revision, document_id, source, restrictions, passages in self._connection.execute(
            "SELECT revision, document_id, source, restrictions, passages FROM documents"
            " WHERE revision > ? ORDER BY revision",
            (self._newest,),
        ):
            start = first + len(label)
            came[revision] = slice(start, start + passages)
            self._documents += [document_id] * passages
            number = self._labels.setdefault((source, restrictions), len(self._labels))
            label += [number] * passages
        self._ids += [
            id_
            for (id_,) in self._connection.execute(
                "SELECT id FROM passages WHERE revision > ? ORDER BY revision, ordinal",
                (self._newest,),
            )
        ]
        self._rows.update(zip(self._ids[first:], range(first, len(self._ids)), strict=True))
        self._label.extend(len(label))[:] = label
        self._alive.extend(len(label))[:] = True
        self._living += len(label)
        self._load_vectors(came, len(label))
        for field, index in self._fields.items():
            self._load_terms(field, index, came, first, len(label))
        self._revisions |= came
        self._newest = max(came)

    def _load_vectors(self, came: Revisions, rows: int) -> None:
        self._vectors.extend(rows)
        everything = self._vectors.values
        for revision, matrix in self._connection.execute(
            "SELECT revision, matrix FROM vectors WHERE revision > ?", (self._newest,)
        ):
            place = everything[came[revision]]
            place[:] = np.frombuffer(matrix, FLOAT).reshape(place.shape)

    def _load_terms(
        self, field: Field, index: FieldIndex, came: Revisions, first: int, rows: int
    ) -> None:
        newer = (field, self._newest)
        (bytes_,) = self._connection.execute(
            "SELECT ifnull(sum(length(hashes)), 0) FROM terms WHERE field = ? AND revision > ?",
            newer,
        ).fetchone()
        hashes = np.empty(bytes_ // HASH.itemsize, HASH)
        counts = np.empty(len(hashes), COUNT)
        lengths = index.lengths.extend(rows)
        sizes = np.zeros(rows, LENGTH)
        start = 0
        for revision, length, size, hash_, count in self._connection.execute(
            "SELECT revision, lengths, sizes, hashes, counts FROM terms"
            " WHERE field = ? AND revision > ? ORDER BY revision",
            newer,
        ):
            place = slice(came[revision].start - first, came[revision].stop - first)
            lengths[place] = np.frombuffer(length, LENGTH)
            sizes[place] = np.frombuffer(size, LENGTH)
            stop = start + len(hash_) // HASH.itemsize
            hashes[start:stop] = np.frombuffer(hash_, HASH)
            counts[start:stop] = np.frombuffer(count, COUNT)
            start = stop
        passages = np.arange(first, first + rows, dtype=np.int32)
        index.add(hashes, np.repeat(passages, sizes), counts)

    def lexical(self, queries: Sequence[FieldQuery], readers: Readers, limit: int) -> list[Hit]:
        """The visible passages with the highest weighted sum of BM25."""
        alive = self._alive.values
        scores = np.zeros(len(alive))
        for query in queries:
            self._fields[query.field].add_scores(scores, query, alive, self._living)
        return self._best(scores, self._visible(readers) & (scores > 0), limit)

    def nearest(self, vector: Vectors, readers: Readers, limit: int) -> list[Hit]:
        """The visible passages with the highest cosine."""
        if not self._ids:
            return []
        return self._best(self._cosines(vector), self._visible(readers), limit)

    def cosines(self, vector: Vectors, passage_ids: Sequence[str]) -> list[float]:
        """The cosine of each of these passages, 0.0 for one that is gone."""
        rows = [self._rows.get(id_) for id_ in passage_ids]
        known = [row for row in rows if row is not None]
        if not known:
            return [0.0] * len(rows)
        found: Iterator[float] = iter((self._vectors.values[known] @ self._unit(vector)).tolist())
        return [0.0 if row is None else next(found) for row in rows]

    def term_statistics(self, terms: Collection[str], field: Field) -> TermStatistics:
        """N, document frequencies and mean length of a field."""
        return self._fields[field].statistics(terms, self._alive.values, self._living)

    def _cosines(self, vector: Vectors) -> NDArray[np.float32]:
        cosines: NDArray[np.float32] = self._vectors.values @ self._unit(vector)
        return cosines

    def _unit(self, vector: Vectors) -> Vectors:
        given = np.asarray(vector, dtype=np.float64)
        if given.shape != (self._dimension,) or not np.isfinite(given).all():
            raise StoreError(
                f"The question's vector has the shape {given.shape} or numbers that are not "
                f"finite, but the index needs {self._dimension} numbers; check the embedder."
            )
        length = float(np.linalg.norm(given))
        return (given / (length or 1.0)).astype(FLOAT)

    def _visible(self, readers: Readers) -> Flags:
        allowed = np.array(
            [
                readers.may_see(
                    self._audiences.get(source, frozenset()), restrictions_of(restrictions)
                )
                for source, restrictions in self._labels
            ],
            dtype=np.bool_,
        )
        visible: Flags = self._alive.values & allowed[self._label.values]
        return visible

    def _best(self, scores: NDArray[np.floating], eligible: Flags, limit: int) -> list[Hit]:
        rows = np.flatnonzero(eligible)
        if limit <= 0:
            return []
        if limit < len(rows):
            eligible_scores = scores[rows]
            least = np.partition(eligible_scores, -limit)[-limit]
            above = rows[eligible_scores > least].tolist()
            level = rows[eligible_scores == least].tolist()
            chosen = above + heapq.nsmallest(limit - len(above), level, key=self._ids.__getitem__)
        else:
            chosen = rows.tolist()
        best = sorted((-float(scores[row]), self._ids[row], row) for row in chosen)
        return [Hit(id_, self._documents[row], -score) for score, id_, row in best]
