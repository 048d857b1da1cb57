"""The catalogue of models, and which of them suits a machine."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from footnote.models.catalog import CATALOG, GB, in_catalog, recommended
from footnote.models.machine import memory_bytes


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
