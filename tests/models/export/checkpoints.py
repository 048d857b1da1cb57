"""Small models of random weights, and adapters for them, as Transformers and PEFT save them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from footnote.models.export.families import shape_of
from footnote.models.export.tensors import sizes_of
from tests.models.export.tokenizers_of import TEMPLATE, characters, pairs

_SMALL = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "rms_norm_eps": 1e-6,
    "rope_theta": 10_000.0,
}
_GEMMA = {
    "head_dim": 32,
    "query_pre_attn_scalar": 32,
    "sliding_window": 16,
    "hidden_activation": "gelu_pytorch_tanh",
    "tie_word_embeddings": True,
}
_LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 500_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
_YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}
_THREE_LAYERS = ["sliding_attention", "full_attention", "sliding_attention"]
CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "llama": {"model_type": "llama"},
    "llama3": {
        "model_type": "llama",
        "attention_bias": True,
        "mlp_bias": True,
        "rope_parameters": _LLAMA3,
    },
    "qwen2": {"model_type": "qwen2"},
    "qwen2-yarn": {"model_type": "qwen2", "rope_scaling": _YARN},
    "qwen3": {"model_type": "qwen3", "head_dim": 32, "tie_word_embeddings": True},
    "gemma2": {
        "model_type": "gemma2",
        "attn_logit_softcapping": 5.0,
        "final_logit_softcapping": 8.0,
        **_GEMMA,
    },
    "gemma3": {
        "model_type": "gemma3_text",
        "layer_types": _THREE_LAYERS,
        "rope_theta": 1_000_000.0,
        "rope_local_base_freq": 5_000.0,
        **_GEMMA,
    },
    "gemma3-linear": {
        "model_type": "gemma3_text",
        "layer_types": _THREE_LAYERS,
        "rope_parameters": {
            "full_attention": {"rope_type": "linear", "rope_theta": 1e6, "factor": 8.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
        },
        **_GEMMA,
    },
}
"""What each small model is; the four shapes, and what they turn their positions by."""
MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def write_checkpoint(
    folder: Path, name: str = "qwen2", *, seed: int = 1, dtype: str = "float32", **changes: Any
) -> Path:
    """Write a whole model.

    Args:
        folder: Where to; it is named after the model.
        name: One of `CONFIGS`.
        seed: Of the random weights.
        dtype: Of the weights, as numpy calls it.
        changes: To the configuration.
    """
    folder = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    size = write_tokenizer(folder, name)
    # Some rows stand for no token, as in real models.
    config = {**_SMALL, "vocab_size": size + 3, **CONFIGS[name], "torch_dtype": dtype, **changes}
    (folder / "config.json").write_text(json.dumps(config))
    save_file(weights(config, seed, dtype), folder / "model.safetensors", {"format": "pt"})
    return folder


def shard(folder: Path) -> Path:
    """Give each tensor of a checkpoint a file of its own, as large models have several."""
    from safetensors.numpy import load_file  # noqa: PLC0415  only here

    found = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    places = {}
    for number, (name, numbers) in enumerate(sorted(found.items()), start=1):
        places[name] = f"model-{number:05}-of-{len(found):05}.safetensors"
        save_file({name: numbers}, folder / places[name], {"format": "pt"})
    index = {"metadata": {}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return folder


def weights(config: Mapping[str, Any], seed: int, dtype: str) -> dict[str, NDArray[Any]]:
    """Random weights for a configuration."""
    random = np.random.default_rng(seed)
    shape = shape_of(config)
    found = {}
    for name, size in sizes_of(shape).items():
        wanted = "mlp_bias" if ".mlp." in name else "attention_bias"
        if name.endswith(".bias") and config["model_type"] == "llama" and not config.get(wanted):
            continue
        is_norm = name.endswith("norm.weight")
        mean = 1.0 - shape.family.norm_shift if is_norm else 0.0
        # A tied model with large embeddings would only repeat the last token.
        spread = 0.03 if shape.tied and "embed" in name else 0.2
        numbers = random.normal(mean, spread, size).astype(np.float32)
        found[name] = numbers.astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    return found


def write_adapter(
    folder: Path,
    checkpoint: Path,
    *,
    seed: int = 1,
    rank: int = 4,
    strength: float = 0.1,
    **changes: Any,
) -> Path:
    """Write a LoRA for all matrices of a model.

    Args:
        folder: Where to.
        checkpoint: The model's folder.
        seed: Of the random weights.
        rank: Of the matrices, where `rank_pattern` has no other for their module.
        strength: Of the second matrices.
        changes: To the configuration.
    """
    config = json.loads((checkpoint / "config.json").read_text())
    random = np.random.default_rng(seed)
    told = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": str(checkpoint),
        "r": rank,
        "lora_alpha": 8,
        "target_modules": list(MATRICES),
        "bias": "none",
        "use_rslora": False,
        **changes,
    }
    tensors = {}
    for name, size in sizes_of(shape_of(config)).items():
        module = name.removesuffix(".weight")
        part = module.rpartition(".")[2]
        if name.endswith(".weight") and part in MATRICES:
            own = told.get("rank_pattern", {}).get(part, rank)
            prefix = f"base_model.model.{module}"
            first = random.normal(0, size[1] ** -0.5, (own, size[1]))
            second = random.normal(0, strength, (size[0], own))
            tensors[f"{prefix}.lora_A.weight"] = first.astype(np.float32)
            tensors[f"{prefix}.lora_B.weight"] = second.astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps(told))
    save_file(tensors, folder / "adapter_model.safetensors", {"format": "pt"})
    return folder


def write_tokenizer(folder: Path, name: str) -> int:
    """Write the tokenizer of a family; returns how many tokens it has."""
    if name.startswith("gemma"):
        specials = ("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>")
        tokenizer, told = characters(specials, prefix=False), {"bos": "<bos>", "eos": "<eos>"}
    elif name == "llama":
        tokenizer = characters(("<unk>", "<s>", "</s>"), prefix=True)
        told = {"bos": "<s>", "eos": "</s>"}
    elif name == "llama3":
        tokenizer = pairs("llama3", ("<|begin_of_text|>", "<|eot_id|>"), begin="<|begin_of_text|>")
        told = {"bos": "<|begin_of_text|>", "eos": "<|eot_id|>"}
    else:
        tokenizer = pairs("qwen2", ("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
        told = {"eos": "<|im_end|>", "pad": "<|endoftext|>"}
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {f"{key}_token": token for key, token in told.items()}
    settings |= {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return int(tokenizer.get_vocab_size())
