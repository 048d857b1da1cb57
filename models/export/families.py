"""The families of models that can be exported, and the shape that a configuration gives.

Each has its own architecture in llama.cpp; what that cannot compute as Transformers does is refused
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gguf import MODEL_ARCH

from footnote.models.export.errors import NotCarriedError, UnreadableError

_NORMS = ("input_layernorm.weight", "post_attention_layernorm.weight")
_MATRICES = (
    *(f"self_attn.{part}_proj.weight" for part in "qkvo"),
    *(f"mlp.{part}_proj.weight" for part in ("gate", "up", "down")),
)
_HEAD_NORMS = ("self_attn.q_norm.weight", "self_attn.k_norm.weight")
_OUTER_NORMS = ("pre_feedforward_layernorm.weight", "post_feedforward_layernorm.weight")
_BIASES = tuple(name.replace(".weight", ".bias") for name in _MATRICES)
_LARGEST_GEMMA = {MODEL_ARCH.GEMMA2: 46, MODEL_ARCH.GEMMA3: 62}
"""Layers of the 27B models, by which llama.cpp knows that they scale attention otherwise."""


@dataclass(frozen=True, slots=True)
class Family:
    """Models of one architecture.

    Attributes:
        arch: llama.cpp's number for it.
        layer: The tensors that each layer has, without "model.layers.N.".
        optional: Those that it may have.
        activation: Of the feed-forward.
        turned: Whether llama.cpp pairs the numbers of a query or key that are side by side, where
            Transformers pairs the first half with the second.
        norm_shift: What is added to the norms' weights.
        tied: Whether the output shares the embedding's weights where the configuration is silent.
        windowed: Whether some layers see a window only.
        needed: Keys without which Transformers would take a number of its own.
    """

    arch: MODEL_ARCH
    layer: tuple[str, ...]
    optional: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    activation: str = "silu"
    turned: bool = False
    norm_shift: float = 0.0
    tied: bool = False
    windowed: bool = False


_HEADS = ("head_dim", "query_pre_attn_scalar")
_GEMMA = "gelu_pytorch_tanh"
FAMILIES = {
    "llama": Family(MODEL_ARCH.LLAMA, (*_NORMS, *_MATRICES), _BIASES, turned=True),
    "qwen2": Family(MODEL_ARCH.QWEN2, (*_NORMS, *_MATRICES, *_BIASES[:3])),
    "qwen3": Family(MODEL_ARCH.QWEN3, (*_NORMS, *_MATRICES, *_HEAD_NORMS), needed=("head_dim",)),
    "gemma2": Family(
        MODEL_ARCH.GEMMA2,
        (*_NORMS, *_OUTER_NORMS, *_MATRICES),
        needed=(*_HEADS, "attn_logit_softcapping", "final_logit_softcapping"),
        activation=_GEMMA,
        norm_shift=1.0,
        tied=True,
        windowed=True,
    ),
    "gemma3_text": Family(
        MODEL_ARCH.GEMMA3,
        (*_NORMS, *_OUTER_NORMS, *_MATRICES, *_HEAD_NORMS),
        needed=_HEADS,
        activation=_GEMMA,
        norm_shift=1.0,
        tied=True,
        windowed=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a model is, and what else llama.cpp must know of it.

    Attributes:
        family: What it belongs to.
        layers: How many.
        width: Length of a state.
        wide: Length of a feed-forward's state.
        heads: Of the attention.
        shared: How many keys and values the heads share.
        head: Length of a query, key or value.
        vocabulary: Rows of the embedding.
        context: Tokens that it was made for.
        epsilon: Of the norms.
        tied: Whether the output is the embedding.
        window: Tokens that windowed layers see, or 0 for none.
        windowed: Which layers these are; () where there is no window.
        attention_cap: Soft cap of the attention's scores, or 0.
        output_cap: Soft cap of the output's scores, or 0.
    """

    family: Family
    layers: int
    width: int
    wide: int
    heads: int
    shared: int
    head: int
    vocabulary: int
    context: int
    epsilon: float
    tied: bool
    window: int = 0
    windowed: tuple[bool, ...] = ()
    attention_cap: float = 0.0
    output_cap: float = 0.0


def shape_of(config: Mapping[str, Any]) -> Shape:
    """What a configuration says.

    Raises:
        NotCarriedError: llama.cpp cannot compute such a model.
        UnreadableError: The configuration lacks something.
    """
    kind = config.get("model_type")
    family = FAMILIES.get(str(kind))
    if family is None:
        raise NotCarriedError(
            f"Models of the type {kind} cannot be exported, only {', '.join(FAMILIES)}: convert it "
            "with llama.cpp's own convert_hf_to_gguf.py."
        )
    try:
        for key in family.needed:
            config[key]
        heads = int(config["num_attention_heads"])
        layers = int(config["num_hidden_layers"])
        window, windowed = _window(config, family, layers)
        shape = Shape(
            family,
            layers=layers,
            width=int(config["hidden_size"]),
            wide=int(config["intermediate_size"]),
            heads=heads,
            shared=int(config.get("num_key_value_heads") or heads),
            head=int(config.get("head_dim") or config["hidden_size"] // heads),
            vocabulary=int(config["vocab_size"]),
            context=int(config["max_position_embeddings"]),
            epsilon=float(config["rms_norm_eps"]),
            tied=bool(config.get("tie_word_embeddings", family.tied)),
            window=window,
            windowed=windowed,
            attention_cap=float(config.get("attn_logit_softcapping") or 0),
            output_cap=float(config.get("final_logit_softcapping") or 0),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError(
            f"config.json does not say {error}: save the model with Transformers again."
        ) from error
    _refuse(config, shape)
    return shape


def _window(config: Mapping[str, Any], family: Family, layers: int) -> tuple[int, tuple[bool, ...]]:
    """Tokens that windowed layers see, and which layers these are."""
    if not family.windowed:
        return 0, ()
    pattern = (
        2 if family.arch == MODEL_ARCH.GEMMA2 else int(config.get("sliding_window_pattern", 6))
    )
    kinds = config.get("layer_types") or [
        "sliding_attention" if number % pattern else "full_attention"
        for number in range(1, layers + 1)
    ]
    return int(config["sliding_window"]), tuple(kind == "sliding_attention" for kind in kinds)


def _refuse(config: Mapping[str, Any], shape: Shape) -> None:
    """Refuse what Transformers computes and llama.cpp would not."""
    family = shape.family
    activation = config.get("hidden_activation") or config.get("hidden_act", family.activation)
    scale = config.get("query_pre_attn_scalar", shape.head)
    is_largest = _LARGEST_GEMMA.get(family.arch) == shape.layers
    expected = shape.width // shape.heads if is_largest else shape.head
    reasons = {
        f"the activation {activation}": activation != family.activation,
        "windowed attention": not family.windowed and bool(config.get("use_sliding_window")),
        "attention to what follows": bool(config.get("use_bidirectional_attention")),
        "attention scaled by another number than the length of a head": family.windowed
        and scale != expected,
        "capped attention": shape.attention_cap > 0 and family.arch != MODEL_ARCH.GEMMA2,
        "capped scores": shape.output_cap > 0 and not family.windowed,
        "an output of its own": family.arch == MODEL_ARCH.GEMMA2 and not shape.tied,
        "positions in a part of each head": config.get("partial_rotary_factor", 1.0) != 1.0,
    }
    for reason, holds in reasons.items():
        if holds:
            raise NotCarriedError(
                f"This {config['model_type']} model has {reason}, which llama.cpp does not compute "
                "for its family: choose another base model."
            )
