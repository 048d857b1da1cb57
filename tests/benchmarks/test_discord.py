"""The benchmark of Discord runs; what it measures means nothing at this size."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.discord import ACK, REPLY, measure


async def test_every_figure_is_measured(tmp_path: Path) -> None:
    """A run that is as small as can be gives one JSON object with every figure in it."""
    found = json.loads(json.dumps(await measure(tmp_path, questions=1, warm=1)))
    assert found["posted"]["calls"] == ["create_message"]
    assert found["edited"]["calls"] == ["create_message", "update_message"]
    assert found["asked"]["calls"] == [ACK, REPLY]
    for shape in found.values():
        for figure in shape.keys() - {"calls"}:
            assert shape[figure]["footnote"]["p95_ms"] > 0
            assert shape[figure]["ratio_p50"] > 0
    assert "ack" in found["asked"]
