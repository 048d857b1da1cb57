"""The regression finds the optimum that it promises."""

from __future__ import annotations

import numpy as np
import pytest

from footnote.bot.evaluation.logistic import fit_logistic


def _loss(
    weights: np.ndarray, bias: float, features: np.ndarray, labels: np.ndarray, penalty: float
) -> float:
    """The penalised negative log likelihood, written down independently."""
    logits = features @ weights + bias
    likelihood = np.logaddexp(0, logits).sum() - labels @ logits
    return float(likelihood + penalty / 2 * ((weights * features.std(axis=0)) ** 2).sum())


def test_nothing_nearby_is_likelier(seed: int) -> None:
    """Moving any weight or the bias a little either way makes the loss larger."""
    draw = np.random.default_rng(seed)
    features = draw.normal(3, [0.1, 5, 1], size=(200, 3))
    chance = 1 / (1 + np.exp(-(features @ [8, 0.3, -1] - 21)))
    labels = (draw.random(200) < chance).astype(float)
    weights, bias = fit_logistic(features, labels, penalty=0.7)
    best = _loss(weights, bias, features, labels, 0.7)
    for index in range(3):
        for step in (-0.01, 0.01):
            moved = weights.copy()
            moved[index] += step
            assert _loss(moved, bias, features, labels, 0.7) > best
    assert _loss(weights, bias + 0.01, features, labels, 0.7) > best
    assert _loss(weights, bias - 0.01, features, labels, 0.7) > best


def test_separable_data_and_constant_features_end() -> None:
    """The penalty keeps weights finite, and a feature that never changes gets none."""
    features = np.array([[0.0, 1.0], [0.1, 1.0], [5.0, 1.0], [6.0, 1.0]])
    weights, bias = fit_logistic(features, np.array([0.0, 0.0, 1.0, 1.0]))
    assert np.isfinite(weights).all()
    assert weights[1] == pytest.approx(0)
    assert ((features @ weights + bias > 0) == [False, False, True, True]).all()


def test_one_label_alone_is_refused() -> None:
    """There is nothing to tell apart."""
    with pytest.raises(ValueError, match="both labels"):
        fit_logistic(np.zeros((3, 1)), np.ones(3))
