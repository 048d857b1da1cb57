"""The gate: can these passages answer the question at all?

One logistic score for all corpora, from what a question has in common with the passages that were
found. Its numbers live in gate.json with their origin; `footnote eval fit-gate` makes them. They
belong to one embedder; with any other the gate goes by words alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from footnote.bot.markdown import plain
from footnote.bot.verifying.sentences import Reading, SentenceScorer
from footnote.bot.verifying.wording import has_topic
from footnote.retrieval.bm25 import K1, bm25, idf
from footnote.retrieval.passages import Passage
from footnote.retrieval.search import Query
from footnote.retrieval.text import Analyzer

PASSAGES = 5
"""How many passages the gate looks at."""

WORDED = 3
"""In how many of them it looks for every word of the question."""

_WINDOW = 3


WEAKEST_WORD = "weakest_word"
"""The feature that only an embedder gives which tells its tokens apart."""


class Strictness(StrEnum):
    """How sure the gate has to be before an answer is tried."""

    STRICT = "strict"
    BALANCED = "balanced"
    EAGER = "eager"


@dataclass(frozen=True, slots=True)
class GateParameters:
    """A fitted gate.

    Attributes:
        weights: Factor of each feature in the logit.
        bias: Added to the logit.
        thresholds: For each strictness the lowest logit that passes.
    """

    weights: Mapping[str, float]
    bias: float
    thresholds: Mapping[Strictness, float]


@dataclass(frozen=True, slots=True)
class GateView:
    """What the gate saw.

    Attributes:
        features: By name, each about 0…1.
        score: The logit; higher means likelier to be answerable.
        passed: Whether an answer is tried.
        parameters: What the score was made by, where a fitted gate made it.
        strictness: Which of their thresholds it had to reach.
    """

    features: Mapping[str, float]
    score: float
    passed: bool
    parameters: GateParameters | None = None
    strictness: Strictness = Strictness.BALANCED

    @property
    def threshold(self) -> float | None:
        """The lowest score that passes, where that is known."""
        return self.parameters.thresholds[self.strictness] if self.parameters else None


def load_parameters(model_id: str, *, tokens: bool = True) -> GateParameters:
    """The fitted parameters for an embedder, or the ones that go by words alone.

    Args:
        model_id: Names the embedder.
        tokens: Whether it tells its tokens apart; without them, parameters that weigh what they
            say are of no use.
    """
    data = json.loads(files("footnote.bot").joinpath("gate.json").read_text(encoding="utf-8"))
    fitted = data["embedders"].get(model_id, data["lexical"])
    if not tokens and WEAKEST_WORD in fitted["weights"]:
        fitted = data["lexical"]
    return GateParameters(
        fitted["weights"],
        fitted["bias"],
        {Strictness(name): value for name, value in fitted["thresholds"].items()},
    )


def is_fitted(model_id: str) -> bool:
    """Whether anything is fitted to the cosines of this embedder."""
    data = json.loads(files("footnote.bot").joinpath("gate.json").read_text(encoding="utf-8"))
    return model_id in data["embedders"]


class Gate:
    """Lets a question through to the generator, or not."""

    def __init__(
        self,
        scorer: SentenceScorer,
        analyzer: Analyzer,
        parameters: GateParameters,
        strictness: Strictness = Strictness.BALANCED,
    ) -> None:
        self._scorer = scorer
        self._analyzer = analyzer
        self._parameters = parameters
        self._strictness = strictness

    async def look(self, query: Query, passages: Sequence[Passage]) -> GateView:
        """Judge the best passages that were found for a question."""
        if not passages:
            return self._view({}, -math.inf)
        looked_at = passages[:PASSAGES]
        weakest = await self._scorer.weakest_word(_worded(query), looked_at[:WORDED])
        reading = await self._scorer.read(query.weighted, looked_at)
        features = self._features(reading, looked_at)
        if weakest is not None:
            features[WEAKEST_WORD] = weakest
        score = self._parameters.bias + sum(
            weight * features[name] for name, weight in self._parameters.weights.items()
        )
        return self._view(features, score)

    def _view(self, features: Mapping[str, float], score: float) -> GateView:
        passed = score >= self._parameters.thresholds[self._strictness]
        return GateView(features, score, passed, self._parameters, self._strictness)

    def _features(self, reading: Reading, passages: Sequence[Passage]) -> dict[str, float]:
        highest = (K1 + 1) * sum(idf(reading.statistics, stem) for stem in reading.stems)
        stems = [self._analyzer.stems(plain(passage.searched)) for passage in passages]
        scores = [bm25(terms, reading.stems, reading.statistics) for terms in stems]
        within = (
            (reading.cosines[item.sentence.passage.id] + item.cosine) / 2
            for item in reading.sentences
        )
        return {
            "passage_cosine": max(reading.cosines.values(), default=0.0),
            "sentence_in_passage": max(within, default=0.0),
            "window_coverage": self._window_coverage(reading),
            "bm25": max(scores) / highest if highest else 0.0,
        }

    def _window_coverage(self, reading: Reading) -> float:
        """The best idf share that three neighbouring sentences and their heading hold."""
        best = 0.0
        items = reading.sentences
        for index, first in enumerate(items):
            passage = first.sentence.passage
            window = [
                item.sentence
                for item in items[index : index + _WINDOW]
                if item.sentence.passage is passage
            ]
            text = " ".join((passage.context, *(plain(sentence.text) for sentence in window)))
            best = max(best, reading.coverage(self._analyzer.stems(text)))
        return best


def _worded(query: Query) -> str:
    """The words that a passage has to speak of: those of the earlier questions it need not.

    A follow-up such as "why?" has none of its own.
    """
    return query.text if has_topic(query.text) else query.weighted
