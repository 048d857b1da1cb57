"""The vectors of all passages in memory, and which of them are nearest: exactly, but soon.

Reading four bytes a number of every vector is what takes long. So each vector is also held with
one byte a number, and how far that is off. A first pass over the bytes tells about how large every
cosine is, and what it is at most. The passages that seem nearest are computed from all their bytes,
and then the others that could still be as near as these, so that nothing is missed and nothing is
approximate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numkong
import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.stores.sqlite_columns import Column
from footnote.retrieval.stores.sqlite_scoring import Flags, above
from footnote.retrieval.stores.sqlite_writes import FLOAT

Codes = NDArray[np.int8]
Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

STEPS: Final = np.iinfo(np.int8).max

FEW_ROWS: Final = 4096
"""So few rows are computed at once as soon as others are looked through."""

ROUNDING: Final = 1e-5
"""More than float32 arithmetic can be off in the cosine of two vectors of length 1."""

BLOCK: Final = 4096
"""How many rows are coded at a time, so that little more memory is needed meanwhile."""


@dataclass(frozen=True, slots=True)
class CodedRows:
    """Vectors of length 1 or 0, searched by any thread.

    Attributes:
        numbers: One vector a row, shape (rows, dimension).
        codes: The same with one byte a number.
        steps: What one step of each row's codes stands for.
        errors: How long the difference of each row and its code is.
        worst: The longest of them.
    """

    numbers: Vectors
    codes: Codes
    steps: Floats
    errors: Floats
    worst: Floats

    def cosines(self, rows: Rows, unit: Vectors) -> Floats:
        """The cosine of these rows to a vector of length 1."""
        if not len(rows):
            return np.empty(0, FLOAT)
        # NumPy would give these few rows to several threads, which then wait at full speed.
        found = numkong.cdist(
            self.numbers.take(rows, axis=0), unit[np.newaxis], "dot", out_dtype="float32"
        )
        return np.asarray(found).reshape(-1)

    def nearest(self, unit: Vectors, eligible: Flags, limit: int) -> tuple[Rows, Floats]:
        """Eligible rows with their cosines, all of the nearest ones and equals among them.

        Args:
            unit: A vector of length 1, or 0.
            eligible: For each row whether it counts.
            limit: How many of the nearest are wanted, above 0.
        """
        every = int(np.count_nonzero(eligible))
        if every <= max(FEW_ROWS, limit):
            rows = np.flatnonzero(eligible)
            return rows, self.cosines(rows, unit)
        near, step, error = self._about(unit)
        if every < len(near):
            near[~eligible] = -np.inf
        first = above(near, limit)
        about = near[first]
        cut = np.partition(about, -limit)[-limit]
        first = first[about >= cut]
        cosines = self.cosines(first, unit)
        needed = np.partition(cosines, -limit)[-limit]
        second = np.flatnonzero(near >= (needed - _off(self.worst, error)) / step)
        about = near[second]
        off = _off(self.errors[second], error)
        second = second[(about < cut) & (about * step >= needed - off)]
        return (
            np.concatenate((first, second)),
            np.concatenate((cosines, self.cosines(second, unit))),
        )

    def _about(self, unit: Vectors) -> tuple[Floats, np.float32, np.float32]:
        """About what the cosine of each row is, in steps of the question's own code.

        Returns:
            The cosines, what a step of theirs stands for, and the error of the question's code.
        """
        code, step, error = coded(unit[np.newaxis])
        found = numkong.cdist(self.codes, code, "dot", out_dtype="float32")
        near = np.asarray(found).reshape(-1)
        near *= self.steps
        return near, step[0], error[0]


def _off(errors: Floats, error: np.float32) -> Floats:
    """How far the cosines of codes can be off, given the errors of the rows and of the question.

    With a row a and its code a', a question q and its code q':
    |a·q - a'·q'| <= |a - a'| |q'| + |a| |q - q'|, and |a| <= 1.
    """
    off: Floats = errors * (1 + error) + (error + np.float32(ROUNDING))
    return off


class VectorMatrix:
    """One vector a row, of length 1 or 0.

    Args:
        dimension: Numbers of a vector.
    """

    def __init__(self, dimension: int) -> None:
        self._numbers = Column(FLOAT, dimension)
        self._codes = Column(np.dtype(np.int8), dimension)
        self._steps = Column(FLOAT)
        self._errors = Column(FLOAT)
        self._worst = np.zeros((), FLOAT)

    @property
    def rows(self) -> CodedRows:
        """The rows that are coded now, as they stay whatever is added."""
        return CodedRows(
            self._numbers.values[: len(self._codes.values)],
            self._codes.values,
            self._steps.values,
            self._errors.values,
            self._worst,
        )

    @property
    def nbytes(self) -> int:
        """Bytes of memory in use."""
        columns = (self._numbers, self._codes, self._steps, self._errors)
        return sum(column.nbytes for column in columns)

    def extend(self, rows: int) -> Vectors:
        """Add rows of zeros, and give back a view of them to be filled; `code` them then."""
        return self._numbers.extend(rows)

    def code(self) -> None:
        """Make what the first pass needs of the rows that were added."""
        first = len(self._codes.values)
        new = self._numbers.values[first:]
        codes, steps = self._codes.extend(len(new)), self._steps.extend(len(new))
        errors = self._errors.extend(len(new))
        for start in range(0, len(new), BLOCK):
            block = slice(start, start + BLOCK)
            codes[block], steps[block], errors[block] = coded(new[block])
        self._worst = np.maximum(self._worst, errors.max(initial=0))


def coded(rows: Vectors) -> tuple[Codes, Floats, Floats]:
    """Vectors with one byte a number.

    Returns:
        The codes, shape (number of rows, dimension), what one step of each row's codes stands for,
        and how long the difference of each row and its code is.
    """
    peaks = np.abs(rows).max(axis=1, initial=0)
    steps = (np.where(peaks > 0, peaks, 1) / STEPS).astype(FLOAT)
    steps_down = steps[:, np.newaxis]
    codes = np.rint(rows / steps_down).astype(np.int8)
    errors = np.linalg.norm(rows - codes * steps_down, axis=1).astype(FLOAT)
    return codes, steps, errors
