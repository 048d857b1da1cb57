"""Checkpoints that cannot be exported are one sentence, and no file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from footnote.models.export.errors import ExportError, NotCarriedError, UnreadableError
from footnote.models.export.gguf_file import read_gguf
from footnote.models.export.models import Source, export_model
from tests.models.export.checkpoints import CONFIGS, shard, write_checkpoint

YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}


async def refused(checkpoint: Path, target: Path, kind: type[ExportError], told: str) -> None:
    """Exporting raises this kind of error with this text in it, and leaves nothing."""
    with pytest.raises(kind, match=told) as raised:
        await export_model(Source(checkpoint), target)
    assert ". " not in str(raised.value)
    assert str(raised.value).endswith(".")
    assert not left_of(target)


def left_of(target: Path) -> list[Path]:
    """What stands there of a file, whole or not."""
    return list(target.parent.glob(f"{target.name}*"))


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("llama", {"model_type": "mixtral"}, "mixtral"),
        ("llama", {"model_type": "gemma3"}, "gemma3"),
        ("llama", {"hidden_act": "gelu"}, "gelu"),
        ("llama", {"quantization_config": {"bits": 4}}, "quantized"),
        ("llama", {"rope_scaling": {"rope_type": "dynamic", "factor": 2.0}}, "dynamic"),
        ("qwen2", {"rope_scaling": {"rope_type": "longrope"}}, "longrope"),
        ("qwen2", {"rope_parameters": CONFIGS["llama3"]["rope_parameters"]}, "llama3"),
        ("qwen2", {"rope_scaling": {**YARN, "attention_factor": 2.0}}, "attention_factor"),
        ("qwen2", {"rope_scaling": {**YARN, "beta_fast": 16}}, "beta_fast"),
        ("qwen2", {"rope_scaling": {**YARN, "mscale": 1.0}}, "mscale"),
        ("qwen2", {"use_sliding_window": True}, "windowed"),
        ("qwen3", {"partial_rotary_factor": 0.5}, "part of each head"),
        ("gemma2", {"query_pre_attn_scalar": 64}, "another number"),
        ("gemma2", {"rope_scaling": YARN}, "yarn"),
        ("gemma2", {"tie_word_embeddings": False}, "an output of its own"),
        ("gemma3", {"attn_logit_softcapping": 50.0}, "capped attention"),
        ("gemma3", {"use_bidirectional_attention": True}, "what follows"),
        (
            "gemma3",
            {"rope_parameters": {"full_attention": {}, "sliding_attention": {"rope_type": "yarn"}}},
            "windowed yarn",
        ),
    ],
)
async def test_what_llama_cpp_would_compute_otherwise_is_refused(
    tmp_path: Path, name: str, changes: dict[str, Any], told: str
) -> None:
    """A setting that Transformers heeds and llama.cpp does not is never dropped."""
    checkpoint = write_checkpoint(tmp_path, name)
    path = checkpoint / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    await refused(checkpoint, tmp_path / "model.gguf", NotCarriedError, told)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("qwen2", "hidden_size"),
        ("qwen2", "rms_norm_eps"),
        ("qwen3", "head_dim"),
        ("gemma2", "attn_logit_softcapping"),
        ("gemma3", "query_pre_attn_scalar"),
    ],
)
async def test_a_configuration_that_lacks_something_is_one_sentence(
    tmp_path: Path, name: str, key: str
) -> None:
    """The missing key is named, and no number of Transformers' own is guessed for it."""
    checkpoint = write_checkpoint(tmp_path, name)
    path = checkpoint / "config.json"
    found = json.loads(path.read_text())
    del found[key]
    path.write_text(json.dumps(found))
    await refused(checkpoint, tmp_path / "model.gguf", UnreadableError, key)


@pytest.mark.parametrize("text", ["", "[]", "{", "\udcff"])
async def test_a_damaged_configuration_is_one_sentence(tmp_path: Path, text: str) -> None:
    """Whatever stands in the file."""
    checkpoint = write_checkpoint(tmp_path)
    (checkpoint / "config.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    await refused(checkpoint, tmp_path / "model.gguf", UnreadableError, r"config\.json")


def change(checkpoint: Path, name: str, numbers: Any) -> None:
    """Put a tensor into a checkpoint; None takes it away."""
    found = load_file(checkpoint / "model.safetensors")
    found.pop(name, None)
    if numbers is not None:
        found[name] = numbers
    save_file(found, checkpoint / "model.safetensors")


@pytest.mark.parametrize(
    ("name", "numbers", "kind", "told"),
    [
        ("model.norm.weight", None, UnreadableError, "lacks model.norm.weight"),
        ("model.norm.weight", np.ones(32, np.float32), UnreadableError, "has the shape"),
        ("model.norm.weight", np.full(64, np.nan, np.float32), UnreadableError, "not finite"),
        ("model.norm.weight", np.ones(64, np.int8), NotCarriedError, "I8"),
        ("model.extra.weight", np.ones(64, np.float32), NotCarriedError, "model.extra.weight"),
        (
            "model.layers.0.mlp.gate_up_proj.weight",
            np.ones((192, 64), np.float32),
            NotCarriedError,
            "gate_up_proj",
        ),
        (
            "model.layers.0.self_attn.o_proj.bias",
            np.ones(64, np.float32),
            NotCarriedError,
            "o_proj.bias",
        ),
    ],
)
async def test_tensors_that_do_not_belong_are_said(
    tmp_path: Path, name: str, numbers: Any, kind: type[ExportError], told: str
) -> None:
    """A tensor that is missing, strange or of another shape is named."""
    checkpoint = write_checkpoint(tmp_path)
    change(checkpoint, name, numbers)
    await refused(checkpoint, tmp_path / "model.gguf", kind, told)


async def test_a_tied_output_is_not_written_twice(tmp_path: Path) -> None:
    """A checkpoint that holds its embedding again as output exports like one that does not."""
    checkpoint = write_checkpoint(tmp_path, "qwen3")
    await export_model(Source(checkpoint), tmp_path / "once.gguf")
    embedding = load_file(checkpoint / "model.safetensors")["model.embed_tokens.weight"]
    change(checkpoint, "lm_head.weight", embedding)
    change(checkpoint, "model.layers.0.self_attn.rotary_emb.inv_freq", np.ones(8, np.float32))
    await export_model(Source(checkpoint), tmp_path / "twice.gguf")
    once, twice = ((tmp_path / f"{name}.gguf").read_bytes() for name in ("once", "twice"))
    assert once == twice


async def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    """An incomplete download is no shorter model."""
    checkpoint = shard(write_checkpoint(tmp_path))
    lost = sorted(checkpoint.glob("model-*.safetensors"))[3]
    lost.unlink()
    await refused(checkpoint, tmp_path / "model.gguf", UnreadableError, lost.name)


async def test_a_cut_file_is_said(tmp_path: Path) -> None:
    """A download that broke off is not exported with what came."""
    checkpoint = write_checkpoint(tmp_path)
    path = checkpoint / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    await refused(checkpoint, tmp_path / "model.gguf", UnreadableError, "damaged")


async def test_an_index_that_promises_more_is_said(tmp_path: Path) -> None:
    """A tensor of the index that no file holds is named."""
    checkpoint = shard(write_checkpoint(tmp_path))
    path = checkpoint / "model.safetensors.index.json"
    found = json.loads(path.read_text())
    found["weight_map"]["model.lost.weight"] = next(iter(found["weight_map"].values()))
    path.write_text(json.dumps(found))
    await refused(checkpoint, tmp_path / "model.gguf", UnreadableError, "model.lost.weight")


async def test_weights_that_f16_cannot_hold_are_said(tmp_path: Path) -> None:
    """Large numbers of a bfloat16 model do not become infinite."""
    checkpoint = write_checkpoint(tmp_path)
    change(checkpoint, "lm_head.weight", np.full((326, 64), 1e6, np.float32))
    await refused(checkpoint, tmp_path / "model.gguf", NotCarriedError, "too large for F16")
    await export_model(Source(checkpoint, kind="bf16"), tmp_path / "model.gguf")
    assert read_gguf(tmp_path / "model.gguf").rows("output.weight", 0, 1).max() > 9e5


async def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    """A slip in the kind is said before anything is read."""
    with pytest.raises(NotCarriedError, match="q4_k_m"):
        await export_model(Source(tmp_path / "none", kind="q5"), tmp_path / "model.gguf")
