"""From the rows of the index in memory to what a search gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.ranking import best_first
from footnote.retrieval.stores.base import Hit


@dataclass(frozen=True, slots=True)
class RowNames:
    """What the rows are called.

    Attributes:
        ids: The passage of each row.
        documents: The document of each row.
    """

    ids: Sequence[str]
    documents: Sequence[str]

    def best(self, rows: NDArray[np.intp], scores: NDArray[np.floating], limit: int) -> list[Hit]:
        """The best of these rows, each with its score, best first; equals by passage id."""
        places = best_first(scores, lambda place: self.ids[rows[place]], limit)
        chosen = rows[places].tolist()
        return list(
            map(
                Hit,
                map(self.ids.__getitem__, chosen),
                map(self.documents.__getitem__, chosen),
                scores[places].tolist(),
            )
        )
