"""A LoRA beside its model, merged into it, and taken off again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from footnote.models.export.adapters import export_adapter
from footnote.models.export.errors import NotCarriedError, UnreadableError
from footnote.models.export.gguf_file import read_gguf
from footnote.models.export.models import Source, export_model
from tests.models.engine.native_world import world_of
from tests.models.export.checkpoints import write_adapter, write_checkpoint
from tests.models.export.conftest import Exported, Models
from tests.models.export.greedy import (
    answers,
    context_of,
    random_prompts,
    scores,
    served,
    written,
)

FAMILIES = ("llama", "qwen2", "qwen3", "gemma2", "gemma3")
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "rslora": {"use_rslora": True},
    "patterns": {
        "rank_pattern": {"q_proj": 2, "down_proj": 8},
        "alpha_pattern": {"v_proj": 2, r"layers\.1\.mlp\.up_proj": 16},
    },
}


@pytest.mark.parametrize("family", FAMILIES)
async def test_beside_and_merged_write_the_same(
    exported: Models, family: str, tmp_path: Path
) -> None:
    """An adapter beside the model and the same one merged into it write the same tokens."""
    model = await exported(family)
    adapter = write_adapter(tmp_path / "lora", model.checkpoint)
    await check_both_ways(model, adapter, tmp_path)


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "plain"])
async def test_scales_of_each_matrix_are_carried(
    exported: Models, variant: str, tmp_path: Path
) -> None:
    """The root of rsLoRA, ranks and alphas of single modules come out the same in both forms."""
    model = await exported("llama")
    adapter = write_adapter(tmp_path / "lora", model.checkpoint, **VARIANTS[variant])
    await check_both_ways(model, adapter, tmp_path)


async def check_both_ways(model: Exported, adapter: Path, folder: Path) -> None:
    """Export it both ways, and let both write."""
    beside, merged = folder / "lora.gguf", folder / "merged.gguf"
    await export_adapter(adapter, model.checkpoint, beside)
    await export_model(Source(model.checkpoint, adapter=adapter, kind="f32"), merged)
    prompts = random_prompts(3, model.checkpoint, seed=3)
    expected = answers(model.file, prompts, 20, beside)
    assert answers(merged, prompts, 20) == expected
    assert answers(model.file, prompts, 20) != expected, "the adapter changes something"


async def test_on_and_off_is_exactly_reversible(exported: Models, tmp_path: Path) -> None:
    """After an adapter was on, the scores without it are what they were, bit by bit."""
    model = await exported("qwen2")
    adapter = write_adapter(tmp_path / "lora", model.checkpoint)
    await export_adapter(adapter, model.checkpoint, tmp_path / "lora.gguf")
    (prompt,) = random_prompts(1, model.checkpoint, seed=5)
    with served(model.file, {"own": tmp_path / "lora.gguf"}) as loaded:
        context = context_of(loaded)
        off, on, off_again, on_again = (
            scores(context, prompt, adapter) for adapter in (None, "own", None, "own")
        )
        context.close()
        with world_of(loaded) as world:
            plain, tuned, plain_again = (
                written(world, [prompt], 20, adapter) for adapter in (None, "own", None)
            )
    assert np.array_equal(off, off_again)
    assert np.array_equal(on, on_again)
    assert not np.allclose(off, on, atol=0.1)
    assert plain == plain_again != tuned


async def test_a_plain_adapter_keeps_its_numbers(tmp_path: Path) -> None:
    """Without rsLoRA and patterns the matrices are the very ones that PEFT saved."""
    checkpoint = write_checkpoint(tmp_path)
    adapter = write_adapter(tmp_path / "lora", checkpoint)
    await export_adapter(adapter, checkpoint, tmp_path / "lora.gguf")
    saved = load_file(adapter / "adapter_model.safetensors")
    file = read_gguf(tmp_path / "lora.gguf")
    prefix = "base_model.model.model.layers.1.mlp.up_proj"
    first, second = saved[f"{prefix}.lora_A.weight"], saved[f"{prefix}.lora_B.weight"]
    assert np.array_equal(file.rows("blk.1.ffn_up.weight.lora_a", 0, len(first)), first)
    assert np.array_equal(file.rows("blk.1.ffn_up.weight.lora_b", 0, len(second)), second)
    assert file.value("adapter.lora.alpha") == 8


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"use_dora": True}, "DoRA"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"fan_in_fan_out": True}, "fan_in_fan_out"),
        ({"bias": "lora_only"}, "biases"),
        ({"lora_bias": True}, "lora_bias"),
        ({"trainable_token_indices": [1]}, "tokens of its own"),
        ({"target_parameters": ["mlp.experts"]}, "bare parameters"),
        ({"layer_replication": [[0, 2]]}, "repeated layers"),
        ({"alora_invocation_tokens": [1, 2]}, "aLoRA"),
        ({"init_lora_weights": "pissa"}, "pissa"),
        ({"init_lora_weights": "olora"}, "olora"),
        ({"peft_type": "IA3"}, "IA3"),
    ],
)
async def test_what_gguf_has_no_place_for_is_refused(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    """An adapter that does more than a plain LoRA is one sentence, and no file."""
    checkpoint = write_checkpoint(tmp_path)
    adapter = write_adapter(tmp_path / "lora", checkpoint, **changes)
    with pytest.raises(NotCarriedError, match=told) as raised:
        await export_adapter(adapter, checkpoint, tmp_path / "lora.gguf")
    assert str(raised.value).count(". ") == 0
    assert not (tmp_path / "lora.gguf").exists()


def ggufs(folder: Path) -> list[Path]:
    """What stands there of GGUF files, whole or not."""
    return list(folder.glob("*.gguf*"))


def add(adapter: Path, name: str, **sizes: tuple[int, ...]) -> None:
    """Give an adapter one more pair of tensors."""
    found = load_file(adapter / "adapter_model.safetensors")
    for part, size in sizes.items():
        found[f"base_model.model.{name}.{part}"] = np.ones(size, np.float32)
    save_file(found, adapter / "adapter_model.safetensors")


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("model.embed_tokens", {"lora_embedding_A": (4, 383), "lora_embedding_B": (64, 4)}),
        ("lm_head", {"lora_A.weight": (4, 64), "lora_B.weight": (383, 4)}),
        ("model.layers.0.mlp.up_proj", {"lora_magnitude_vector": (96,)}),
    ],
)
async def test_tensors_that_cannot_be_changed_alone_are_refused(
    tmp_path: Path, name: str, sizes: dict[str, tuple[int, ...]]
) -> None:
    """Embeddings, an output that is the embedding, and unknown tensors are not left out."""
    checkpoint = write_checkpoint(tmp_path, "qwen3")
    adapter = write_adapter(tmp_path / "lora", checkpoint)
    add(adapter, name, **sizes)
    with pytest.raises(NotCarriedError):
        await export_adapter(adapter, checkpoint, tmp_path / "lora.gguf")
    with pytest.raises(NotCarriedError):
        await export_model(Source(checkpoint, adapter=adapter), tmp_path / "merged.gguf")


async def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    """Matrices that do not fit are named before anything is written."""
    checkpoint = write_checkpoint(tmp_path)
    other = write_checkpoint(tmp_path / "other", intermediate_size=128)
    adapter = write_adapter(tmp_path / "lora", other)
    with pytest.raises(UnreadableError, match="does not fit the model at"):
        await export_adapter(adapter, checkpoint, tmp_path / "lora.gguf")
    assert not ggufs(tmp_path)


async def test_a_diverged_adapter_is_refused(tmp_path: Path) -> None:
    """Numbers that are none are said, and not served."""
    checkpoint = write_checkpoint(tmp_path)
    adapter = write_adapter(tmp_path / "lora", checkpoint, strength=float("nan"))
    for work in (
        export_adapter(adapter, checkpoint, tmp_path / "lora.gguf"),
        export_model(Source(checkpoint, adapter=adapter), tmp_path / "merged.gguf"),
    ):
        with pytest.raises(UnreadableError, match="not finite"):
            await work
    assert not ggufs(tmp_path)


@pytest.mark.parametrize("missing", ["adapter_config.json", "adapter_model.safetensors"])
async def test_a_folder_that_is_not_whole_is_one_sentence(tmp_path: Path, missing: str) -> None:
    """The missing file is named."""
    checkpoint = write_checkpoint(tmp_path)
    adapter = write_adapter(tmp_path / "lora", checkpoint)
    (adapter / missing).unlink()
    with pytest.raises(UnreadableError, match=missing):
        await export_adapter(adapter, checkpoint, tmp_path / "lora.gguf")


async def test_a_configuration_without_alpha_is_one_sentence(tmp_path: Path) -> None:
    """Nothing is guessed."""
    checkpoint = write_checkpoint(tmp_path)
    adapter = write_adapter(tmp_path / "lora", checkpoint)
    path = adapter / "adapter_config.json"
    path.write_text(json.dumps({"peft_type": "LORA"}))
    with pytest.raises(UnreadableError, match="lora_alpha"):
        await export_adapter(adapter, checkpoint, tmp_path / "lora.gguf")
