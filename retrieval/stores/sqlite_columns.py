"""An array that grows at its end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

GROWTH = 1.25


class Column:
    """Values of one kind, one a row, in one piece of memory.

    Args:
        kind: The type of a value.
        width: Values a row, or None for a column of single values.
    """

    def __init__(self, kind: np.dtype[Any], width: int | None = None) -> None:
        self._shape = () if width is None else (width,)
        self._memory: NDArray[Any] = np.empty((0, *self._shape), kind)
        self._length = 0

    @property
    def values(self) -> NDArray[Any]:
        """All rows, as a view: shape (rows,) or (rows, width)."""
        return self._memory[: self._length]

    @property
    def nbytes(self) -> int:
        """Bytes of memory in use."""
        return self.values.nbytes

    def extend(self, rows: int) -> NDArray[Any]:
        """Add rows of zeros, and give back a view of them to be filled."""
        start, self._length = self._length, self._length + rows
        if self._length > len(self._memory):
            room = self._length if start == 0 else int(self._length * GROWTH)
            grown = np.empty((room, *self._shape), self._memory.dtype)
            grown[:start] = self._memory[:start]
            self._memory = grown
        added = self._memory[start : self._length]
        added[:] = 0
        return added
