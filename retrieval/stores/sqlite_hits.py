"""From the rows of the index in memory to what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.ranking import best_first
from footnote.retrieval.reading import Keys
from footnote.retrieval.stores.base import Hit


@dataclass(frozen=True, slots=True)
class RowNames:
    """What the rows are called.

    Attributes:
        ids: The passage of each row.
        documents: The document of each number.
        numbers: The number of each row's document.
    """

    ids: Sequence[str]
    documents: Sequence[str]
    numbers: NDArray[np.int32]

    def owners(self, keys: Keys) -> Keys:
        """The number of the document of each of these rows."""
        return self.numbers[keys].astype(np.intp)

    def hits(self, rows: Keys, scores: NDArray[np.floating]) -> list[Hit]:
        """Rows with their scores, best first; equals by passage id."""
        order = best_first(scores, lambda place: self.ids[rows[place]])
        chosen = rows[order]
        return list(
            map(
                Hit,
                map(self.ids.__getitem__, chosen.tolist()),
                map(self.documents.__getitem__, self.owners(chosen).tolist()),
                scores[order].tolist(),
            )
        )
