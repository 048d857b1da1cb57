"""The computation of a BERT sentence embedder as an ONNX graph, built from its weights.

BERT as in Devlin et al. 2019 with exact GELU; a sentence is the mean of its tokens' last hidden
states, scaled to length 1 (Reimers & Gurevych 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Weights = Mapping[str, NDArray[np.float32]]

OPSET = 20
_EPSILON = 1e-12
_MASKED = -1e9


def build(weights: Weights, heads: int = 12) -> onnx.ModelProto:
    """The model as ONNX.

    Inputs are `input_ids` and `attention_mask`, int64, shape (batch, tokens). Outputs are
    `sentence`, float32 unit vectors of shape (batch, hidden), and `tokens`, the last hidden states
    of shape (batch, tokens, hidden). Only standard operators: the fused ones of ONNX Runtime
    measured within 2 % of them.

    Args:
        weights: By their names in the original checkpoint.
        heads: Attention heads a layer, which the weights do not tell.
    """
    graph = _Graph(weights)
    hidden = int(weights["embeddings.word_embeddings.weight"].shape[1])
    states, mask = _embedded(graph)
    bias = _attention_bias(graph, mask)
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in weights:
        states = _layer(graph, states, bias, f"encoder.layer.{layer}.", heads)
        layer += 1
    graph.add("Identity", [states], output="tokens")
    _pooled(graph, states, mask)
    return graph.model(hidden)


class _Graph:
    """Collects nodes and constants under names of its own."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: Any) -> str:
        array = np.ascontiguousarray(value)
        self._constants.setdefault(name, numpy_helper.from_array(array, name))
        return name

    def weight(self, name: str, *, transposed: bool = False) -> str:
        value = self.weights[name]
        return self.constant(name, value.T if transposed else value)

    def add(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        output = output or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def linear(self, states: str, name: str) -> str:
        product = self.add("MatMul", [states, self.weight(f"{name}.weight", transposed=True)])
        return self.add("Add", [product, self.weight(f"{name}.bias")])

    def normalised(self, states: str, name: str) -> str:
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        inputs = [states, scale, shift]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=_EPSILON)

    def model(self, hidden: int) -> onnx.ModelProto:
        def info(name: str, kind: int, dimensions: list[str | int]) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, kind, dimensions)

        graph = helper.make_graph(
            self._nodes,
            "sentence-embedder",
            [
                info("input_ids", TensorProto.INT64, ["batch", "tokens"]),
                info("attention_mask", TensorProto.INT64, ["batch", "tokens"]),
            ],
            [
                info("sentence", TensorProto.FLOAT, ["batch", hidden]),
                info("tokens", TensorProto.FLOAT, ["batch", "tokens", hidden]),
            ],
            list(self._constants.values()),
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 10
        onnx.checker.check_model(model)
        return model


def _embedded(graph: _Graph) -> tuple[str, str]:
    """Token and position embeddings, and the mask as floats."""
    prefix = "embeddings."
    # Every token is of segment 0, so that segment's vector is part of each position's.
    positions = (
        graph.weights[prefix + "position_embeddings.weight"]
        + graph.weights[prefix + "token_type_embeddings.weight"][0]
    )
    words = graph.add("Gather", [graph.weight(prefix + "word_embeddings.weight"), "input_ids"])
    length = graph.add(
        "Gather", [graph.add("Shape", ["input_ids"]), graph.constant("one", np.array([1]))], axis=0
    )
    zero = graph.constant("zero", np.array([0]))
    position = graph.add("Slice", [graph.constant("positions", positions), zero, length, zero])
    states = graph.normalised(graph.add("Add", [words, position]), prefix + "LayerNorm")
    return states, graph.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)


def _attention_bias(graph: _Graph, mask: str) -> str:
    """0 for a token and a very low number for padding, shape (batch, 1, 1, tokens)."""
    inverted = graph.add("Sub", [graph.constant("1.0", np.float32(1)), mask])
    bias = graph.add("Mul", [inverted, graph.constant("masked", np.float32(_MASKED))])
    return graph.add("Unsqueeze", [bias, graph.constant("axes12", np.array([1, 2]))])


def _layer(graph: _Graph, states: str, bias: str, prefix: str, heads: int) -> str:
    attended = _attention(graph, states, bias, f"{prefix}attention.self.", heads)
    attended = graph.linear(attended, f"{prefix}attention.output.dense")
    attended = graph.normalised(
        graph.add("Add", [states, attended]), f"{prefix}attention.output.LayerNorm"
    )
    wide = graph.add("Gelu", [graph.linear(attended, f"{prefix}intermediate.dense")])
    narrow = graph.linear(wide, f"{prefix}output.dense")
    return graph.normalised(graph.add("Add", [attended, narrow]), f"{prefix}output.LayerNorm")


def _attention(graph: _Graph, states: str, bias: str, prefix: str, heads: int) -> str:
    hidden = graph.weights[f"{prefix}query.weight"].shape[0]
    size = hidden // heads
    split = graph.constant("split", np.array([0, 0, heads, size]))

    def head_view(name: str, order: list[int]) -> str:
        view = graph.add("Reshape", [graph.linear(states, prefix + name), split])
        return graph.add("Transpose", [view], perm=order)

    query, value = head_view("query", [0, 2, 1, 3]), head_view("value", [0, 2, 1, 3])
    product = graph.add("MatMul", [query, head_view("key", [0, 2, 3, 1])])
    scale = graph.constant("scale", np.float32(size**-0.5))
    scores = graph.add("Add", [graph.add("Mul", [product, scale]), bias])
    mixed = graph.add("MatMul", [graph.add("Softmax", [scores], axis=-1), value])
    joined = graph.add("Transpose", [mixed], perm=[0, 2, 1, 3])
    return graph.add("Reshape", [joined, graph.constant("join", np.array([0, 0, hidden]))])


def _pooled(graph: _Graph, states: str, mask: str) -> None:
    """The direction of the mean of all tokens: scaling to length 1 makes the sum do."""
    column = graph.add("Unsqueeze", [mask, graph.constant("axis2", np.array([2]))])
    axis = graph.constant("axis1", np.array([1]))
    total = graph.add("ReduceSum", [graph.add("Mul", [states, column]), axis], keepdims=0)
    graph.add("Div", [total, graph.add("ReduceL2", [total, axis], keepdims=1)], output="sentence")
