"""Logistic regression, small enough to need no library of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 100
_STILL = 1e-10


def fit_logistic(features: Floats, labels: Floats, *, penalty: float = 1.0) -> tuple[Floats, float]:
    """The weights and the bias that make the labels likeliest, less a ridge penalty.

    Newton's method (iteratively reweighted least squares; Hastie et al., The Elements of
    Statistical Learning, 4.4.1) on standardised features; the bias is not penalised.

    Args:
        features: Shape (n, k).
        labels: Shape (n,), each 0 or 1, both present.
        penalty: Factor of half the sum of the squared weights of the standardised features.

    Returns:
        Weights of shape (k,) and the bias, both for the features as they were given.

    Raises:
        ValueError: All labels are the same.
    """
    if labels.min() == labels.max():
        raise ValueError("both labels have to occur")
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    inputs = np.column_stack(((features - centre) / spread, np.ones(len(features))))
    ridge = np.full(inputs.shape[1], penalty)
    ridge[-1] = 0.0
    weights = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (chances - labels) + ridge * weights
        curve = (inputs.T * (chances * (1 - chances))) @ inputs + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < _STILL:
            break
    raw = weights[:-1] / spread
    return raw, float(weights[-1] - raw @ centre)
