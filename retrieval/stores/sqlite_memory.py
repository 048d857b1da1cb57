"""The SQLite store's index in memory: vectors, postings and who may see what.

It is built at the first query and then follows the file: before each query `PRAGMA data_version`
tells whether any other connection, of this process or of another, has committed since. If so, the
revisions in the file say which documents came and which went.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from itertools import repeat

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.errors import StoreError
from footnote.retrieval.fusion import Scores
from footnote.retrieval.ranking import best_of
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import Field, FieldQuery, TermStatistics
from footnote.retrieval.stores.sqlite_columns import Column
from footnote.retrieval.stores.sqlite_hits import RowNames
from footnote.retrieval.stores.sqlite_nearest import NearestRows
from footnote.retrieval.stores.sqlite_postings import FieldIndex
from footnote.retrieval.stores.sqlite_reads import audiences, restrictions_of
from footnote.retrieval.stores.sqlite_schema import snapshot
from footnote.retrieval.stores.sqlite_scoring import Flags, best_rows
from footnote.retrieval.stores.sqlite_terms import COUNT, HASH, LENGTH
from footnote.retrieval.stores.sqlite_vectors import Rows, VectorMatrix
from footnote.retrieval.stores.sqlite_writes import FLOAT

# Everything is loaded anew when more rows than this, and than half of the living, are dead.
DEAD_ROWS = 2000

NOTHING: tuple[Rows, Scores] = (np.empty(0, np.intp), np.empty(0))

Revisions = dict[int, slice]
Label = tuple[str, str | None]
"""A source, and the restrictions of a document as the file keeps them."""


class MemoryIndex:
    """Answers searches from memory; used by one thread.

    Another may help with `nearest_rows` while this one does nothing else but `lexical`.

    Args:
        connection: A connection that writes nothing, of the same thread.
        holds_vectors: Whether it holds vectors too; without them it has neither the nearest nor
            cosines.
    """

    def __init__(self, connection: sqlite3.Connection, *, holds_vectors: bool = True) -> None:
        self._connection = connection
        self._holds_vectors = holds_vectors
        self._forget()

    def _forget(self) -> None:
        self._seen: int | None = None
        self._newest = 0
        self._revisions: Revisions = {}
        self._ids: list[str] = []
        self._documents: list[str] = []
        self._numbers = Column(np.dtype(np.int32))
        self._rows: dict[str, int] = {}
        self._living = 0
        self._alive = Column(np.dtype(np.bool_))
        self._label = Column(np.dtype(np.int32))
        self._labels: dict[Label, int] = {}
        self._audiences: dict[str, frozenset[str]] = {}
        self._dimension = 0
        self._vectors = VectorMatrix(0)
        self._fields = {field: FieldIndex() for field in Field}

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays in memory."""
        columns = (self._alive, self._label, self._numbers, self._vectors)
        by_row = sum(column.nbytes for column in columns)
        return by_row + sum(field.nbytes for field in self._fields.values())

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
            self._dimension, self._vectors = dimension, VectorMatrix(dimension)
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
        number: list[int] = []
        for revision, document_id, source, restrictions, passages in self._connection.execute(
            "SELECT revision, document_id, source, restrictions, passages FROM documents"
            " WHERE revision > ? ORDER BY revision",
            (self._newest,),
        ):
            start = first + len(label)
            came[revision] = slice(start, start + passages)
            number += [len(self._documents)] * passages
            self._documents.append(document_id)
            labelled = self._labels.setdefault((source, restrictions), len(self._labels))
            label += [labelled] * passages
        self._ids += [
            id_
            for (id_,) in self._connection.execute(
                "SELECT id FROM passages WHERE revision > ? ORDER BY revision, ordinal",
                (self._newest,),
            )
        ]
        self._rows.update(zip(self._ids[first:], range(first, len(self._ids)), strict=True))
        self._label.extend(len(label))[:] = label
        self._numbers.extend(len(label))[:] = number
        self._alive.extend(len(label))[:] = True
        self._living += len(label)
        if self._holds_vectors:
            self._load_vectors(came, first, len(label))
        for field, index in self._fields.items():
            self._load_terms(field, index, came, first, len(label))
        self._revisions |= came
        self._newest = max(came)

    def _load_vectors(self, came: Revisions, first: int, rows: int) -> None:
        numbers = self._vectors.extend(rows)
        for revision, matrix in self._connection.execute(
            "SELECT revision, matrix FROM vectors WHERE revision > ?", (self._newest,)
        ):
            place = numbers[came[revision].start - first : came[revision].stop - first]
            place[:] = np.frombuffer(matrix, FLOAT).reshape(place.shape)
        self._vectors.code()

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

    def lexical(
        self, queries: Sequence[FieldQuery], visible: Flags, limit: int
    ) -> tuple[Rows, Scores]:
        """The visible rows with the highest weighted sum of BM25, in any order, and their sums."""
        if not self._ids or limit <= 0:
            return NOTHING
        alive = self._alive.values
        terms = [
            term
            for query in queries
            for term in self._fields[query.field].scoring(query, alive, self._living)
        ]
        return best_rows(terms, visible, self._ids.__getitem__, limit)

    def nearest(self, vector: Vectors, visible: Flags, limit: int) -> tuple[Rows, Scores]:
        """The visible rows with the highest cosine, in any order, and their cosines."""
        search = self.nearest_rows(vector, visible, limit)
        if search is None:
            return NOTHING
        search.help()
        return self.nearest_of(search, limit)

    def nearest_rows(self, vector: Vectors, visible: Flags, limit: int) -> NearestRows | None:
        """The search for them, for whoever has threads that help; None where nothing is there."""
        if not self._ids or limit <= 0:
            return None
        return NearestRows(self._vectors.rows, self._unit(vector), visible, limit)

    def nearest_of(self, search: NearestRows, limit: int) -> tuple[Rows, Scores]:
        """What `nearest` gives, when every thread that helped has come back."""
        rows, cosines = search.found()
        best = best_of(cosines, lambda place: self._ids[rows[place]], limit)
        return rows[best], cosines[best].astype(np.float64)

    def cosines(self, vector: Vectors, rows: Rows) -> Scores:
        """The cosine of each of these rows, 0 for -1."""
        there = np.flatnonzero(rows >= 0)
        found = np.zeros(len(rows))
        if len(there):
            found[there] = self._vectors.rows.cosines(rows[there], self._unit(vector))
        return found

    def vectors(self, rows: Rows) -> Vectors:
        """The vector of each of these rows, zeros for -1."""
        there = rows >= 0
        found = np.zeros((len(rows), self._dimension), FLOAT)
        found[there] = self._vectors.rows.numbers[rows[there]]
        return found

    def rows_of(self, passage_ids: Sequence[str]) -> Rows:
        """The row of each of these passages, -1 for one that is gone."""
        rows = map(self._rows.get, passage_ids, repeat(-1))
        return np.fromiter(rows, np.intp, len(passage_ids))

    def term_statistics(self, terms: Collection[str], field: Field) -> TermStatistics:
        """N, document frequencies and mean length of a field."""
        return self._fields[field].statistics(terms, self._alive.values, self._living)

    def visible_labels(self, readers: Readers) -> tuple[list[Label], int]:
        """Each source and restrictions that the readers may see, and the number of passages."""
        seen = [label for label in self._labels if self._is_visible(label, readers)]
        return seen, int(np.count_nonzero(self.visible(readers)))

    @property
    def names(self) -> RowNames:
        """What the rows are called, until the next refresh."""
        return RowNames(self._ids, self._documents, self._numbers.values)

    def _unit(self, vector: Vectors) -> Vectors:
        given = np.asarray(vector, dtype=np.float64)
        if given.shape != (self._dimension,) or not np.isfinite(given).all():
            raise StoreError(
                f"The question's vector has the shape {given.shape} or numbers that are not "
                f"finite, but the index needs {self._dimension} numbers; check the embedder."
            )
        length = float(np.linalg.norm(given))
        return (given / (length or 1.0)).astype(FLOAT)

    def visible(self, readers: Readers) -> Flags:
        """For each row whether it is there and the readers may see it."""
        allowed = np.array(
            [self._is_visible(label, readers) for label in self._labels], dtype=np.bool_
        )
        if allowed.all():
            return self._alive.values.copy()
        visible: Flags = self._alive.values & allowed[self._label.values]
        return visible

    def _is_visible(self, label: Label, readers: Readers) -> bool:
        source, restrictions = label
        audience = self._audiences.get(source, frozenset())
        return readers.may_see(audience, restrictions_of(restrictions))
