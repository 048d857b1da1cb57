"""The benchmark of the inbox runs; what it measures means nothing at this size."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.inbox import Sizes, measure


async def test_every_figure_is_measured(tmp_path: Path) -> None:
    """A run that is as small as can be gives one JSON object with every figure in it."""
    found = json.loads(json.dumps(await measure(tmp_path, Sizes(rounds=1, questions=8, flat=20))))
    assert found["accepts_per_s"]["callers_64"]["ratio"] > 0
    assert found["accepts_per_s"]["callers_1"]["ratio"] > 0
    assert found["flat"]["questions"] == [20, 20]
    assert found["latency"]["sqlite"]["all"]["p95_ms"] > 0
    assert found["questions_per_s"].keys() == found["latency"].keys() >= {"sqlite"}
