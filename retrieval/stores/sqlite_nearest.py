"""Which rows are nearest to a question: exactly, but soon.

Reading four bytes a number of every vector is what takes long. So each vector is also held with
one byte a number, and how far that is off. A first pass over the bytes tells about how large every
cosine is, and what it is at most. The rows that seem nearest are computed from all their bytes, and
then the others that could still be as near as these, so that nothing is missed and nothing is
approximate.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.stores.sqlite_scoring import Flags, above
from footnote.retrieval.stores.sqlite_vectors import CodedRows, Floats, Rows, coded, products
from footnote.retrieval.stores.sqlite_writes import FLOAT

FEW_ROWS: Final = 4096
"""So few rows are computed at once as soon as others are looked through."""

PIECE: Final = 16384
"""So many rows are looked through by one thread at a time."""

ROUNDING: Final = 1e-5
"""More than float32 arithmetic can be off in the cosine of two vectors of length 1."""


class NearestRows:
    """A search for the nearest rows, in whose longest part any number of threads may help.

    Args:
        rows: The vectors.
        unit: A vector of length 1, or 0.
        eligible: For each row whether it counts, shape (rows,).
        limit: How many of the nearest are wanted, above 0.
    """

    def __init__(self, rows: CodedRows, unit: Vectors, eligible: Flags, limit: int) -> None:
        self._rows = rows
        self._unit = unit
        self._eligible = eligible
        self._limit = limit
        self._count = int(np.count_nonzero(eligible))
        code, step, error = coded(unit[np.newaxis])
        self._code, self._step, self._error = code[0], step[0], error[0]
        self._is_short = self._count <= max(FEW_ROWS, limit)
        every = 0 if self._is_short else len(rows.codes)
        self._near = np.empty(every, FLOAT)
        self._pieces = deque(range(0, every, PIECE))

    def help(self) -> None:
        """Look through the bytes of whatever no thread has begun with, until nothing is left."""
        while self._pieces:
            try:
                first = self._pieces.popleft()
            except IndexError:
                return
            piece = slice(first, first + PIECE)
            found = products(self._rows.codes[piece], self._code)
            np.multiply(found, self._rows.steps[piece], out=self._near[piece])

    def found(self) -> tuple[Rows, Floats]:
        """Eligible rows with their cosines, all of the nearest ones and equals among them.

        Two arrays of one shape, in any order; farther rows may be among them. Every thread that
        helps must have come back, one at least.
        """
        if self._is_short:
            rows = np.flatnonzero(self._eligible)
            return rows, self._rows.cosines(rows, self._unit)
        near, limit = self._near, self._limit
        if self._count < len(near):
            near[~self._eligible] = -np.inf
        first = above(near, limit)
        about = near[first]
        cut = np.partition(about, -limit)[-limit]
        first = first[about >= cut]
        cosines = self._rows.cosines(first, self._unit)
        needed = np.partition(cosines, -limit)[-limit]
        second = np.flatnonzero(near >= (needed - self._off(self._rows.worst)) / self._step)
        about = near[second]
        off = self._off(self._rows.errors[second])
        second = second[(about < cut) & (about * self._step >= needed - off)]
        return (
            np.concatenate((first, second)),
            np.concatenate((cosines, self._rows.cosines(second, self._unit))),
        )

    def _off(self, errors: Floats) -> Floats:
        """How far the cosines of codes can be off, given the errors of the rows.

        With a row a and its code a', a question q and its code q':
        |a·q - a'·q'| <= |a - a'| |q'| + |a| |q - q'|, and |a| <= 1.
        """
        off: Floats = errors * (1 + self._error) + (self._error + np.float32(ROUNDING))
        return off
