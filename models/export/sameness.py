"""Whether the file that is served and the model that is trained are the same model.

An adapter that was trained on one model and runs on another is worse than none, and nothing else
would tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from gguf import MODEL_ARCH_NAMES, GGMLQuantizationType

from footnote.models.export.checkpoint import Checkpoint, read_checkpoint, read_json
from footnote.models.export.errors import DifferentModelError
from footnote.models.export.families import Shape, shape_of
from footnote.models.export.gguf_file import GgufFile, read_gguf
from footnote.models.export.rope import rope_of
from footnote.models.export.tensors import Planned, plan
from footnote.models.export.tokenizer import FILE, tokens_of

_TENSORS = 24
"""So many are compared, spread over the model."""
_ROWS = 16
"""So many rows of each."""
_STRIDE = 7919
"""By which the rows move on from tensor to tensor; a prime number meets all places."""
_LOST = {
    GGMLQuantizationType.Q8_0: 0.01,
    GGMLQuantizationType.Q6_K: 0.04,
    GGMLQuantizationType.Q5_K: 0.08,
    GGMLQuantizationType.Q5_0: 0.08,
    GGMLQuantizationType.Q5_1: 0.08,
    GGMLQuantizationType.Q4_K: 0.15,
    GGMLQuantizationType.Q4_0: 0.15,
    GGMLQuantizationType.Q4_1: 0.15,
    GGMLQuantizationType.IQ4_NL: 0.15,
    GGMLQuantizationType.IQ4_XS: 0.15,
    GGMLQuantizationType.Q3_K: 0.3,
    GGMLQuantizationType.F32: 0.004,
    GGMLQuantizationType.F16: 0.004,
    GGMLQuantizationType.BF16: 0.004,
}
"""The largest share of a tensor that each kind may lose: root of squares of what differs, over that
of the tensor. Each is about twice what was measured on normally distributed weights; two models of
their own differ by 1.4."""
_LOST_OTHERWISE = 0.5


async def check_same_model(file: Path, checkpoint: Path) -> None:
    """Refuse a GGUF file and a checkpoint that are not the same model.

    Shapes, positions and tokens are compared as a whole, weights by a sample. Two models that
    differ by less than the file's quantization loses, as some base models and their chat models do
    where it is coarse, cannot be told apart by their weights.

    Args:
        file: The GGUF file that is served, of whatever quantization.
        checkpoint: The folder of the model that is trained, as Transformers saves it.

    Raises:
        DifferentModelError: They differ, and where.
        ExportError: One of them cannot be read.
    """
    await asyncio.to_thread(_check, file, checkpoint)


def _check(file: Path, checkpoint: Path) -> None:
    served, trained = read_gguf(file), read_checkpoint(checkpoint)
    shape = shape_of(trained.config)
    for told, found, expected in _numbers(served, trained, shape):
        if found != expected:
            where = f"one has {_said(found)} {told} and the other {_said(expected)}"
            raise _different(served, trained, where)
    _check_tokens(served, trained)
    planned = plan(trained, shape)
    for each in planned:
        _check_shape(served, trained, each)
    for number, each in enumerate(_spread(planned)):
        _check_weights(served, trained, each, number)


def _numbers(
    served: GgufFile, trained: Checkpoint, shape: Shape
) -> Sequence[tuple[str, object, object]]:
    arch = served.value("general.architecture")
    rope = rope_of(trained.config, shape)

    def said(key: str, default: object = None) -> object:
        found = served.value(f"{arch}.{key}")
        if isinstance(found, list):
            found = found[0] if len(set(found)) == 1 else found
        return default if found is None else found

    return (
        ("for its architecture", arch, MODEL_ARCH_NAMES[shape.family.arch]),
        ("layers", said("block_count"), shape.layers),
        ("numbers in a state", said("embedding_length"), shape.width),
        ("heads", said("attention.head_count"), shape.heads),
        ("keys and values", said("attention.head_count_kv", shape.heads), shape.shared),
        ("for the base of its positions", said("rope.freq_base", 10_000.0), np.float32(rope.base)),
        ("for their stretching", said("rope.scaling.factor", 1.0), np.float32(rope.factor)),
        (
            "for the epsilon of its norms",
            said("attention.layer_norm_rms_epsilon"),
            np.float32(shape.epsilon),
        ),
        (
            "factors of its waves",
            _factors(served),
            0 if rope.factors is None else rope.factors.size,
        ),
    )


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, float | np.floating) else str(value)


def _factors(served: GgufFile) -> int:
    laid = served.tensors.get("rope_freqs.weight")
    return 0 if laid is None else laid.shape[0]


def _check_tokens(served: GgufFile, trained: Checkpoint) -> None:
    tokens = served.value("tokenizer.ggml.tokens") or []
    for number, text in sorted(tokens_of(read_json(trained.folder / FILE)).items()):
        found = tokens[number] if number < len(tokens) else None
        # Added tokens stand in GGUF as they are written in texts.
        if found is None or found.replace("▁", " ") != text.replace("▁", " "):
            raise _different(served, trained, f"token {number} is {found!r} and {text!r}")


def _check_shape(served: GgufFile, trained: Checkpoint, each: Planned) -> None:
    laid = served.tensors.get(each.name)
    if laid is None:
        raise _different(served, trained, f"{served.path.name} has no {each.name}")
    tokens = len(served.value("tokenizer.ggml.tokens") or [])
    # llama.cpp's converter cuts rows off that stand for no token.
    is_cut = laid.shape[0] == tokens and laid.shape[1:] == each.shape[1:]
    if laid.shape != each.shape and not (is_cut and tokens < each.shape[0]):
        raise _different(
            served, trained, f"{each.name} has the shape {laid.shape} and {each.shape}"
        )


def _check_weights(served: GgufFile, trained: Checkpoint, each: Planned, number: int) -> None:
    laid = served.tensors[each.name]
    size = max(_ROWS // each.step, 1) * each.step
    places = max((laid.shape[0] - size) // each.step, 0) + 1
    start = number * _STRIDE % places * each.step
    stop = min(start + size, laid.shape[0])
    expected = each.rows(start, stop).astype(np.float64)
    differs = np.linalg.norm(served.rows(each.name, start, stop) - expected)
    allowed = _LOST.get(laid.kind, _LOST_OTHERWISE)
    if differs > allowed * np.linalg.norm(expected):
        raise _different(
            served,
            trained,
            f"the weights of {each.name} differ by more than {laid.kind.name} loses",
        )


def _spread(planned: Sequence[Planned]) -> Sequence[Planned]:
    """Some tensors from all over the model; with few, all."""
    return tuple(islice(planned, 0, None, max(1, len(planned) // _TENSORS)))


def _different(served: GgufFile, trained: Checkpoint, where: str) -> DifferentModelError:
    return DifferentModelError(
        f"{served.path.name} and {trained.folder.name} are not the same model ({where}): serve the "
        "GGUF file of the model that is trained, or export one from it."
    )
