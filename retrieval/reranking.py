"""The Reranker seam: a second, closer look at the best candidates.

A model that a user brings is behind this Protocol too, and is handed to `Search` where the parts
are put together. It must not cost an answer: where it fails or takes too long, the order of the
search stands.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from footnote.retrieval.errors import RetrievalError
from footnote.retrieval.fusion import min_max
from footnote.retrieval.passages import Passage

_log = logging.getLogger(__name__)


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
        seconds: How long it may take, or None for as long as it wants.
    """

    reranker: Reranker
    depth: int = 20
    share: float = 0.2
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Judgment:
    """What came of a reranking.

    Attributes:
        name: What people call the judge.
        scores: Its scores by passage id; empty where there was no judgment.
        trouble: Why there was none, as a sentence, or "".
    """

    name: str
    scores: Mapping[str, float] = field(default_factory=dict)
    trouble: str = ""


async def judged(reranking: Reranking, question: str, passages: Sequence[Passage]) -> Judgment:
    """The judgment of some passages; none where the judge fails or takes too long."""
    name = reranking.reranker.name
    try:
        async with asyncio.timeout(reranking.seconds):
            scores = await reranking.reranker.scores(question, passages)
    except TimeoutError:
        trouble = f"{name} was not done within its time."
    except RetrievalError as error:
        trouble = str(error)
    else:
        return Judgment(name, dict(zip((each.id for each in passages), scores, strict=True)))
    _log.warning("The order of a search was left as it was: %s", trouble)
    return Judgment(name, trouble=trouble)


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
    opinions = min_max(np.fromiter(judged.values(), np.float64, len(judged))).tolist()
    moved = {
        key: (1 - share) * ranked[key] + share * (low + opinion * (high - low))
        for key, opinion in zip(judged, opinions, strict=True)
    }
    return {**ranked, **moved}
