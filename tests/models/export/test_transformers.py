"""What Transformers and PEFT compute in F32, llama.cpp computes from the exported files."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from footnote.models.export.adapters import export_adapter
from footnote.models.export.models import Source, export_model
from tests.models.export.checkpoints import CONFIGS, shard, write_adapter, write_checkpoint
from tests.models.export.conftest import Models
from tests.models.export.greedy import answers, random_prompts

MISSING = [name for name in ("torch", "transformers", "peft") if not importlib.util.find_spec(name)]
pytestmark = [
    pytest.mark.skipif(
        bool(MISSING),
        reason=f"{' and '.join(MISSING)} not installed: pip install torch transformers peft",
    ),
    # Theirs, and not ours to mend.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
SHORT, LONG = (2, 16), (20, 64)
LENGTHS = [
    pytest.param(*SHORT, id="short"),
    pytest.param(*LONG, id="long", marks=pytest.mark.soak),
]
"""Prompts, and tokens written after each."""
TIE = 1e-4
"""Scores that differ by less may change places, as sums are taken in another order."""


def library(name: str) -> Any:
    """A library that is slow to import, and need not be there."""
    return importlib.import_module(name)


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Keep torch's threads and llama.cpp's from fighting for two cores."""
    torch = library("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def loaded(checkpoint: Path, adapter: Path | None = None) -> Any:
    """A model as Transformers loads it, with an adapter as PEFT does."""
    model, told = library("transformers").AutoModelForCausalLM.from_pretrained(
        checkpoint,
        dtype=library("torch").float32,
        attn_implementation="eager",
        output_loading_info=True,
    )
    assert not told["missing_keys"]
    assert not told["unexpected_keys"]
    if adapter is not None:
        model = library("peft").PeftModel.from_pretrained(model, adapter)
    return model.eval()


def check_greedy(model: Any, prompts: Sequence[Sequence[int]], seen: list[list[int]]) -> None:
    """Each token that was written is the best one after all before it, as the model scores it."""
    torch = library("torch")
    for prompt, answer in zip(prompts, seen, strict=True):
        with torch.no_grad():
            scored = model(torch.tensor([[*prompt, *answer]])).logits[0].numpy()
        after = scored[len(prompt) - 1 : -1]
        lost = after.max(axis=1) - after[np.arange(len(answer)), answer]
        assert lost.max() < TIE, (prompt, int(lost.argmax()))
    assert len({tuple(answer) for answer in seen}) == len(seen), "the answers differ"


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(("count", "tokens"), LENGTHS)
@pytest.mark.parametrize("name", CONFIGS)
async def test_the_model_writes_the_same(
    exported: Models, name: str, count: int, tokens: int
) -> None:
    """Every family, with the ways to turn positions that it may have, writes the same tokens."""
    made = await exported(name)
    prompts = random_prompts(count, made.checkpoint, seed=11)
    check_greedy(loaded(made.checkpoint), prompts, answers(made.file, prompts, tokens))


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(("count", "tokens"), LENGTHS)
@pytest.mark.parametrize("name", ["llama", "qwen2", "qwen3", "gemma2", "gemma3"])
async def test_the_adapter_writes_the_same(
    exported: Models, tmp_path: Path, name: str, count: int, tokens: int
) -> None:
    """A LoRA that PEFT loads writes the same as beside the GGUF model, and as merged into it."""
    made = await exported(name)
    beside, merged = tmp_path / "lora.gguf", tmp_path / "merged.gguf"
    adapter = write_adapter(tmp_path / "lora", made.checkpoint, use_rslora=name == "llama")
    await export_adapter(adapter, made.checkpoint, beside)
    await export_model(Source(made.checkpoint, adapter=adapter, kind="f32"), merged)
    model = loaded(made.checkpoint, adapter)
    prompts = random_prompts(count, made.checkpoint, seed=12)
    check_greedy(model, prompts, answers(made.file, prompts, tokens, beside))
    check_greedy(model, prompts, answers(merged, prompts, tokens))


@pytest.mark.usefixtures("one_thread")
async def test_scales_of_single_modules_are_as_peft_has_them(
    exported: Models, tmp_path: Path
) -> None:
    """Ranks and alphas by pattern mean in the GGUF adapter what they mean to PEFT."""
    made = await exported("llama")
    adapter = write_adapter(
        tmp_path / "lora",
        made.checkpoint,
        rank_pattern={"q_proj": 2, "down_proj": 8},
        alpha_pattern={"v_proj": 2, r"layers\.1\.mlp\.up_proj": 16},
    )
    await export_adapter(adapter, made.checkpoint, tmp_path / "lora.gguf")
    prompts = random_prompts(2, made.checkpoint, seed=13)
    seen = answers(made.file, prompts, 16, tmp_path / "lora.gguf")
    check_greedy(loaded(made.checkpoint, adapter), prompts, seen)


@pytest.mark.usefixtures("one_thread")
async def test_what_peft_saves_is_what_is_read(tmp_path: Path) -> None:
    """An adapter that PEFT made and saved, with all that it writes down, is exported."""
    torch, peft = library("torch"), library("peft")
    checkpoint = write_checkpoint(tmp_path)
    config = peft.LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM", r=4, lora_alpha=8)
    model = peft.get_peft_model(loaded(checkpoint), config)
    torch.manual_seed(1)
    with torch.no_grad():
        for name, numbers in model.named_parameters():
            if "lora_B" in name:
                numbers.normal_(0, 0.1)
    model.save_pretrained(tmp_path / "lora")
    await export_adapter(tmp_path / "lora", checkpoint, tmp_path / "lora.gguf")
    await export_model(Source(checkpoint, kind="f32"), tmp_path / "model.gguf")
    prompts = random_prompts(2, checkpoint, seed=14)
    seen = answers(tmp_path / "model.gguf", prompts, 16, tmp_path / "lora.gguf")
    check_greedy(model.eval(), prompts, seen)


@pytest.mark.usefixtures("one_thread")
async def test_what_transformers_saves_is_what_is_read(tmp_path: Path) -> None:
    """A model and a tokenizer that Transformers saved anew, in pieces, come out the same."""
    checkpoint, anew = write_checkpoint(tmp_path, "gemma3"), tmp_path / "anew"
    model = loaded(checkpoint)
    model.save_pretrained(anew, max_shard_size="100KB")
    tokenizer = library("transformers").AutoTokenizer.from_pretrained(checkpoint)
    tokenizer.save_pretrained(anew)
    for number, folder in enumerate((shard(checkpoint), anew)):
        await export_model(Source(folder, kind="f32"), tmp_path / f"{number}.gguf")
    prompts = random_prompts(2, checkpoint, seed=15)
    first, second = (answers(tmp_path / f"{number}.gguf", prompts, 16) for number in range(2))
    assert first == second
    check_greedy(model, prompts, first)
