"""Fitting the gate: the weights of its features and the thresholds of its three strictnesses."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from footnote.bot.errors import FootnoteError
from footnote.bot.evaluation.gate import Looks, Views
from footnote.bot.evaluation.logistic import fit_logistic
from footnote.bot.evaluation.metrics import auc, mean, refused, threshold_at
from footnote.bot.gate import WEAKEST_WORD, GateView, Strictness

FEATURES = ("passage_cosine", "sentence_in_passage", "bm25", WEAKEST_WORD)
LEXICAL_FEATURES = ("window_coverage", "bm25")

FALSE_REFUSALS: Mapping[Strictness, float] = MappingProxyType(
    {Strictness.STRICT: 0.08, Strictness.BALANCED: 0.03, Strictness.EAGER: 0.01}
)
"""The share of answerable questions that each strictness may refuse on any corpus of the fit.

Questions that people ask in a hurry share less with the documents than those of a data set: on a
handbook's, "balanced" refused 6 %.
"""

_PENALTY = 10.0
"""The features say nearly the same. This much of a penalty divides the weight among them, at the
same AUC, so that the gate holds up where one of them fails."""

_FOLDS = 5


@dataclass(frozen=True, slots=True)
class FittedGate:
    """Weights by feature, and the bias."""

    weights: Mapping[str, float]
    bias: float

    def score(self, view: GateView) -> float:
        """The logit of what the gate saw; of nothing found, the lowest there is."""
        if not view.features:
            return -np.inf
        return self.bias + sum(
            weight * view.features[name] for name, weight in self.weights.items()
        )

    def scores(self, views: Iterable[GateView]) -> list[float]:
        """The logit of each."""
        return [self.score(view) for view in views]


def fit(looks: Looks, names: Sequence[str]) -> FittedGate:
    """Fit answerable questions against near misses; a feature that does not help is left out.

    Raises:
        FootnoteError: The data has none of the one or none of the other.
    """
    return _fit(looks.answerable.values(), looks.near.values(), names)


def cross_validated(looks: Looks, names: Sequence[str]) -> dict[str, float]:
    """Figures for questions that the fit has not seen: five folds, means over the folds.

    Weights and thresholds come from four folds and are scored on the fifth. A question's fold is
    drawn by its id, so that it is the same in every run.
    """
    rows: list[dict[str, float]] = []
    for fold in range(_FOLDS):
        answerable, answerable_out = _split(looks.answerable, fold)
        near, near_out = _split(looks.near, fold)
        _, absent_out = _split(looks.absent, fold)
        gate = _fit(answerable, near, names)
        seen = gate.scores(answerable)
        thresholds = {share: threshold_at(seen, share) for share in (0.05, 0.10)}
        near_scores, right_scores = gate.scores(near_out), gate.scores(answerable_out)
        rows.append(
            {
                "auc": auc(right_scores, near_scores),
                "refusal_fr5": refused(near_scores, thresholds[0.05]),
                "refusal_fr10": refused(near_scores, thresholds[0.10]),
                "false_refusal_fr5": refused(right_scores, thresholds[0.05]),
                "false_refusal_fr10": refused(right_scores, thresholds[0.10]),
                "absent_fr5": refused(gate.scores(absent_out), thresholds[0.05]),
            }
        )
    return {name: mean([row[name] for row in rows]) for name in rows[0]}


def thresholds(gate: FittedGate, corpora: Iterable[Looks]) -> dict[Strictness, float]:
    """For each strictness a threshold that keeps its share on every corpus.

    It is half-way between the highest score that it has to refuse and the lowest that passes, so
    that neither is decided by the last bits of a cosine, which differ from machine to machine.
    """
    found = ([view for view in looks.answerable.values() if view.features] for looks in corpora)
    scores = [gate.scores(views) for views in found if views]
    return {
        strictness: math.floor(1000 * min(_half_way(each, share) for each in scores)) / 1000
        for strictness, share in FALSE_REFUSALS.items()
    }


def rates(gate: FittedGate, threshold: float, looks: Looks) -> dict[str, Any]:
    """What a threshold refuses over one corpus, by kind of question."""
    return {
        "false_refusal_rate": refused(gate.scores(looks.answerable.values()), threshold),
        "near": refused(gate.scores(looks.near.values()), threshold),
        "absent": refused(gate.scores(looks.absent.values()), threshold),
        "off_topic": {
            name: refused(gate.scores(views.values()), threshold)
            for name, views in looks.off_topic.items()
        },
    }


def as_json(
    gate: FittedGate, levels: Mapping[Strictness, float], origin: Mapping[str, Any]
) -> dict[str, Any]:
    """One entry of gate.json."""
    return {
        "weights": {name: round(weight, 3) for name, weight in gate.weights.items()},
        "bias": round(gate.bias, 3),
        "thresholds": {strictness.value: level for strictness, level in levels.items()},
        "origin": dict(origin),
    }


def write(model_id: str, fitted: Mapping[str, Any], lexical: Mapping[str, Any]) -> Path:
    """Put the entries for an embedder and for words alone into gate.json.

    Raises:
        FootnoteError: The file cannot be written.
    """
    path = Path(str(files("footnote.bot").joinpath("gate.json")))
    data = json.loads(path.read_text(encoding="utf-8"))
    data["embedders"][model_id] = fitted
    data["lexical"] = lexical
    try:
        path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise FootnoteError(
            f"{path} cannot be written ({error.strerror}): run this in a checkout of Footnote."
        ) from error
    return path


def _fit(
    answerable: Iterable[GateView], near: Iterable[GateView], names: Sequence[str]
) -> FittedGate:
    """The fit with no weight below 0; where no feature speaks for an answer, the bias alone.

    What the embedder does not give is left out.
    """
    right = [view.features for view in answerable if view.features]
    wrong = [view.features for view in near if view.features]
    if not right or not wrong:
        raise FootnoteError(
            "The gate is fitted to questions that are marked answerable true and false, and this "
            "data does not hold both: name a folder whose queries.jsonl does."
        )
    names = [name for name in names if all(name in features for features in (*right, *wrong))]
    labels = np.array([1.0] * len(right) + [0.0] * len(wrong))
    table = np.array([[features[name] for name in names] for features in (*right, *wrong)])
    kept = np.arange(len(names))
    while True:
        weights, bias = fit_logistic(table[:, kept], labels, penalty=_PENALTY)
        speaks_for = weights >= 0
        if speaks_for.all():
            found = zip(kept.tolist(), weights.tolist(), strict=True)
            return FittedGate({names[index]: weight for index, weight in found}, bias)
        # Passages nearer to a question never make it less answerable: where a weight says so, it
        # is an accident of the data or makes up for a feature that says nearly the same.
        kept = kept[speaks_for]


def _half_way(answerable: Sequence[float], share: float) -> float:
    """Half-way down from the highest threshold that keeps the share to the next score below."""
    highest = threshold_at(answerable, share)
    return (highest + max((score for score in answerable if score < highest), default=highest)) / 2


def _split(views: Views, fold: int) -> tuple[list[GateView], list[GateView]]:
    """The views outside a fold, and those in it."""
    outside: list[GateView] = []
    inside: list[GateView] = []
    for question, view in views.items():
        (inside if _fold(question) == fold else outside).append(view)
    return outside, inside


def _fold(question: str) -> int:
    return hashlib.blake2b(question.encode("utf-8", "surrogatepass")).digest()[0] % _FOLDS
