"""A LoRA adapter's folder as PEFT saves it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from footnote.models.export.checkpoint import Floats, Stored, read_json, stored_in
from footnote.models.export.errors import NotCarriedError, UnreadableError

_CONFIG = "adapter_config.json"
_WEIGHTS = "adapter_model.safetensors"
_NAME = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<part>[AB])\.weight")
_NOT_CARRIED = {
    "use_dora": "DoRA's magnitudes",
    "modules_to_save": "whole modules beside the matrices (modules_to_save)",
    "fan_in_fan_out": "transposed weights (fan_in_fan_out)",
    "lora_bias": "biases of its own (lora_bias)",
    "trainable_token_indices": "tokens of its own (trainable_token_indices)",
    "target_parameters": "matrices for bare parameters (target_parameters)",
    "layer_replication": "repeated layers (layer_replication)",
    "alora_invocation_tokens": "tokens that switch it on (aLoRA)",
    "use_qalora": "pooled inputs (QA-LoRA)",
    "use_bdlora": "matrices of blocks (BD-LoRA)",
    "arrow_config": "a choice among experts (Arrow)",
    "kasa_config": "singular values (KaSA)",
    "velora_config": "pieces of inputs (VeLoRA)",
    "monteclora_config": "random weights (MonteCLoRA)",
    "megatron_config": "Megatron's layers",
}
"""What PEFT can do and a GGUF adapter cannot hold."""
_SAFE_STARTS = (True, False, "gaussian", "orthogonal", "eva")
"""Starting weights that leave the model's own as they are (`init_lora_weights`)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What is added to one matrix of the model: scale · b · a.

    Attributes:
        a: Shape (rank, columns).
        b: Shape (rows, rank).
        scale: By PEFT's rules.
    """

    a: Stored
    b: Stored
    scale: float

    @property
    def rank(self) -> int:
        """Of the matrices."""
        return self.a.shape[0]

    def matrices(self, over: float = 1.0) -> tuple[Floats, Floats]:
        """Both matrices, the second multiplied by the scale and divided by `over`.

        Raises:
            UnreadableError: They hold numbers that are none.
        """
        a, b = self.a.whole(), self.b.whole()
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            raise UnreadableError(
                f"The adapter in {self.a.file.parent.name} holds numbers that are not finite: "
                "train it again with a lower learning rate."
            )
        return a, b * np.float32(self.scale / over)


@dataclass(frozen=True, slots=True)
class Lora:
    """An adapter.

    Attributes:
        folder: Where it is.
        alpha: What the configuration calls lora_alpha.
        pairs: What is added, by the model's own name of the tensor.
    """

    folder: Path
    alpha: float
    pairs: Mapping[str, Pair]


def read_lora(folder: Path) -> Lora:
    """Look at an adapter without reading its weights.

    Raises:
        NotCarriedError: It does more than a plain LoRA.
        UnreadableError: A file is missing or damaged.
    """
    config = read_json(folder / _CONFIG)
    _refuse(config)
    if not (folder / _WEIGHTS).is_file():
        raise UnreadableError(
            f"There is no {_WEIGHTS} in {folder}: save the adapter with PEFT, as safetensors."
        )
    halves: dict[str, dict[str, Stored]] = {}
    for name, stored in stored_in(folder / _WEIGHTS).items():
        found = _NAME.fullmatch(name)
        if found is None:
            raise NotCarriedError(
                f"The adapter trains {name}, for which a GGUF adapter has no place: train matrices "
                "of attention and feed-forward alone, or merge the adapter with PEFT."
            )
        halves.setdefault(found["module"], {})[found["part"]] = stored
    if not halves:
        raise UnreadableError(f"The adapter in {folder} is empty: train it again.")
    pairs = {f"{module}.weight": _pair(module, half, config) for module, half in halves.items()}
    return Lora(folder, _number(config, "lora_alpha"), pairs)


def _refuse(config: Mapping[str, Any]) -> None:
    kind = config.get("peft_type")
    if kind != "LORA":
        raise NotCarriedError(f"The adapter is of PEFT's type {kind}, not LORA: train a LoRA.")
    reasons = [told for key, told in _NOT_CARRIED.items() if config.get(key)]
    if config.get("bias", "none") != "none":
        reasons.append("trained biases")
    start = config.get("init_lora_weights", True)
    if start not in _SAFE_STARTS:
        reasons.append(f"a start that changes the model's own weights ({start})")
    if reasons:
        raise NotCarriedError(
            f"The adapter has {' and '.join(reasons)}, for which a GGUF adapter has no place: "
            "train a plain LoRA."
        )


def _pair(module: str, half: Mapping[str, Stored], config: Mapping[str, Any]) -> Pair:
    if len(half) < len("AB") or half["A"].shape[0] != half["B"].shape[1]:
        raise UnreadableError(
            f"The adapter's matrices for {module} do not fit each other: train it again."
        )
    rank = half["A"].shape[0]
    alpha = _number(config, "lora_alpha")
    for pattern, own in (config.get("alpha_pattern") or {}).items():
        # PEFT's get_pattern_key: the first pattern that ends the module's name.
        if re.match(rf"(.*\.)?({pattern})$", module):
            alpha = float(own)
            break
    # rsLoRA divides by the root of the rank (PEFT's `update_layer`).
    over = math.sqrt(rank) if config.get("use_rslora") else rank
    return Pair(half["A"], half["B"], alpha / over)


def _number(config: Mapping[str, Any], key: str) -> float:
    try:
        return float(config[key])
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError(
            f"{_CONFIG} does not say {key}: save the adapter with PEFT again."
        ) from error
