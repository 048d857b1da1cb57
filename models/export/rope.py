"""How positions turn queries and keys, in Transformers' words and in GGUF's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from gguf import MODEL_ARCH, GGUFWriter, RopeScalingType
from numpy.typing import NDArray

from footnote.models.export.errors import NotCarriedError, UnreadableError
from footnote.models.export.families import Shape

_PLAIN = 10_000.0
_GEMMA3 = 1_000_000.0
_YARN_DEFAULTS = {
    "beta_fast": 32,
    "beta_slow": 1,
    "truncate": True,
    "mscale": None,
    "mscale_all_dim": None,
}


@dataclass(frozen=True, slots=True)
class Rope:
    """The turning of one model.

    Attributes:
        base: The longest wave's base.
        local_base: That of windowed layers, or 0 for the same.
        kind: "default", "linear", "yarn" or "llama3".
        factor: How many times the context was stretched.
        original: Tokens of the context before that, or 0.
        factors: What each wave's frequency is divided by, or None for nothing.
    """

    base: float
    local_base: float = 0.0
    kind: str = "default"
    factor: float = 1.0
    original: int = 0
    factors: NDArray[np.float32] | None = None


def rope_of(config: Mapping[str, Any], shape: Shape) -> Rope:
    """What a configuration says, in the form of Transformers 5 or in the older one.

    Raises:
        NotCarriedError: llama.cpp turns no model of this family so.
        UnreadableError: The configuration lacks a number.
    """
    given, local_base = _given(config, shape)
    base = float(given.get("rope_theta") or config.get("rope_theta") or _PLAIN)
    kind = str(given.get("rope_type") or given.get("type") or "default")
    if given.get("partial_rotary_factor", 1.0) != 1.0:
        raise _refused(kind)
    try:
        match kind:
            case "default":
                return Rope(base, local_base)
            case "linear":
                return Rope(base, local_base, kind, float(given["factor"]))
            case "yarn" if not shape.family.windowed:
                return _yarn(given, config, base)
            case "llama3" if shape.family.arch == MODEL_ARCH.LLAMA:
                return Rope(base, kind=kind, factors=_llama3(given, base, shape.head))
    except KeyError as error:
        raise UnreadableError(
            f"config.json does not say {error} of its {kind} positions: save the model again."
        ) from error
    raise _refused(kind)


def add_rope(writer: GGUFWriter, rope: Rope, shape: Shape) -> None:
    """Write it down; the factors are a tensor, which is not written here."""
    writer.add_rope_freq_base(rope.base)
    writer.add_rope_dimension_count(shape.head)
    if rope.local_base:
        writer.add_rope_freq_base_swa(rope.local_base)
    if rope.kind in ("linear", "yarn"):
        writer.add_rope_scaling_type(RopeScalingType(rope.kind))
        writer.add_rope_scaling_factor(rope.factor)
    if rope.original:
        writer.add_rope_scaling_orig_ctx_len(rope.original)


def _given(config: Mapping[str, Any], shape: Shape) -> tuple[Mapping[str, Any], float]:
    """The parameters of the layers that see everything, and the base of the others."""
    given = config.get("rope_parameters") or config.get("rope_scaling") or {}
    if shape.family.arch != MODEL_ARCH.GEMMA3:
        return given, 0.0
    if "full_attention" not in given:
        local = float(config.get("rope_local_base_freq") or _PLAIN)
        return {"rope_theta": config.get("rope_theta", _GEMMA3), **given}, local
    local_given = given.get("sliding_attention") or {}
    if (local_given.get("rope_type") or "default") != "default":
        raise _refused(f"windowed {local_given['rope_type']}")
    return given["full_attention"], float(local_given.get("rope_theta") or _PLAIN)


def _yarn(given: Mapping[str, Any], config: Mapping[str, Any], base: float) -> Rope:
    """YaRN with the numbers of its paper, which are llama.cpp's too."""
    factor = float(given["factor"])
    usual = 0.1 * math.log(factor) + 1 if factor > 1 else 1.0
    attention = given.get("attention_factor")
    if attention is not None and not math.isclose(float(attention), usual, rel_tol=1e-6):
        raise _refused("yarn with an attention_factor of its own")
    for name, default in _YARN_DEFAULTS.items():
        if given.get(name) is not None and given[name] != default:
            raise _refused(f"yarn with {name}")
    original = given.get("original_max_position_embeddings") or config["max_position_embeddings"]
    return Rope(base, kind="yarn", factor=factor, original=int(original))


def _llama3(given: Mapping[str, Any], base: float, head: int) -> NDArray[np.float32]:
    """Llama 3's stretching: long waves by the factor, short ones not, and smoothly in between.

    As in Transformers' `_compute_llama3_parameters`.
    """
    factor, original = float(given["factor"]), float(given["original_max_position_embeddings"])
    low, high = float(given["low_freq_factor"]), float(given["high_freq_factor"])
    waves = 2 * math.pi * base ** (np.arange(0, head, 2, dtype=np.float64) / head)
    share = np.clip((original / waves - low) / (high - low), 0, 1)
    return (1 / ((1 - share) / factor + share)).astype(np.float32)


def _refused(kind: str) -> NotCarriedError:
    return NotCarriedError(
        f"llama.cpp does not compute {kind} positions for this model's family: choose another base "
        "model."
    )
