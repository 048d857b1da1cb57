"""The ONNX graph computes the network that its weights describe."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from footnote.models.minilm.graph import build
from tests.models import numpy_bert, tiny

HEADS = 3


def session(weights: tiny.Weights) -> onnxruntime.InferenceSession:
    """A graph of three heads, loaded."""
    model = build(weights, heads=HEADS).SerializeToString()
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("layers", [1, 3])
def test_outputs_are_those_of_a_plain_forward_pass(layers: int, seed: int) -> None:
    """States and sentence vectors equal a float64 computation, padding or not."""
    weights = tiny.weights(seed, hidden=12, layers=layers, wide=20)
    random = np.random.default_rng(seed)
    lengths = [1, 2, 7, 30]
    ids = random.integers(0, len(tiny.PIECES), (len(lengths), max(lengths)))
    mask = (np.arange(max(lengths)) < np.array(lengths)[:, None]).astype(np.int64)
    sentences, tokens = session(weights).run(
        ["sentence", "tokens"], {"input_ids": ids, "attention_mask": mask}
    )
    for row, length in enumerate(lengths):
        expected = numpy_bert.states(weights, ids[row, :length].tolist(), heads=HEADS)
        np.testing.assert_allclose(tokens[row, :length], expected, atol=2e-4)
        np.testing.assert_allclose(sentences[row], numpy_bert.sentence(expected), atol=2e-4)


def test_a_row_does_not_see_its_padding(seed: int) -> None:
    """A text's vector is the same alone and beside a longer one."""
    run = session(tiny.weights(seed, hidden=12, layers=2)).run
    short = np.array([[2, 5, 6, 3]])
    alone = run(["sentence"], {"input_ids": short, "attention_mask": np.ones_like(short)})[0]
    both = np.array([[2, 5, 6, 3, 14, 14], [2, 9, 9, 9, 9, 3]])
    mask = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1]])
    beside = run(["sentence"], {"input_ids": both, "attention_mask": mask})[0]
    np.testing.assert_allclose(beside[0], alone[0], atol=1e-5)
