"""The vectors of all passages in memory, each also with one byte a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numkong
import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.stores.sqlite_columns import Column
from footnote.retrieval.stores.sqlite_writes import FLOAT

Codes = NDArray[np.int8]
Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

STEPS: Final = np.iinfo(np.int8).max

BLOCK: Final = 4096
"""How many rows are coded at a time, so that little more memory is needed meanwhile."""


@dataclass(frozen=True, slots=True)
class CodedRows:
    """Vectors of length 1 or 0, read by any thread.

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
        return products(self.numbers.take(rows, axis=0), unit)


def products(rows: Vectors | Codes, vector: Vectors | Codes) -> Floats:
    """The dot product of each row with a vector of the same type, shape (number of rows,).

    NumPy would give few rows to several threads, which then wait at full speed, and knows none of
    bytes.
    """
    found = numkong.cdist(rows, vector[np.newaxis], "dot", out_dtype="float32")
    return np.asarray(found).reshape(-1)


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
