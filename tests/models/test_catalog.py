"""The catalogue of models, and which of them suits a machine."""

from __future__ import annotations

import platform
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from footnote.models.catalog import CATALOG, GB, in_catalog, recommended
from footnote.models.machine import Gpu, gpus, memory_bytes


def test_every_model_is_described() -> None:
    """Names and files are there once, every size of machine has a model, and each file fits."""
    assert len({model.name for model in CATALOG}) == len(CATALOG)
    assert len({model.file for model in CATALOG}) == len(CATALOG)
    assert {model.memory_gb for model in CATALOG} == {4, 8, 16, 24}
    assert all(one.memory_gb <= other.memory_gb for one, other in pairwise(CATALOG))
    for model in CATALOG:
        assert model.size_gb < 0.8 * model.memory_gb
        assert model.file.endswith(".gguf")
        assert model.repository.count("/") == 1
        assert model.licence
        assert model.good_at


@pytest.mark.parametrize(
    ("gigabytes", "name"),
    [
        (3, None),
        (3.8, "qwen2.5-1.5b"),
        (7, "qwen2.5-1.5b"),
        (8, "qwen3-4b"),
        (15.6, "qwen3-8b"),
        (24, "qwen3-30b-a3b"),
        (512, "qwen3-30b-a3b"),
    ],
)
def test_the_largest_that_fits_is_recommended(gigabytes: float, name: str | None) -> None:
    """A machine that shows a little less than its size gets the model of its size."""
    model = recommended(int(gigabytes * GB))
    assert (model and model.name) == name


@pytest.mark.parametrize(
    ("memory", "gpu", "name"),
    [(8, 24, "qwen3-8b"), (16, 24, "qwen3-14b"), (32, 24, "qwen3-30b-a3b"), (16, 4, "qwen3-8b")],
)
def test_a_graphics_card_counts(memory: int, gpu: int, name: str) -> None:
    """What suits the card is recommended, as far as the machine can load it."""
    model = recommended(memory * GB, gpu * GB)
    assert model
    assert model.name == name


def test_models_are_found_by_name() -> None:
    """A name that is not in the catalogue is nobody's."""
    assert in_catalog("qwen3-8b") in CATALOG
    assert in_catalog("qwen") is None


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    """Where a container may use less than the machine has, that is what there is."""
    limit = tmp_path / "memory.max"
    limit.write_text("1000000\n", encoding="ascii")
    assert memory_bytes(limit) == 1_000_000
    limit.write_text("max\n", encoding="ascii")
    assert memory_bytes(limit) == memory_bytes(tmp_path / "none") > 100_000_000


async def test_graphics_cards_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NVIDIA's tool and AMD's driver tell of theirs; what cannot be read is none."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await gpus(tmp_path) == ()
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA H200, 143771'\necho '[N/A]'\n", encoding="utf-8")
    tool.chmod(0o755)
    for card, told in (("card0", "17163091968\n"), ("card1", "?")):
        device = tmp_path / card / "device"
        device.mkdir(parents=True)
        (device / "mem_info_vram_total").write_text(told, encoding="ascii")
    assert await gpus(tmp_path) == (
        Gpu("cuda", "NVIDIA H200", 143771 << 20),
        Gpu("rocm", "AMD's GPU", 17163091968),
    )
    tool.write_text("#!/bin/sh\necho 'NVIDIA H200, 143771'\nexit 9\n", encoding="utf-8")
    assert [gpu.kind for gpu in await gpus(tmp_path)] == ["rocm"]


@pytest.mark.parametrize(("machine", "kinds"), [("arm64", ["metal"]), ("x86_64", [])])
async def test_apples_machines_have_a_gpu(
    monkeypatch: pytest.MonkeyPatch, machine: str, kinds: list[str]
) -> None:
    """It has all of the machine's memory; those with Intel's processors have none."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert [(gpu.kind, gpu.memory) for gpu in await gpus()] == [
        (kind, memory_bytes()) for kind in kinds
    ]
