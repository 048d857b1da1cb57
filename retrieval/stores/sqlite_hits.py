"""From the rows of the index in memory to what a search gives back."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        if limit < len(rows):
            least = np.partition(scores, -limit)[-limit]
            above, level = rows[scores > least], rows[scores == least].tolist()
            first = heapq.nsmallest(limit - len(above), level, key=self.ids.__getitem__)
            scores = np.append(scores[scores > least], np.full(len(first), least))
            rows = np.append(above, np.array(first, np.intp))
        order = np.argsort(-scores)
        ordered = scores[order]
        hits = [
            Hit(self.ids[row], self.documents[row], score)
            for score, row in zip(ordered.tolist(), rows[order].tolist(), strict=True)
        ]
        if (ordered[1:] == ordered[:-1]).any():
            hits.sort(key=lambda hit: (-hit.score, hit.passage_id))
        return hits
