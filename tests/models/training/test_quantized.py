"""Training with the model held in four bits (QLoRA)."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from footnote.models.export.adapters import export_adapter
from footnote.models.training.installed import QUANTIZING
from footnote.models.training.training import train
from tests.models.training.chats import needs_torch, small_job

pytestmark = [
    needs_torch,
    pytest.mark.soak,
    pytest.mark.skipif(
        importlib.util.find_spec(QUANTIZING) is None,
        reason=f"{QUANTIZING} not installed: pip install {QUANTIZING}",
    ),
]


async def test_an_adapter_is_learned_in_four_bits(tmp_path: Path) -> None:
    """The loss falls, the adapter has numbers, and it can be exported for the model in full."""
    job = small_job(tmp_path, quantized=True)
    trained = await train(job)
    assert trained.losses[-1].loss < trained.losses[0].loss
    assert trained.adapter is not None
    weights = load_file(trained.adapter / "adapter_model.safetensors")
    assert all(np.isfinite(each).all() for each in weights.values())
    assert any(np.abs(each).max() > 0 for name, each in weights.items() if "lora_B" in name)
    await export_adapter(trained.adapter, job.model, tmp_path / "adapter.gguf")
    assert (tmp_path / "adapter.gguf").stat().st_size > 0
