"""Every kind of storage gives a file that is the same model, and no other."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from footnote.models.export.errors import DifferentModelError, ExportError, UnreadableError
from footnote.models.export.gguf_file import read_gguf
from footnote.models.export.kinds import BY_LLAMA, STREAMED
from footnote.models.export.models import Source, export_model
from footnote.models.export.sameness import check_same_model
from tests.models.export.checkpoints import CONFIGS, write_adapter, write_checkpoint
from tests.models.export.conftest import Exported, Models
from tests.models.export.greedy import answers, random_prompts

WIDE: dict[str, Any] = {"hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 2}
"""Rows that fill the blocks of every kind."""
QUICK = ("q4_0", "q4_k_m", "q2_k")
ALL = [pytest.param(kind, marks=() if kind in QUICK else (pytest.mark.soak,)) for kind in BY_LLAMA]


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint whose rows fill the blocks of every kind."""
    return write_checkpoint(tmp_path_factory.mktemp("wide"), "llama", **WIDE)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of the same shape with other weights."""
    return write_checkpoint(tmp_path_factory.mktemp("other"), "llama", seed=2, **WIDE)


@pytest.mark.parametrize("kind", [*STREAMED, *ALL])
async def test_each_kind_is_the_same_model_and_no_other(
    wide: Path, other: Path, tmp_path: Path, kind: str
) -> None:
    """It is served, is taken for the model that it was made of, and for no other one."""
    target = tmp_path / "model.gguf"
    await export_model(Source(wide, kind=kind), target)
    await check_same_model(target, wide)
    with pytest.raises(DifferentModelError, match="differ by more than"):
        await check_same_model(target, other)
    prompts = random_prompts(1, wide, seed=1)
    assert len(answers(target, prompts, 5)[0]) == 5
    assert [path.name for path in target.parent.glob("model*")] == ["model.gguf"]


async def test_q8_0_halves_the_file_of_f16(wide: Path, tmp_path: Path) -> None:
    """Vectors stay exact, matrices take a byte and a sixteenth a number."""
    for kind in ("f16", "q8_0"):
        await export_model(Source(wide, kind=kind), tmp_path / f"{kind}.gguf")
    half, small = (read_gguf(tmp_path / f"{kind}.gguf") for kind in ("f16", "q8_0"))
    assert {laid.kind.name for laid in small.tensors.values()} == {"Q8_0", "F32"}
    assert half.value("general.file_type") == 1
    assert small.value("general.file_type") == 7
    norms = [name for name in small.tensors if name.endswith("norm.weight")]
    for name in norms:
        assert (small.rows(name, 0, 256) == half.rows(name, 0, 256)).all()


async def test_rows_that_fill_no_block_stay_f16(tmp_path: Path) -> None:
    """As llama.cpp's own quantizer does it."""
    checkpoint = write_checkpoint(tmp_path, hidden_size=48, intermediate_size=64)
    await export_model(Source(checkpoint, kind="q8_0"), tmp_path / "model.gguf")
    tensors = read_gguf(tmp_path / "model.gguf").tensors
    assert tensors["blk.0.ffn_up.weight"].kind.name == "F16"
    assert tensors["blk.0.ffn_down.weight"].kind.name == "Q8_0"
    assert len(answers(tmp_path / "model.gguf", random_prompts(1, checkpoint, 1), 5)[0]) == 5


@pytest.mark.parametrize("name", CONFIGS)
async def test_every_family_is_the_same_model(exported: Models, name: str) -> None:
    """The check turns, shifts and names as the export does."""
    made = await exported(name)
    await check_same_model(made.file, made.checkpoint)


async def test_a_merged_adapter_is_another_model(tmp_path: Path) -> None:
    """A model with an adapter in it is not taken for its base."""
    checkpoint = write_checkpoint(tmp_path)
    adapter = write_adapter(tmp_path / "lora", checkpoint)
    await export_model(Source(checkpoint, adapter=adapter, kind="q8_0"), tmp_path / "model.gguf")
    with pytest.raises(DifferentModelError, match="weights of"):
        await check_same_model(tmp_path / "model.gguf", checkpoint)


Change = Callable[[Path], None]


def config(**changes: Any) -> Change:
    """Change a checkpoint's configuration."""

    def change(checkpoint: Path) -> None:
        path = checkpoint / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def tensor(name: str, work: Callable[[Any], Any]) -> Change:
    """Change one of its tensors."""

    def change(checkpoint: Path) -> None:
        found = load_file(checkpoint / "model.safetensors")
        found[name] = work(found[name])
        save_file(found, checkpoint / "model.safetensors")

    return change


def token(checkpoint: Path) -> None:
    """Change one of its tokens."""
    path = checkpoint / "tokenizer.json"
    path.write_text(path.read_text().replace("<|im_start|>", "<|im_begin|>"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (config(rope_theta=20_000.0), "base of its positions"),
        (config(rope_scaling={"type": "linear", "factor": 2.0}), "stretching"),
        (config(rms_norm_eps=1e-5), "epsilon"),
        (token, "token 321 is"),
        (tensor("model.layers.1.mlp.up_proj.weight", lambda given: given * 1.02), "ffn_up"),
        (tensor("model.layers.2.self_attn.q_proj.bias", np.zeros_like), "attn_q.bias"),
        (tensor("model.norm.weight", lambda given: given[::-1].copy()), "output_norm"),
        (tensor("lm_head.weight", lambda given: given[::-1].copy()), "output.weight"),
    ],
)
async def test_small_differences_are_found(
    exported: Models, tmp_path: Path, change: Change, told: str
) -> None:
    """One number of the configuration, one token, one tensor."""
    made = await exported("qwen2")
    checkpoint = write_checkpoint(tmp_path)
    await check_same_model(made.file, checkpoint)
    change(checkpoint)
    with pytest.raises(DifferentModelError, match=told) as raised:
        await check_same_model(made.file, checkpoint)
    assert str(raised.value).count(". ") == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"num_hidden_layers": 4}, "3 layers and the other 4"),
        ({"num_attention_heads": 2, "head_dim": 32}, "4 heads and the other 2"),
        ({"num_key_value_heads": 1}, "2 keys and values"),
        ({"hidden_size": 128, "head_dim": 16}, "64 numbers in a state"),
        ({"intermediate_size": 160}, "ffn_gate.weight has the shape|ffn_down.weight has the shape"),
    ],
)
async def test_another_shape_is_said(
    exported: Models, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    """What differs is named with both numbers."""
    made = await exported("qwen2")
    checkpoint = write_checkpoint(tmp_path, **changes)
    with pytest.raises(DifferentModelError, match=told):
        await check_same_model(made.file, checkpoint)


async def test_another_architecture_is_said(exported: Models) -> None:
    """A Qwen3 is no Qwen2."""
    made, other = await exported("qwen2"), await exported("qwen3")
    with pytest.raises(DifferentModelError, match="qwen2 for its architecture and the other qwen3"):
        await check_same_model(made.file, other.checkpoint)


@pytest.mark.parametrize("data", [b"", b"GGUF", b"GGUF" + bytes(range(200)), b"\0" * 100])
async def test_a_file_that_is_no_gguf_is_one_sentence(
    exported: Models, tmp_path: Path, data: bytes
) -> None:
    """Whatever stands in it."""
    made = await exported("qwen2")
    (tmp_path / "model.gguf").write_bytes(data)
    with pytest.raises(UnreadableError, match="no whole GGUF file"):
        await check_same_model(tmp_path / "model.gguf", made.checkpoint)


async def test_a_cut_gguf_file_is_one_sentence(exported: Models, tmp_path: Path) -> None:
    """At whatever place it was cut."""
    made: Exported = await exported("qwen2")
    data = made.file.read_bytes()
    for length in range(30, len(data), len(data) // 40):
        (tmp_path / "model.gguf").write_bytes(data[:length])
        with pytest.raises(UnreadableError, match="no whole GGUF file"):
            await check_same_model(tmp_path / "model.gguf", made.checkpoint)


async def test_without_llama_cpp_its_kinds_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kinds that need none are named, and work."""
    checkpoint = write_checkpoint(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ExportError, match="make gguf"):
        await export_model(Source(checkpoint, kind="q4_k_m"), tmp_path / "model.gguf")
    await export_model(Source(checkpoint, kind="q8_0"), tmp_path / "model.gguf")
