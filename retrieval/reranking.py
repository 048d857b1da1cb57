"""The Reranker seam: a second, closer look at the best candidates.

A reranker that a user brings, such as a GGUF through the rank pooling of llama.cpp, belongs into
`models/` behind this Protocol and is handed to `Search` where the parts are put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from footnote.retrieval.fusion import min_max
from footnote.retrieval.passages import Passage


class Reranker(Protocol):
    """Judges how well passages answer a question."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    async def scores(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """One score for each passage, in any range; higher is better.

        Raises:
            RetrievalError: It cannot judge.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reranking:
    """How a reranker is put to use.

    Attributes:
        reranker: The judge.
        depth: How many of the best candidates it looks at.
        share: How much its scaled scores count against those of the search, 0…1.
    """

    reranker: Reranker
    depth: int = 20
    share: float = 0.2


def blended(
    ranked: Mapping[str, float], judged: Mapping[str, float], share: float
) -> dict[str, float]:
    """`ranked` with the judged ones moved, among the scores that these had, by the judgment.

    The judged candidates must be the best of the ranked: their scores stay in the range that they
    were in, so that none of them falls behind one that was not judged.
    """
    if not judged:
        return dict(ranked)
    low = min(ranked[key] for key in judged)
    high = max(ranked[key] for key in judged)
    opinion = min_max(judged)
    moved = {
        key: (1 - share) * ranked[key] + share * (low + opinion[key] * (high - low))
        for key in judged
    }
    return {**ranked, **moved}
