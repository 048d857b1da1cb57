"""The benchmarks of tuning run; what they measure means nothing at this size."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.tuning import measure
from tests.benchmarks.tuning_half_billion import measure_half_billion
from tests.models.training.chats import needs_torch

pytestmark = [needs_torch, pytest.mark.soak]
TINY = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "dtype": "bfloat16"}


async def test_every_figure_of_a_run_is_measured() -> None:
    """All steps take time, the gate has asked, and both trainings have a speed."""
    found = json.loads(json.dumps(await measure(24, 1)))
    assert list(found["steps_s"]) == ["dataset", "train", "export", "gate"]
    assert all(seconds > 0 for seconds in found["steps_s"].values())
    assert found["gate"]["answers"] > 0
    for name in ("tokens_per_second", "plain_tokens_per_second", "share", "peak_mb"):
        assert found[name] > 0
    assert found["lora"]["peak_mb"] > 0


async def test_every_figure_of_a_large_model_is_measured() -> None:
    """The estimate stands beside what it took."""
    found = json.loads(json.dumps(await measure_half_billion(8, 64, TINY)))
    for kind in filter(None, (found["lora"], found["qlora"])):
        for name in ("tokens_per_second", "peak_mb", "with_model_mb", "whole_s"):
            assert kind[name] > 0
        assert kind["estimated"].keys() == {"whole_s", "peak_mb", "disk_mb"}
